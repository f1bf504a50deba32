/** The float32 GEMM over windows that dense, conv1d and conv2d share, forward and backward. */
import type { Window } from '../../emac/layer/window.js';
import type { KernelCalls } from '../../kernels/calls.js';
import type { Kernels } from '../../kernels/loader.js';
import type { AfterTwo } from '../../kernels/units.js';
import { elementsOf } from '../tensor.js';
import { allocateFloats } from './memory.js';

const up8 = (n: number): number => Math.ceil(n / 8) * 8;

/**
 * y[pixel, out] = bias[out] + Σ_k weights[out, k]·window[pixel, k] in float32, k ascending over (kh, kw, in),
 * every product and sum rounded. Weights [outChannels, k], k = kh·kw·in/groups. Images of a batch are taken one
 * by one, so that one image's windows stay in the cache.
 */
export class FloatMac {
  readonly #outPixels: number;
  readonly #groupOut: number;
  readonly #groupIn: number;
  readonly #k: number;
  /** 1×1 windows over every pixel are the image itself: one product for the whole batch. */
  readonly #direct: boolean;
  readonly #paddedWidth: number;
  readonly #paddedHeight: number;
  /** What im2col and col2im take after their pointers, one list a group. */
  readonly #windowArguments: readonly AfterTwo<KernelCalls['im2colFloat32']>[];
  readonly #packed: number;
  readonly #rows: number;
  readonly #padded: number;
  #packedTransposed = 0;
  #rowGradients = 0;
  #paddedGradient = 0;
  #zeros = 0;

  constructor(
    private readonly kernels: Kernels,
    private readonly window: Window,
    private readonly groups: number,
    private readonly outChannels: number,
    training: 'trained' | 'inference',
  ) {
    const w = window;
    this.#outPixels = w.outHeight * w.outWidth;
    this.#groupOut = outChannels / groups;
    this.#groupIn = w.inChannels / groups;
    this.#k = w.kernelHeight * w.kernelWidth * this.#groupIn;
    const unit = w.kernelHeight * w.kernelWidth === 1 && w.strideY === 1 && w.strideX === 1;
    const reachY = (w.outHeight - 1) * w.strideY + (w.kernelHeight - 1) * w.dilationY + 1;
    const reachX = (w.outWidth - 1) * w.strideX + (w.kernelWidth - 1) * w.dilationX + 1;
    this.#paddedHeight = Math.max(w.padTop + w.inHeight, reachY);
    this.#paddedWidth = Math.max(w.padLeft + w.inWidth, reachX);
    this.#direct = unit && groups === 1 && !this.#hasPadding;
    // biome-ignore format: image, window, outputs
    this.#windowArguments = Array.from({ length: groups }, (_, group) => [
      this.#paddedWidth, w.inChannels, group * this.#groupIn, this.#groupIn,
      w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.dilationY, w.dilationX,
      w.outHeight, w.outWidth,
    ] as const);
    const paddedSize = this.#hasPadding ? this.#paddedHeight * this.#paddedWidth * w.inChannels : 0;
    const rowsSize = this.#direct ? 0 : this.#outPixels * this.#k;
    this.#packed = allocateFloats(kernels, groups * up8(this.#groupOut) * this.#k);
    this.#rows = allocateFloats(kernels, rowsSize);
    this.#padded = allocateFloats(kernels, paddedSize);
    if (training === 'trained') {
      this.#packedTransposed = allocateFloats(kernels, groups * this.#groupOut * up8(this.#k));
      this.#rowGradients = allocateFloats(kernels, rowsSize);
      this.#paddedGradient = allocateFloats(kernels, paddedSize);
      this.#zeros = allocateFloats(kernels, up8(this.#k));
    }
  }

  get #hasPadding(): boolean {
    return this.#paddedHeight > this.window.inHeight || this.#paddedWidth > this.window.inWidth;
  }

  /** Packs the weights at pointer `weights`; call again whenever they change. */
  pack(weights: number): void {
    const k4 = this.#k * 4;
    for (let g = 0; g < this.groups; g++) {
      const from = weights + g * this.#groupOut * k4;
      const to = this.#packed + g * up8(this.#groupOut) * k4;
      this.kernels.call.packPanelsFloat32(this.#groupOut, this.#k, from, k4, 4, to);
    }
  }

  /** images → y for `count` images; `bias` has outChannels values. */
  forward(count: number, images: number, bias: number, y: number): void {
    const { gemmRowsFloat32 } = this.kernels.call;
    const k4 = this.#k * 4;
    const out4 = this.outChannels * 4;
    if (this.#direct) {
      const m = count * this.#outPixels;
      gemmRowsFloat32(m, this.outChannels, this.#k, images, k4, this.#packed, bias, y, out4);
      return;
    }
    const imageBytes = this.#inSize * 4;
    for (let i = 0; i < count; i++) {
      const image = this.#pad(images + i * imageBytes);
      for (let g = 0; g < this.groups; g++) {
        const offset = g * this.#groupOut * 4;
        this.#im2col(image, g);
        const packed = this.#packed + g * up8(this.#groupOut) * k4;
        const to = y + i * this.#outPixels * out4 + offset;
        gemmRowsFloat32(
          this.#outPixels,
          this.#groupOut,
          this.#k,
          this.#rows,
          k4,
          packed,
          bias + offset,
          to,
          out4,
        );
      }
    }
  }

  /**
   * Adds to the gradients of weights and bias and, unless `imageGradients` is undefined, overwrites those of the
   * images. Order of sums: images, then pixels, ascending.
   */
  backward(
    count: number,
    images: number,
    weights: number,
    yGradient: number,
    weightGradient: number,
    biasGradient: number,
    imageGradients: number | undefined,
  ): void {
    const { columnSumsFloat32, gemmOuterFloat32, gemmRowsFloat32 } = this.kernels.call;
    const m = count * this.#outPixels;
    const k4 = this.#k * 4;
    const out4 = this.outChannels * 4;
    columnSumsFloat32(m, this.outChannels, yGradient, biasGradient);
    if (imageGradients !== undefined) this.#packTransposed(weights);
    if (this.#direct) {
      gemmOuterFloat32(m, this.outChannels, this.#k, yGradient, out4, images, k4, weightGradient);
      if (imageGradients !== undefined) {
        const packed = this.#packedTransposed;
        gemmRowsFloat32(
          m,
          this.#k,
          this.outChannels,
          yGradient,
          out4,
          packed,
          this.#zeros,
          imageGradients,
          k4,
        );
      }
      return;
    }
    const imageBytes = this.#inSize * 4;
    for (let i = 0; i < count; i++) {
      const image = this.#pad(images + i * imageBytes);
      const gradients = yGradient + i * this.#outPixels * out4;
      for (let g = 0; g < this.groups; g++) {
        this.#im2col(image, g);
        const from = gradients + g * this.#groupOut * 4;
        const to = weightGradient + g * this.#groupOut * k4;
        gemmOuterFloat32(this.#outPixels, this.#groupOut, this.#k, from, out4, this.#rows, k4, to);
      }
      if (imageGradients !== undefined) this.#imageBackward(gradients, imageGradients + i * imageBytes);
    }
  }

  get #inSize(): number {
    return this.window.inHeight * this.window.inWidth * this.window.inChannels;
  }

  #packTransposed(weights: number): void {
    for (let g = 0; g < this.groups; g++) {
      const from = weights + g * this.#groupOut * this.#k * 4;
      const to = this.#packedTransposed + g * this.#groupOut * up8(this.#k) * 4;
      this.kernels.call.packPanelsFloat32(this.#k, this.#groupOut, from, 4, this.#k * 4, to);
    }
  }

  /** The image inside its padding of zeros (the border is never written, so it stays zero). */
  #pad(image: number): number {
    if (!this.#hasPadding) return image;
    const w = this.window;
    const lineBytes = w.inWidth * w.inChannels * 4;
    const paddedBytes = this.#paddedWidth * w.inChannels * 4;
    const to = this.#padded + w.padTop * paddedBytes + w.padLeft * w.inChannels * 4;
    this.kernels.call.copyLines(w.inHeight, lineBytes, image, lineBytes, to, paddedBytes);
    return this.#padded;
  }

  #im2col(image: number, group: number): void {
    this.kernels.call.im2colFloat32(image, this.#rows, ...this.#windowArguments[group]!);
  }

  #imageBackward(gradients: number, imageGradient: number): void {
    const { col2imFloat32, copyLines, gemmRowsFloat32, zeroBytes } = this.kernels.call;
    const w = this.window;
    const target = this.#hasPadding ? this.#paddedGradient : imageGradient;
    const elements = this.#hasPadding
      ? elementsOf([this.#paddedHeight, this.#paddedWidth, w.inChannels])
      : this.#inSize;
    zeroBytes(target, elements * 4);
    for (let g = 0; g < this.groups; g++) {
      const from = gradients + g * this.#groupOut * 4;
      const packed = this.#packedTransposed + g * this.#groupOut * up8(this.#k) * 4;
      const out4 = this.outChannels * 4;
      const k4 = this.#k * 4;
      gemmRowsFloat32(
        this.#outPixels,
        this.#k,
        this.#groupOut,
        from,
        out4,
        packed,
        this.#zeros,
        this.#rowGradients,
        k4,
      );
      col2imFloat32(target, this.#rowGradients, ...this.#windowArguments[g]!);
    }
    if (!this.#hasPadding) return;
    const lineBytes = w.inWidth * w.inChannels * 4;
    const paddedBytes = this.#paddedWidth * w.inChannels * 4;
    const at = target + w.padTop * paddedBytes + w.padLeft * w.inChannels * 4;
    copyLines(w.inHeight, lineBytes, at, paddedBytes, imageGradient, lineBytes);
  }
}
