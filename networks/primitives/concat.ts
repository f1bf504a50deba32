/** Concatenation along the channels in float32: of every pixel the channels of each input, one input after another. */
import type { Kernels } from '../../kernels/loader.js';

/** `channels` by input; a tensor is [pixels][channels], its images one after another. */
export class FloatConcat {
  readonly #total: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly pixels: number,
    private readonly channels: readonly number[],
  ) {
    this.#total = channels.reduce((sum, own) => sum + own, 0);
  }

  forward(count: number, from: readonly number[], to: number): void {
    this.#eachInput((input, own, first) => {
      const { copyLines } = this.kernels.call;
      copyLines(count * this.pixels, own * 4, from[input]!, own * 4, to + first * 4, this.#total * 4);
    });
  }

  /** Overwrites the inputs' gradients with their shares of the output's. */
  backward(count: number, gradient: number, inputGradients: readonly number[]): void {
    this.#eachInput((input, own, first) => {
      const { copyLines } = this.kernels.call;
      const share = gradient + first * 4;
      copyLines(count * this.pixels, own * 4, share, this.#total * 4, inputGradients[input]!, own * 4);
    });
  }

  #eachInput(each: (input: number, own: number, first: number) => void): void {
    let first = 0;
    for (const [input, own] of this.channels.entries()) {
      each(input, own, first);
      first += own;
    }
  }
}
