/**
 * Max and average pooling. Padding never counts: the average divides by the real elements of its window, the
 * maximum is over them; a NaN in the window gives NaN.
 */
import { UserError } from '../../errors.js';
import type { KernelCalls } from '../../kernels/calls.js';
import type { AfterTwo } from '../../kernels/units.js';
import type { Operator } from '../network.js';
import type { Window } from '../program.js';
import { poolWindow } from '../window.js';
import type { OperatorRule } from './operator.js';

type Pool = Extract<Operator, { type: 'pool' }>;

/** What the pooling kernels take after their pointers. */
export function poolArguments(w: Window): AfterTwo<KernelCalls['maxPoolFloat32']> {
  // biome-ignore format: image, window, outputs
  return [
    w.inHeight, w.inWidth, w.inChannels,
    w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.padTop, w.padLeft,
    w.outHeight, w.outWidth,
  ];
}

export const pool: OperatorRule<Pool> = {
  inputs: 1,
  shape(operator, [input], node) {
    const window = poolWindow(operator, input!, node);
    if (input!.length === 3) return [window.outHeight, window.outWidth, window.inChannels];
    if (operator.kernel[0] !== 1) {
      throw new UserError(
        `node ${node}: pooling a [length, channels] input needs a kernel of height 1, got ${operator.kernel[0]}`,
      );
    }
    return [window.outWidth, window.inChannels];
  },
  parameters: () => [],
  macs: () => 0,
  layer(operator, { kernels, inputs, output, node }) {
    const input = inputs[0]!;
    const sizes = poolArguments(poolWindow(operator, input.shape, node));
    const inBytes = input.size * 4;
    const outBytes = output.size * 4;
    const { averagePoolBackwardFloat32, maxPoolBackwardFloat32, zeroBytes } = kernels.call;
    const forward =
      operator.pooling === 'max' ? kernels.call.maxPoolFloat32 : kernels.call.averagePoolFloat32;
    return {
      forward(count) {
        for (let i = 0; i < count; i++) {
          forward(input.values + i * inBytes, output.values + i * outBytes, ...sizes);
        }
      },
      backward(count) {
        zeroBytes(input.gradient, count * inBytes);
        for (let i = 0; i < count; i++) {
          const gradient = output.gradient + i * outBytes;
          const to = input.gradient + i * inBytes;
          if (operator.pooling === 'average') {
            averagePoolBackwardFloat32(gradient, to, ...sizes);
          } else {
            const [x, y] = [input.values + i * inBytes, output.values + i * outBytes];
            maxPoolBackwardFloat32(x, y, gradient, to, ...sizes);
          }
        }
      },
    };
  },
};
