/** Dense: y[out] = bias[out] + Σ_k weight[out, k]·x[k], on a flat input. */
import { UserError } from '../../errors.js';
import type { Operator } from '../network.js';
import { denseWindow } from '../window.js';
import { macLayer, macParameters } from './mac-layer.js';
import type { OperatorRule } from './operator.js';

export const dense: OperatorRule<Extract<Operator, { type: 'dense' }>> = {
  inputs: 1,
  shape(operator, [input], node) {
    if (input!.length !== 1) {
      throw new UserError(
        `node ${node}: dense needs a flat input, got shape [${input!.join(', ')}]; put a flatten node before it`,
      );
    }
    return [operator.units];
  },
  parameters: (operator, input) => macParameters(operator.units, input[0]!, operator.bias),
  macs: (operator, input) => operator.units * input[0]!,
  layer(operator, context) {
    return macLayer(context, denseWindow(context.inputs[0]!.size), 1, operator.units, operator.bias);
  },
};
