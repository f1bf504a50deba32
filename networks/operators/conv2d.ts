/** Convolution (cross-correlation) over [height, width, channels], k over (kh, kw, in) within each group. */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { conv2dWindow } from '../window.js';
import { bias, extent, imagePadding, pair } from './fields.js';
import { checkGroups, lowerMac, macCount, macLayer, macParameters } from './mac-layer.js';
import { defineOperator } from './operator.js';

export const conv2d = defineOperator({
  type: 'conv2d',
  schema: z.strictObject({
    type: z.literal('conv2d'),
    filters: extent,
    kernel: pair,
    stride: pair.default([1, 1]),
    padding: imagePadding.default('valid'),
    dilation: pair.default([1, 1]),
    groups: extent.default(1),
    bias,
  }),
  inputs: 1,
  place: 'anywhere',
  shape(operator, [input], node) {
    if (input!.length !== 3) {
      throw new UserError(
        `node ${node}: conv2d needs [height, width, channels], got shape [${input!.join(', ')}]`,
      );
    }
    const window = conv2dWindow(operator, input!, node);
    checkGroups(operator.groups, window.inChannels, operator.filters, node);
    return [window.outHeight, window.outWidth, operator.filters];
  },
  parameters(operator, [input]) {
    const k = (operator.kernel[0] * operator.kernel[1] * input![2]!) / operator.groups;
    return macParameters(operator.filters, k, operator.bias);
  },
  macs: (operator, [input]) =>
    macCount(conv2dWindow(operator, input!, 'conv2d'), operator.groups, operator.filters),
  lower(operator, node) {
    const window = conv2dWindow(operator, node.inputEdges[0]!.shape, node.name);
    lowerMac(node, window, operator.groups, operator.filters);
  },
  layer(operator, context) {
    const window = conv2dWindow(operator, context.inputs[0]!.shape, context.node);
    return macLayer(context, window, operator.groups, operator.filters, operator.bias);
  },
});
