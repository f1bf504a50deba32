/** Convolution over [length, channels]: conv2d of height 1. */
import { UserError } from '../../errors.js';
import type { Operator } from '../network.js';
import { conv1dWindow } from '../window.js';
import { checkGroups } from './conv2d.js';
import { macCount, macLayer, macParameters } from './mac-layer.js';
import type { OperatorRule } from './operator.js';

export const conv1d: OperatorRule<Extract<Operator, { type: 'conv1d' }>> = {
  inputs: 1,
  shape(operator, [input], node) {
    if (input!.length !== 2) {
      throw new UserError(`node ${node}: conv1d needs [length, channels], got shape [${input!.join(', ')}]`);
    }
    const window = conv1dWindow(operator, input!, node);
    checkGroups(operator.groups, window.inChannels, operator.filters, node);
    return [window.outWidth, operator.filters];
  },
  parameters(operator, input) {
    return macParameters(operator.filters, (operator.kernel * input[1]!) / operator.groups, operator.bias);
  },
  macs: (operator, input) =>
    macCount(conv1dWindow(operator, input, 'conv1d'), operator.groups, operator.filters),
  layer(operator, context) {
    const window = conv1dWindow(operator, context.inputs[0]!.shape, context.node);
    return macLayer(context, window, operator.groups, operator.filters, operator.bias);
  },
};
