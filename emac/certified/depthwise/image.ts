/** An image of codes as int16 inside its padding, all channels, and where a window's taps lie in it. */
import type { Kernels } from '../../../kernels/loader.js';
import { type HeapArray, heapInt16, heapInt32 } from '../../codes/heap-array.js';
import type { Window } from '../../layer/window.js';

/** int16 of every code, or of two images, other and own beside each other. */
export type Int16Codes = HeapArray<Int16Array>;

/** Byte offsets of a window's taps from its first pixel, (kh, kw); of an odd number the last one again. */
export function placeTaps(kernels: Kernels, w: Window): HeapArray<Int32Array> {
  const { pixelBytes, lineBytes } = paddedImage(w);
  const count = w.kernelHeight * w.kernelWidth;
  const taps = heapInt32(kernels, count + (count & 1));
  for (let tap = 0; tap < taps.values.length; tap++) {
    const at = Math.min(tap, count - 1);
    const kx = at % w.kernelWidth;
    const ky = (at - kx) / w.kernelWidth;
    taps.values[tap] = ky * w.dilationY * lineBytes + kx * w.dilationX * pixelBytes;
  }
  return taps;
}

interface PaddedImage {
  readonly height: number;
  readonly pixelBytes: number;
  readonly lineBytes: number;
}

function paddedImage(w: Window): PaddedImage {
  const reachY = (w.outHeight - 1) * w.strideY + (w.kernelHeight - 1) * w.dilationY + 1;
  const reachX = (w.outWidth - 1) * w.strideX + (w.kernelWidth - 1) * w.dilationX + 1;
  const pixelBytes = w.inChannels * 2;
  const lineBytes = Math.max(w.padLeft + w.inWidth, reachX) * pixelBytes;
  return { height: Math.max(w.padTop + w.inHeight, reachY), pixelBytes, lineBytes };
}

export class DepthwiseImage {
  readonly pixelBytes: number;
  readonly lineBytes: number;
  readonly #values: HeapArray<Int16Array>;
  /** What lies outside of the image. */
  #padding = 0;

  constructor(
    private readonly kernels: Kernels,
    private readonly window: Window,
    /** Code of padding. */
    private readonly zero: number,
  ) {
    const { height, pixelBytes, lineBytes } = paddedImage(window);
    this.pixelBytes = pixelBytes;
    this.lineBytes = lineBytes;
    // the kernel reads whole vectors
    this.#values = heapInt16(kernels, (height * lineBytes) / 2 + 8);
  }

  get pointer(): number {
    return this.#values.pointer;
  }

  /** From the codes of an image at `codes`; `table` of every code. */
  decode(codes: number, table: Int16Codes): void {
    this.#fillPadding(table.values[this.zero]!);
    const w = this.window;
    // biome-ignore format: codes, values
    this.kernels.call.decodeImage(
      codes, w.inHeight, w.inWidth, w.inChannels, 0, w.inChannels, table.pointer, this.#inside, this.lineBytes,
    );
  }

  /** This image and another one of the same window at once; `table` of every code holds this one's int16 and the other's. */
  decodeBoth(other: DepthwiseImage, codes: number, table: Int16Codes): void {
    this.#fillPadding(table.values[2 * this.zero + 1]!);
    other.#fillPadding(table.values[2 * this.zero]!);
    const w = this.window;
    // biome-ignore format: codes, values
    this.kernels.call.decodeImagePair(
      codes, w.inHeight, w.inWidth * w.inChannels, table.pointer, this.#inside, other.#inside, this.lineBytes,
    );
  }

  /** Where the image lies in its padding. */
  get #inside(): number {
    const { padTop, padLeft } = this.window;
    return this.pointer + padTop * this.lineBytes + padLeft * this.pixelBytes;
  }

  #fillPadding(padding: number): void {
    if (padding !== this.#padding) this.#values.values.fill(padding);
    this.#padding = padding;
  }
}
