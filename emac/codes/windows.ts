/** The windows of a channels-last image of codes, as they lie in the image, or copied out as the rows of a matrix. */

import type { Kernels } from '../../kernels/loader.js';
import type { Window } from '../layer/window.js';
import { codeBytes } from './width.js';

export class CodeWindows {
  /** Windows of an image, and codes of a window. */
  readonly count: number;
  readonly k: number;
  readonly #bytes: 1 | 2 | 4;
  #rows = 0;

  /** Of every pixel the `channels` codes from `first` on; `zero` is the code of padding. */
  constructor(
    private readonly kernels: Kernels,
    readonly window: Window,
    readonly first: number,
    readonly channels: number,
    bits: number,
    readonly zero: number,
  ) {
    this.count = window.outHeight * window.outWidth;
    this.k = window.kernelHeight * window.kernelWidth * channels;
    this.#bytes = codeBytes(bits);
  }

  /** Bytes that rows may be written past their end. */
  static readonly SLACK = 16;

  /** Every window of the image at `image` as rows [count][k], readable up to a multiple of 4 rows; a pointer. */
  rows(image: number): number {
    const padded = Math.ceil(this.count / 4) * 4;
    if (this.#rows === 0)
      this.#rows = this.kernels.allocate(padded * this.k * this.#bytes + CodeWindows.SLACK);
    this.layOut(image, this.#rows);
    return this.#rows;
  }

  /** The same to a place of the caller's. */
  layOut(image: number, to: number): void {
    const { padTop, padLeft, outHeight, outWidth } = this.window;
    this.#layOut(image, to, padTop, padLeft, outHeight, outWidth);
  }

  /** One window's k codes. */
  gather(image: number, index: number, to: number): void {
    const { padTop, padLeft, strideY, strideX, outWidth } = this.window;
    const ox = index % outWidth;
    const oy = (index - ox) / outWidth;
    this.#layOut(image, to, padTop - oy * strideY, padLeft - ox * strideX, 1, 1);
  }

  /**
   * The windows of `count` outputs as rows at `to`, those of neighbours in the list once; `list` and `places` are pointers
   * of int32: outputs as window · n + channel, and each as row · n + channel.
   */
  gatherAll(image: number, count: number, list: number, n: number, places: number, to: number): void {
    const { window: w, first, channels, zero } = this;
    // biome-ignore format: outputs, places, image, window
    this.kernels.call.gatherWindows(
      count, list, n, places, image, to, this.#bytes, zero,
      w.inHeight, w.inWidth, w.inChannels, first, channels,
      w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.padTop, w.padLeft, w.dilationY, w.dilationX, w.outWidth,
    );
  }

  #layOut(image: number, to: number, top: number, left: number, outHeight: number, outWidth: number): void {
    const { window: w, first, channels, zero } = this;
    // biome-ignore format: places, image, window, outputs
    this.kernels.call.im2colCodes(
      image, to, this.#bytes, zero,
      w.inHeight, w.inWidth, w.inChannels, first, channels,
      w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, top, left, w.dilationY, w.dilationX,
      outHeight, outWidth,
    );
  }
}
