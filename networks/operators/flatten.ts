/** Flatten: the same numbers in the same order, channels last, as one axis. */
import type { Operator } from '../network.js';
import { elementsOf } from '../window.js';
import type { OperatorRule } from './operator.js';

export const flatten: OperatorRule<Extract<Operator, { type: 'flatten' }>> = {
  inputs: 1,
  shape: (_, [input]) => [elementsOf(input!)],
  parameters: () => [],
  macs: () => 0,
  layer(_, { kernels, inputs, output }) {
    const { copyBytes } = kernels.call;
    const input = inputs[0]!;
    return {
      forward(count) {
        copyBytes(input.values, output.values, count * input.size * 4);
      },
      backward(count) {
        copyBytes(output.gradient, input.gradient, count * input.size * 4);
      },
    };
  },
};
