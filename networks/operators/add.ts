/** Residual add of two inputs of one shape. */
import { UserError } from '../../errors.js';
import type { Operator } from '../network.js';
import type { OperatorRule } from './operator.js';

export const add: OperatorRule<Extract<Operator, { type: 'add' }>> = {
  inputs: 2,
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
};
