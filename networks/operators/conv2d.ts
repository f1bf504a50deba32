/** Convolution (cross-correlation) over [height, width, channels], k over (kh, kw, in) within each group. */
import { UserError } from '../../errors.js';
import type { Operator } from '../network.js';
import { conv2dWindow } from '../window.js';
import { macCount, macLayer, macParameters } from './mac-layer.js';
import type { OperatorRule } from './operator.js';

/** Throws UserError unless `groups` divides both channel counts. */
export function checkGroups(groups: number, channels: number, filters: number, node: string): void {
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw new UserError(
      `node ${node}: ${groups} groups must divide both its ${channels} input channels and ${filters} filters`,
    );
  }
}

export const conv2d: OperatorRule<Extract<Operator, { type: 'conv2d' }>> = {
  inputs: 1,
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
  parameters(operator, input) {
    const k = (operator.kernel[0] * operator.kernel[1] * input[2]!) / operator.groups;
    return macParameters(operator.filters, k, operator.bias);
  },
  macs: (operator, input) =>
    macCount(conv2dWindow(operator, input, 'conv2d'), operator.groups, operator.filters),
  layer(operator, context) {
    const window = conv2dWindow(operator, context.inputs[0]!.shape, context.node);
    return macLayer(context, window, operator.groups, operator.filters, operator.bias);
  },
};
