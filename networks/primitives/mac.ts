/** The float32 GEMM over windows that dense, conv1d and conv2d share, forward and backward. */
import type { Window } from '../../emac/layer/window.js';
import type { KernelCalls } from '../../kernels/calls.js';
import type { Kernels } from '../../kernels/loader.js';
import type { AfterTwo } from '../../kernels/units.js';
import { elementsOf } from '../tensor.js';
import { MacWeights, up8 } from './mac-weights.js';
import { allocateFloats, Scratch } from './memory.js';

/** What scratch room is used for. */
const ROWS = 0;
const ROW_GRADIENTS = 1;

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
  readonly #weights: MacWeights;
  readonly #scratch: Scratch;
  readonly #padded: number;
  #paddedGradient = 0;
  #zeros = 0;

  constructor(
    private readonly kernels: Kernels,
    private readonly window: Window,
    private readonly groups: number,
    private readonly outChannels: number,
    training: 'trained' | 'inference',
    /** What other instances of the layer have too; each of its own where left out. */
    shared: { readonly weights?: MacWeights; readonly scratch?: Scratch } = {},
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
    this.#weights = shared.weights ?? new MacWeights(kernels, groups, this.#groupOut, this.#k, training);
    this.#scratch = shared.scratch ?? new Scratch();
    this.#scratch.need(ROWS, rowsSize);
    this.#padded = allocateFloats(kernels, paddedSize);
    if (training === 'trained') {
      this.#scratch.need(ROW_GRADIENTS, rowsSize);
      this.#paddedGradient = allocateFloats(kernels, paddedSize);
      this.#zeros = allocateFloats(kernels, up8(this.#k));
    }
    if (shared.scratch === undefined) this.#scratch.place(kernels.allocate(this.#scratch.bytes));
  }

  get #hasPadding(): boolean {
    return this.#paddedHeight > this.window.inHeight || this.#paddedWidth > this.window.inWidth;
  }

  /** Packs the weights at pointer `weights`; call again whenever they change. */
  pack(weights: number): void {
    this.#weights.pack(weights);
  }

  /** images → y for `count` images; `bias` has outChannels values. */
  forward(count: number, images: number, bias: number, y: number): void {
    const { gemmRowsFloat32 } = this.kernels.call;
    const k4 = this.#k * 4;
    const out4 = this.outChannels * 4;
    if (this.#direct) {
      const m = count * this.#outPixels;
      gemmRowsFloat32(m, this.outChannels, this.#k, images, k4, this.#weights.panels, bias, y, out4);
      return;
    }
    const imageBytes = this.#inSize * 4;
    const rows = this.#scratch.pointer(ROWS);
    for (let i = 0; i < count; i++) {
      const image = this.#pad(images + i * imageBytes);
      for (let g = 0; g < this.groups; g++) {
        const offset = g * this.#groupOut * 4;
        this.#im2col(image, rows, g);
        const packed = this.#weights.panelsOf(g);
        const to = y + i * this.#outPixels * out4 + offset;
        gemmRowsFloat32(this.#outPixels, this.#groupOut, this.#k, rows, k4, packed, bias + offset, to, out4);
      }
    }
  }

  /**
   * By the weights last packed: adds to the gradients of weights and bias and, unless `imageGradients` is undefined, overwrites those of the
   * images. Order of sums: images, then pixels, ascending.
   */
  backward(
    count: number,
    images: number,
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
    if (this.#direct) {
      gemmOuterFloat32(m, this.outChannels, this.#k, yGradient, out4, images, k4, weightGradient);
      if (imageGradients !== undefined) {
        const packed = this.#weights.transposed;
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
    const rows = this.#scratch.pointer(ROWS);
    for (let i = 0; i < count; i++) {
      const image = this.#pad(images + i * imageBytes);
      const gradients = yGradient + i * this.#outPixels * out4;
      for (let g = 0; g < this.groups; g++) {
        this.#im2col(image, rows, g);
        const from = gradients + g * this.#groupOut * 4;
        const to = weightGradient + g * this.#groupOut * k4;
        gemmOuterFloat32(this.#outPixels, this.#groupOut, this.#k, from, out4, rows, k4, to);
      }
      if (imageGradients !== undefined) this.#imageBackward(gradients, imageGradients + i * imageBytes);
    }
  }

  get #inSize(): number {
    return this.window.inHeight * this.window.inWidth * this.window.inChannels;
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

  #im2col(image: number, rows: number, group: number): void {
    this.kernels.call.im2colFloat32(image, rows, ...this.#windowArguments[group]!);
  }

  #imageBackward(gradients: number, imageGradient: number): void {
    const { col2imFloat32, copyLines, gemmRowsFloat32, zeroBytes } = this.kernels.call;
    const w = this.window;
    const target = this.#hasPadding ? this.#paddedGradient : imageGradient;
    const elements = this.#hasPadding
      ? elementsOf([this.#paddedHeight, this.#paddedWidth, w.inChannels])
      : this.#inSize;
    zeroBytes(target, elements * 4);
    const rowGradients = this.#scratch.pointer(ROW_GRADIENTS);
    for (let g = 0; g < this.groups; g++) {
      const from = gradients + g * this.#groupOut * 4;
      const packed = this.#weights.transposedOf(g);
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
        rowGradients,
        k4,
      );
      col2imFloat32(target, rowGradients, ...this.#windowArguments[g]!);
    }
    if (!this.#hasPadding) return;
    const lineBytes = w.inWidth * w.inChannels * 4;
    const paddedBytes = this.#paddedWidth * w.inChannels * 4;
    const at = target + w.padTop * paddedBytes + w.padLeft * w.inChannels * 4;
    copyLines(w.inHeight, lineBytes, at, paddedBytes, imageGradient, lineBytes);
  }
}
