/**
 * Sums of products of int16 values over the windows of images, several images at a time so that small ones fill the product's rows too.
 * Weights that are too wide for int32 sums come in slices, each with sums of its own over the same windows.
 */
import type { Window } from '../../emac/layer/window.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Pointer } from '../../kernels/units.js';

/** Vectors are read and written past the last value. */
const SLACK = 64;
/** Rows that keep the product busy: more images than give so many would only take more room. */
const ROWS = 64;
const up = (n: number, to: number): number => Math.ceil(n / to) * to;

export interface WindowLayer {
  readonly window: Window;
  readonly groups: number;
  readonly outChannels: number;
  /** Length of each sum. */
  readonly k: number;
}

export function isDepthwise({ groups, outChannels, window }: WindowLayer): boolean {
  return groups > 1 && groups === outChannels && groups === window.inChannels;
}

/** Whether windows are the pixels as they stand, a row of whole vectors each. */
function isPointwise({ window: w, k }: WindowLayer): boolean {
  const isPixel = w.kernelHeight * w.kernelWidth === 1 && w.strideY === 1 && w.strideX === 1;
  return isPixel && w.outHeight === w.inHeight && w.outWidth === w.inWidth && k % 8 === 0;
}

/**
 * Of one filter a channel or one group (`isDepthwise`, or groups of 1). Every partial sum must fit int32. Channels of a depthwise layer
 * are padded to eight, so that lanes are whole.
 */
export class WindowSums {
  /** Most images of one call. */
  readonly images: number;
  /** int32 [images · pixels][stride] of every slice, `sliceBytes` apart. */
  readonly sums: Pointer;
  readonly sliceBytes: number;
  readonly stride: number;
  /** Of an image's output. */
  readonly pixels: number;
  readonly #way: 'depthwise' | 'pointwise' | 'windows';
  readonly #paddedWidth: number;
  readonly #image: Pointer;
  /** int16 values of a pixel in the padded image. */
  readonly #pixel: number;
  readonly #rows: Pointer;
  readonly #rowBytes: number;
  readonly #panels: Pointer;
  readonly #weights: readonly Pointer[];
  readonly #starts: readonly Pointer[];

  /** `slices`: weights [outChannels, k]. `start`: [outChannels], what the sums of the first slice begin with. */
  constructor(
    private readonly kernels: Kernels,
    private readonly layer: WindowLayer,
    slices: readonly ArrayLike<number>[],
    start: ArrayLike<number>,
    batch: number,
  ) {
    const { window: w, outChannels, k } = layer;
    this.#way = isDepthwise(layer) ? 'depthwise' : isPointwise(layer) ? 'pointwise' : 'windows';
    const reachY = (w.outHeight - 1) * w.strideY + (w.kernelHeight - 1) * w.dilationY + 1;
    const reachX = (w.outWidth - 1) * w.strideX + (w.kernelWidth - 1) * w.dilationX + 1;
    const paddedHeight = Math.max(w.padTop + w.inHeight, reachY);
    this.#paddedWidth = Math.max(w.padLeft + w.inWidth, reachX);
    this.#pixel = this.#way === 'depthwise' ? up(w.inChannels, 8) : w.inChannels;
    this.pixels = w.outHeight * w.outWidth;
    this.images = this.#way === 'depthwise' ? 1 : Math.min(batch, Math.ceil(ROWS / this.pixels));
    this.stride = up(outChannels, 8);
    this.#image = kernels.allocate(paddedHeight * this.#paddedWidth * this.#pixel * 2 + SLACK);
    this.#rowBytes = up(k, 8) * 2;
    const rows = up(this.images * this.pixels, 4);
    const room = this.#way === 'depthwise' ? SLACK : rows * this.#rowBytes + SLACK;
    this.#rows = kernels.allocate(room);
    this.#panels = kernels.allocate(room);
    this.sliceBytes = rows * this.stride * 4 + SLACK;
    this.sums = kernels.allocate(this.sliceBytes * slices.length);
    this.#weights = slices.map((slice) =>
      this.#way === 'depthwise' ? this.#packTaps(slice) : this.#packPanels(slice),
    );
    this.#starts = slices.map((_, i) => {
      const pointer = kernels.allocate(this.stride * 4 + SLACK);
      if (i === 0) kernels.i32(pointer, outChannels).set(start);
      return pointer;
    });
  }

  /**
   * Of `count` images [inHeight][inWidth][inChannels], padded with 0. Up to three pixels behind them are read; what stands there does
   * not matter.
   */
  run(values: Pointer, count: number): void {
    const { window: w } = this.layer;
    const { call } = this.kernels;
    // biome-ignore format: window, outputs
    const sizes = [
      w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.dilationY, w.dilationX, w.outHeight, w.outWidth,
    ] as const;
    const [width, pixel] = [this.#paddedWidth, this.#pixel];
    if (this.#way === 'depthwise') {
      this.#place(values);
      this.#weights.forEach((weights, i) => {
        const sums = this.sums + i * this.sliceBytes;
        call.depthwiseCentred(this.#image, sums, weights, this.#starts[i]!, width, pixel, ...sizes);
      });
      return;
    }
    const imageBytes = w.inHeight * w.inWidth * w.inChannels * 2;
    const outBytes = this.pixels * this.#rowBytes;
    let rows = values;
    if (this.#way === 'windows') {
      rows = this.#rows;
      for (let i = 0; i < count; i++) {
        this.#place(values + i * imageBytes);
        call.im2colInt16(this.#image, rows + i * outBytes, this.#rowBytes, width, pixel, 0, pixel, ...sizes);
      }
    }
    const m = up(count * this.pixels, 4);
    call.panelsInt16(m, this.#rowBytes, rows, this.#panels);
    this.#weights.forEach((weights, i) => {
      const [start, sums] = [this.#starts[i]!, this.sums + i * this.sliceBytes];
      call.gemmInt16(m, this.stride, this.#rowBytes / 2, this.#panels, weights, start, sums);
    });
  }

  /** An image into the middle of the padded one, whose border is 0. */
  #place(values: Pointer): void {
    const { window: w } = this.layer;
    const [line, padded] = [w.inWidth * w.inChannels * 2, this.#paddedWidth * this.#pixel * 2];
    const corner = this.#image + w.padTop * padded + w.padLeft * this.#pixel * 2;
    if (this.#pixel === w.inChannels) {
      this.kernels.call.copyLines(w.inHeight, line, values, line, corner, padded);
      return;
    }
    const [from, to] = [w.inChannels * 2, this.#pixel * 2];
    for (let y = 0; y < w.inHeight; y++) {
      this.kernels.call.copyLines(w.inWidth, from, values + y * line, from, corner + y * padded, to);
    }
  }

  /** [n/8][k/2][8][2], two values of k side by side. */
  #packPanels(weights: ArrayLike<number>): Pointer {
    const { outChannels, k } = this.layer;
    const [n, wide] = [this.stride, up(k, 8)];
    const pointer = this.kernels.allocate(n * wide * 2 + SLACK);
    const to = this.kernels.i16(pointer, n * wide);
    for (let c = 0; c < outChannels; c++) {
      const panel = (c >> 3) * 8 * wide + (c & 7) * 2;
      for (let p = 0; p < k; p++) to[panel + (p >> 1) * 16 + (p & 1)] = weights[c * k + p]!;
    }
    return pointer;
  }

  /** [tap][channel]. */
  #packTaps(weights: ArrayLike<number>): Pointer {
    const { outChannels, k } = this.layer;
    const pointer = this.kernels.allocate(k * this.#pixel * 2 + SLACK);
    const to = this.kernels.i16(pointer, k * this.#pixel);
    for (let c = 0; c < outChannels; c++) {
      for (let tap = 0; tap < k; tap++) to[tap * this.#pixel + c] = weights[c * k + tap]!;
    }
    return pointer;
  }
}
