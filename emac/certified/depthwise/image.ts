/** An image of codes as int16 inside its padding, all channels, and where a window's taps lie in it. */
import type { Kernels } from '../../../kernels/loader.js';
import { type HeapArray, heapInt16, heapInt32 } from '../../codes/heap-array.js';
import type { Window } from '../../layer/window.js';

/** int16 of every code. */
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
    const padding = table.values[this.zero]!;
    if (padding !== this.#padding) this.#values.values.fill(padding);
    this.#padding = padding;
    const w = this.window;
    const inside = this.pointer + w.padTop * this.lineBytes + w.padLeft * this.pixelBytes;
    // biome-ignore format: codes, values
    this.kernels.call.decodeImage(
      codes, w.inHeight, w.inWidth, w.inChannels, 0, w.inChannels, table.pointer, inside, this.lineBytes,
    );
  }
}
