/** Choices of the fuzzer: the same for the same seed and number of a case, on any machine. */
import { Stream } from '../../arithmetic/philox.js';

export class Draws {
  readonly #stream: Stream;

  constructor(seed: number, index: number) {
    this.#stream = new Stream(seed, 'shuffle', index);
  }

  /** A whole number from 0 to `bound` − 1. */
  below(bound: number): number {
    return this.#stream.below(Math.max(1, bound));
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  /** True once in `times`. */
  oncePer(times: number): boolean {
    return this.below(times) === 0;
  }

  /** Mostly 1: most inputs stay nearly valid. */
  fewTimes(): number {
    return this.oncePer(3) ? 2 + this.below(3) : 1;
  }
}
