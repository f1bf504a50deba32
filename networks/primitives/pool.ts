/**
 * Max and average pooling in float32. Padding never counts: the average divides by the real elements of its window, the
 * maximum is over them; a NaN in the window gives NaN.
 */
import type { Window } from '../../emac/layer/window.js';
import type { KernelCalls } from '../../kernels/calls.js';
import type { Kernels } from '../../kernels/loader.js';
import type { AfterTwo } from '../../kernels/units.js';

/** What the pooling kernels take after their pointers. */
function poolArguments(w: Window): AfterTwo<KernelCalls['maxPoolFloat32']> {
  // biome-ignore format: image, window, outputs
  return [
    w.inHeight, w.inWidth, w.inChannels,
    w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.padTop, w.padLeft,
    w.outHeight, w.outWidth,
  ];
}

/** Pointers to images one after another; channels last. */
export class FloatPool {
  readonly #sizes: ReturnType<typeof poolArguments>;
  readonly #inBytes: number;
  readonly #outBytes: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly pooling: 'max' | 'average',
    window: Window,
  ) {
    this.#sizes = poolArguments(window);
    this.#inBytes = window.inHeight * window.inWidth * window.inChannels * 4;
    this.#outBytes = window.outHeight * window.outWidth * window.inChannels * 4;
  }

  forward(count: number, from: number, to: number): void {
    const { maxPoolFloat32, averagePoolFloat32 } = this.kernels.call;
    const pool = this.pooling === 'max' ? maxPoolFloat32 : averagePoolFloat32;
    for (let i = 0; i < count; i++) pool(from + i * this.#inBytes, to + i * this.#outBytes, ...this.#sizes);
  }

  /** From the gradient of the outputs to that of the inputs (overwritten); `from` and `to` as in the forward pass. */
  backward(count: number, from: number, to: number, gradient: number, inputGradient: number): void {
    const { averagePoolBackwardFloat32, maxPoolBackwardFloat32, zeroBytes } = this.kernels.call;
    zeroBytes(inputGradient, count * this.#inBytes);
    for (let i = 0; i < count; i++) {
      const [inward, outward] = [i * this.#inBytes, i * this.#outBytes];
      if (this.pooling === 'average') {
        averagePoolBackwardFloat32(gradient + outward, inputGradient + inward, ...this.#sizes);
      } else {
        const [x, y] = [from + inward, to + outward];
        maxPoolBackwardFloat32(x, y, gradient + outward, inputGradient + inward, ...this.#sizes);
      }
    }
  }
}
