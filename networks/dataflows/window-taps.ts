/** The in-image elements of a pooling window. */
import type { Window } from '../../emac/layer/window.js';

export class WindowTaps {
  /** Offsets in the image of the elements `of` found last, in order of kernel rows and columns. */
  readonly offsets: Int32Array;

  constructor(private readonly window: Window) {
    this.offsets = new Int32Array(window.kernelHeight * window.kernelWidth);
  }

  /** Finds the elements of output `at` [outHeight][outWidth][channels]; returns how many. */
  of(at: number): number {
    const w = this.window;
    const c = at % w.inChannels;
    const pixel = (at - c) / w.inChannels;
    const ox = pixel % w.outWidth;
    const top = ((pixel - ox) / w.outWidth) * w.strideY - w.padTop;
    const left = ox * w.strideX - w.padLeft;
    let count = 0;
    for (let ky = 0; ky < w.kernelHeight; ky++) {
      const y = top + ky * w.dilationY;
      if (y < 0 || y >= w.inHeight) continue;
      for (let kx = 0; kx < w.kernelWidth; kx++) {
        const x = left + kx * w.dilationX;
        if (x >= 0 && x < w.inWidth) this.offsets[count++] = (y * w.inWidth + x) * w.inChannels + c;
      }
    }
    return count;
  }
}
