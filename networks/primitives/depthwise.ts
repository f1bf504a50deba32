/** A convolution with one filter a channel, in float32: no windows are laid out, lanes run over channels. */
import type { Window } from '../../emac/layer/window.js';
import type { KernelCalls } from '../../kernels/calls.js';
import type { Kernels } from '../../kernels/loader.js';
import { allocateFloats } from './memory.js';
import { PaddedImage } from './padded-image.js';
import type { FloatProduct, PackedWeights } from './product.js';

/** What the kernels take after their pointers. */
type Sizes =
  Parameters<KernelCalls['depthwiseWeightsFloat32']> extends [unknown, unknown, unknown, ...infer Rest]
    ? Readonly<Rest>
    : never;

/** [tap][channel]: the transpose of what the layer has. */
export class DepthwiseWeights implements PackedWeights {
  readonly taps: number;
  readonly channels: number;
  readonly values: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly window: Window,
    private readonly training: 'trained' | 'inference',
  ) {
    this.taps = window.kernelHeight * window.kernelWidth;
    this.channels = window.inChannels;
    this.values = allocateFloats(kernels, this.taps * this.channels);
  }

  pack(weights: number): void {
    const { taps, channels } = this;
    const from = this.kernels.f32(weights, taps * channels);
    const to = this.kernels.f32(this.values, taps * channels);
    for (let c = 0; c < channels; c++) {
      for (let tap = 0; tap < taps; tap++) to[tap * channels + c] = from[c * taps + tap]!;
    }
  }

  product(): FloatProduct {
    return new FloatDepthwise(this.kernels, this.window, this, this.training);
  }
}

class FloatDepthwise implements FloatProduct {
  readonly #image: PaddedImage;
  readonly #sizes: Sizes;
  /** [tap][channel], of one call. */
  readonly #gradients: number;
  readonly #inBytes: number;
  readonly #outPixels: number;

  constructor(
    private readonly kernels: Kernels,
    w: Window,
    private readonly weights: DepthwiseWeights,
    training: 'trained' | 'inference',
  ) {
    this.#image = new PaddedImage(kernels, w, training);
    // biome-ignore format: image, window, outputs
    this.#sizes = [
      this.#image.width, w.inChannels,
      w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.dilationY, w.dilationX,
      w.outHeight, w.outWidth,
    ];
    this.#gradients = training === 'trained' ? allocateFloats(kernels, weights.taps * weights.channels) : 0;
    this.#inBytes = w.inHeight * w.inWidth * w.inChannels * 4;
    this.#outPixels = w.outHeight * w.outWidth;
  }

  forward(count: number, images: number, bias: number, y: number): void {
    const { depthwiseFloat32 } = this.kernels.call;
    for (let i = 0; i < count; i++) {
      const image = this.#image.around(images + i * this.#inBytes);
      depthwiseFloat32(image, y + i * this.#outBytes, this.weights.values, bias, ...this.#sizes);
    }
  }

  backward(
    count: number,
    images: number,
    yGradient: number,
    weightGradient: number,
    biasGradient: number,
    imageGradients: number | undefined,
  ): void {
    const { columnSumsFloat32, depthwiseImageFloat32, depthwiseWeightsFloat32, zeroBytes } =
      this.kernels.call;
    const { taps, channels, values } = this.weights;
    columnSumsFloat32(count * this.#outPixels, channels, yGradient, biasGradient);
    zeroBytes(this.#gradients, taps * channels * 4);
    for (let i = 0; i < count; i++) {
      const slopes = yGradient + i * this.#outBytes;
      const image = this.#image.around(images + i * this.#inBytes);
      depthwiseWeightsFloat32(image, slopes, this.#gradients, ...this.#sizes);
      if (imageGradients === undefined) continue;
      const own = imageGradients + i * this.#inBytes;
      depthwiseImageFloat32(this.#image.gradientRoom(own), slopes, values, ...this.#sizes);
      this.#image.leave(own);
    }
    const sums = this.kernels.f32(this.#gradients, taps * channels);
    const to = this.kernels.f32(weightGradient, taps * channels);
    for (let c = 0; c < channels; c++) {
      for (let tap = 0; tap < taps; tap++) to[c * taps + tap]! += sums[tap * channels + c]!;
    }
  }

  get #outBytes(): number {
    return this.#outPixels * this.weights.channels * 4;
  }
}
