/** Flatten: the same numbers in the same order, channels last, as one axis. */
import { z } from 'zod';
import { elementsOf } from '../tensor.js';
import { defineOperator } from './operator.js';

export const flatten = defineOperator({
  type: 'flatten',
  schema: z.strictObject({ type: z.literal('flatten') }),
  inputs: 1,
  place: 'anywhere',
  shape: (_, [input]) => [elementsOf(input!)],
  parameters: () => [],
  macs: () => 0,
  lower: (_, node) => node.pass(),
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
});
