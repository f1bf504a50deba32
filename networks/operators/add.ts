/** Residual add of two inputs of one shape. */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { defineOperator } from './operator.js';

export const add = defineOperator({
  type: 'add',
  schema: z.strictObject({ type: z.literal('add') }),
  inputs: 2,
  place: 'anywhere',
  shape(_, [a, b], node) {
    if (a!.length !== b!.length || a!.some((extent, i) => extent !== b![i])) {
      throw new UserError(
        `node ${node}: add needs two inputs of one shape, got [${a!.join(', ')}] and [${b!.join(', ')}]`,
      );
    }
    return a!;
  },
  parameters: () => [],
  macs: () => 0,
  lower: (_, node) => node.add({ kind: 'add', inputs: node.inputs, activation: 'identity' }),
  layer(_, { kernels, inputs, output }) {
    const { addFloat32, copyBytes } = kernels.call;
    const [a, b] = inputs;
    return {
      forward(count) {
        addFloat32(count * output.size, a!.values, b!.values, output.values);
      },
      backward(count) {
        copyBytes(output.gradient, a!.gradient, count * output.size * 4);
        copyBytes(output.gradient, b!.gradient, count * output.size * 4);
      },
    };
  },
});
