/** Convolution over [length, channels]: conv2d of height 1. */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { conv1dWindow } from '../window.js';
import { bias, extent, reach, sequencePadding } from './fields.js';
import { checkGroups, lowerMac, macCount, macLayer, macParameters } from './mac-layer.js';
import { defineOperator } from './operator.js';

export const conv1d = defineOperator({
  type: 'conv1d',
  schema: z.strictObject({
    type: z.literal('conv1d'),
    filters: extent,
    kernel: reach,
    stride: reach.default(1),
    padding: sequencePadding.default('valid'),
    dilation: reach.default(1),
    groups: extent.default(1),
    bias,
  }),
  inputs: 1,
  place: 'anywhere',
  shape(operator, [input], node) {
    if (input!.length !== 2) {
      throw new UserError(`node ${node}: conv1d needs [length, channels], got shape [${input!.join(', ')}]`);
    }
    const window = conv1dWindow(operator, input!, node);
    checkGroups(operator.groups, window.inChannels, operator.filters, node);
    return [window.outWidth, operator.filters];
  },
  parameters(operator, [input]) {
    return macParameters(operator.filters, (operator.kernel * input![1]!) / operator.groups, operator.bias);
  },
  macs: (operator, [input]) =>
    macCount(conv1dWindow(operator, input!, 'conv1d'), operator.groups, operator.filters),
  lower(operator, node) {
    const window = conv1dWindow(operator, node.inputEdges[0]!.shape, node.name);
    lowerMac(node, window, operator.groups, operator.filters);
  },
  layer(operator, context) {
    const window = conv1dWindow(operator, context.inputs[0]!.shape, context.node);
    return macLayer(context, window, operator.groups, operator.filters, operator.bias);
  },
});
