/** Dense: y[out] = bias[out] + Σ_k weight[out, k]·x[k], on a flat input. */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { denseWindow } from '../window.js';
import { bias, extent } from './fields.js';
import { lowerMac, macLayer, macParameters } from './mac-layer.js';
import { defineOperator } from './operator.js';

export const dense = defineOperator({
  type: 'dense',
  schema: z.strictObject({ type: z.literal('dense'), units: extent, bias }),
  inputs: 1,
  place: 'anywhere',
  shape(operator, [input], node) {
    if (input!.length !== 1) {
      throw new UserError(
        `node ${node}: dense needs a flat input, got shape [${input!.join(', ')}]; put a flatten node before it`,
      );
    }
    return [operator.units];
  },
  parameters: (operator, [input]) => macParameters(operator.units, input![0]!, operator.bias),
  macs: (operator, [input]) => operator.units * input![0]!,
  lower: (operator, node) => lowerMac(node, denseWindow(node.inputEdges[0]!.size), 1, operator.units),
  layer(operator, context) {
    return macLayer(context, denseWindow(context.inputs[0]!.size), 1, operator.units, operator.bias);
  },
});
