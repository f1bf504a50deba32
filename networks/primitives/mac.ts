/** The float32 GEMM over windows that dense, conv1d and conv2d share, forward and backward. */
import type { Window } from '../../emac/layer/window.js';
import type { KernelCalls } from '../../kernels/calls.js';
import type { Kernels } from '../../kernels/loader.js';
import type { AfterTwo } from '../../kernels/units.js';
import { allocateFloats, Scratch } from './memory.js';
import { PaddedImage } from './padded-image.js';
import type { FloatProduct, PackedWeights } from './product.js';

/** What scratch room is used for. */
const ROWS = 0;
const ROW_GRADIENTS = 1;

/** Panels are eight columns wide. */
const up8 = (n: number): number => Math.ceil(n / 8) * 8;

/** Panels of weights [out, k], group after group. */
export class MacWeights implements PackedWeights {
  readonly groupOut: number;
  readonly groupIn: number;
  readonly k: number;
  /** Of each group: what gives its outputs. */
  readonly #panels: number;
  /** Of each group: what takes gradients of outputs back to those of windows; nothing where none is trained. */
  readonly #transposed: number;

  constructor(
    private readonly kernels: Kernels,
    readonly window: Window,
    readonly groups: number,
    readonly outChannels: number,
    readonly training: 'trained' | 'inference',
  ) {
    this.groupOut = outChannels / groups;
    this.groupIn = window.inChannels / groups;
    this.k = window.kernelHeight * window.kernelWidth * this.groupIn;
    const { groupOut, k } = this;
    this.#panels = allocateFloats(kernels, groups * up8(groupOut) * k);
    this.#transposed = training === 'trained' ? allocateFloats(kernels, groups * groupOut * up8(k)) : 0;
  }

  pack(weights: number): void {
    const { packPanelsFloat32 } = this.kernels.call;
    const { k, groupOut } = this;
    const row = k * 4;
    for (let g = 0; g < this.groups; g++) {
      const from = weights + g * groupOut * row;
      packPanelsFloat32(groupOut, k, from, row, 4, this.panels(g));
      if (this.training === 'trained') packPanelsFloat32(k, groupOut, from, 4, row, this.transposed(g));
    }
  }

  product(scratch?: Scratch): FloatProduct {
    return new FloatMac(this.kernels, this, scratch);
  }

  panels(group: number): number {
    return this.#panels + group * up8(this.groupOut) * this.k * 4;
  }

  transposed(group: number): number {
    return this.#transposed + group * this.groupOut * up8(this.k) * 4;
  }
}

/** Images of a batch are taken one by one, so that one image's windows stay in the cache. */
class FloatMac implements FloatProduct {
  readonly #outPixels: number;
  /** 1×1 windows over every pixel are the image itself: one product for the whole batch. */
  readonly #direct: boolean;
  readonly #image: PaddedImage;
  /** What im2col and col2im take after their pointers, one list a group. */
  readonly #windowArguments: readonly AfterTwo<KernelCalls['im2colFloat32']>[];
  readonly #scratch: Scratch;
  readonly #zeros: number;
  readonly #inBytes: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly weights: MacWeights,
    scratch: Scratch | undefined,
  ) {
    const { window: w, groups, groupIn, k, training } = weights;
    this.#outPixels = w.outHeight * w.outWidth;
    this.#inBytes = w.inHeight * w.inWidth * w.inChannels * 4;
    this.#image = new PaddedImage(kernels, w, training);
    const unit = w.kernelHeight * w.kernelWidth === 1 && w.strideY === 1 && w.strideX === 1;
    this.#direct = unit && groups === 1 && !this.#image.isPadded;
    // biome-ignore format: image, window, outputs
    this.#windowArguments = Array.from({ length: groups }, (_, group) => [
      this.#image.width, w.inChannels, group * groupIn, groupIn,
      w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.dilationY, w.dilationX,
      w.outHeight, w.outWidth,
    ] as const);
    const rows = this.#direct ? 0 : this.#outPixels * k;
    this.#scratch = scratch ?? new Scratch();
    this.#scratch.need(ROWS, rows);
    if (training === 'trained') this.#scratch.need(ROW_GRADIENTS, rows);
    this.#zeros = training === 'trained' ? allocateFloats(kernels, up8(k)) : 0;
    if (scratch === undefined) this.#scratch.place(kernels.allocate(this.#scratch.bytes));
  }

  forward(count: number, images: number, bias: number, y: number): void {
    const { gemmRowsFloat32 } = this.kernels.call;
    const { k, outChannels, groups, groupOut } = this.weights;
    const [k4, out4] = [k * 4, outChannels * 4];
    if (this.#direct) {
      const m = count * this.#outPixels;
      gemmRowsFloat32(m, outChannels, k, images, k4, this.weights.panels(0), bias, y, out4);
      return;
    }
    const rows = this.#scratch.pointer(ROWS);
    for (let i = 0; i < count; i++) {
      const image = this.#image.around(images + i * this.#inBytes);
      for (let g = 0; g < groups; g++) {
        const offset = g * groupOut * 4;
        this.#layOut(image, rows, g);
        const to = y + i * this.#outPixels * out4 + offset;
        const panels = this.weights.panels(g);
        gemmRowsFloat32(this.#outPixels, groupOut, k, rows, k4, panels, bias + offset, to, out4);
      }
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
    const { columnSumsFloat32, gemmOuterFloat32, gemmRowsFloat32 } = this.kernels.call;
    const { k, outChannels, groups, groupOut } = this.weights;
    const m = count * this.#outPixels;
    const [k4, out4] = [k * 4, outChannels * 4];
    columnSumsFloat32(m, outChannels, yGradient, biasGradient);
    if (this.#direct) {
      gemmOuterFloat32(m, outChannels, k, yGradient, out4, images, k4, weightGradient);
      if (imageGradients === undefined) return;
      const panels = this.weights.transposed(0);
      gemmRowsFloat32(m, k, outChannels, yGradient, out4, panels, this.#zeros, imageGradients, k4);
      return;
    }
    const rows = this.#scratch.pointer(ROWS);
    for (let i = 0; i < count; i++) {
      const image = this.#image.around(images + i * this.#inBytes);
      const gradients = yGradient + i * this.#outPixels * out4;
      for (let g = 0; g < groups; g++) {
        this.#layOut(image, rows, g);
        const to = weightGradient + g * groupOut * k4;
        gemmOuterFloat32(this.#outPixels, groupOut, k, gradients + g * groupOut * 4, out4, rows, k4, to);
      }
      if (imageGradients !== undefined) this.#imageBackward(gradients, imageGradients + i * this.#inBytes);
    }
  }

  #layOut(image: number, rows: number, group: number): void {
    this.kernels.call.im2colFloat32(image, rows, ...this.#windowArguments[group]!);
  }

  #imageBackward(gradients: number, imageGradient: number): void {
    const { col2imFloat32, gemmRowsFloat32 } = this.kernels.call;
    const { k, outChannels, groups, groupOut } = this.weights;
    const target = this.#image.gradientRoom(imageGradient);
    const rows = this.#scratch.pointer(ROW_GRADIENTS);
    const m = this.#outPixels;
    for (let g = 0; g < groups; g++) {
      const [from, panels] = [gradients + g * groupOut * 4, this.weights.transposed(g)];
      gemmRowsFloat32(m, k, groupOut, from, outChannels * 4, panels, this.#zeros, rows, k * 4);
      col2imFloat32(target, rows, ...this.#windowArguments[g]!);
    }
    this.#image.leave(imageGradient);
  }
}
