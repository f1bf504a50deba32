/** An image inside its padding of zeros, as the kernels that slide windows over it read it, and its gradient. */
import type { Window } from '../../emac/layer/window.js';
import type { Kernels } from '../../kernels/loader.js';
import { allocateFloats } from './memory.js';

export class PaddedImage {
  readonly width: number;
  readonly height: number;
  readonly isPadded: boolean;
  readonly #values: number;
  readonly #gradients: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly window: Window,
    training: 'trained' | 'inference',
  ) {
    const w = window;
    const reachY = (w.outHeight - 1) * w.strideY + (w.kernelHeight - 1) * w.dilationY + 1;
    const reachX = (w.outWidth - 1) * w.strideX + (w.kernelWidth - 1) * w.dilationX + 1;
    this.height = Math.max(w.padTop + w.inHeight, reachY);
    this.width = Math.max(w.padLeft + w.inWidth, reachX);
    this.isPadded = this.height > w.inHeight || this.width > w.inWidth;
    const size = this.isPadded ? this.#size : 0;
    this.#values = allocateFloats(kernels, size);
    this.#gradients = training === 'trained' ? allocateFloats(kernels, size) : 0;
  }

  /** The image inside its zeros, which are never written, so they stay. */
  around(image: number): number {
    if (!this.isPadded) return image;
    const { inHeight } = this.window;
    this.kernels.call.copyLines(
      inHeight,
      this.#line,
      image,
      this.#line,
      this.#values + this.#corner,
      this.#paddedLine,
    );
    return this.#values;
  }

  /** Zeros to add the gradient of the padded image to; `leave` then puts it where that of the image belongs. */
  gradientRoom(imageGradient: number): number {
    const room = this.isPadded ? this.#gradients : imageGradient;
    this.kernels.call.zeroBytes(room, this.#size * 4);
    return room;
  }

  leave(imageGradient: number): void {
    if (!this.isPadded) return;
    const { inHeight } = this.window;
    const at = this.#gradients + this.#corner;
    this.kernels.call.copyLines(inHeight, this.#line, at, this.#paddedLine, imageGradient, this.#line);
  }

  get #size(): number {
    return this.height * this.width * this.window.inChannels;
  }

  get #line(): number {
    return this.window.inWidth * this.window.inChannels * 4;
  }

  get #paddedLine(): number {
    return this.width * this.window.inChannels * 4;
  }

  /** Bytes before the first pixel of the image. */
  get #corner(): number {
    const { padTop, padLeft, inChannels } = this.window;
    return padTop * this.#paddedLine + padLeft * inChannels * 4;
  }
}
