/**
 * Stochastic rounding of many values: the lower neighbour by thresholds, the random word compared in float64 with a bound on
 * the error, and the exact rule only where that cannot tell (docs/numerics.md §2).
 */
import { powerOfTwo } from '../../arithmetic/float64.js';
import type { NumberFormat, Rounding } from '../format.js';
import type { Placement } from '../placement.js';
import { quantizeExact } from './exact.js';
import { checkRandomWord } from './rules.js';
import { type RoundingThresholds, roundingThresholds, thresholdIndex } from './thresholds.js';

const WORDS = powerOfTwo(32);

export class StochasticCoder {
  /** Codes by their lower neighbour; undefined where the rule at the ends or near zero is not that of `down`. */
  readonly #down: RoundingThresholds | undefined;
  /** value − zero point of every level. */
  readonly #values: Float64Array;

  constructor(
    private readonly format: NumberFormat,
    private readonly rounding: Rounding,
    private readonly placement: Placement,
  ) {
    const plain = format.bits <= 16 && rounding.policy === 'saturate' && rounding.underflow === 'none';
    this.#down = plain ? roundingThresholds(format, { ...rounding, mode: 'down' }, placement) : undefined;
    this.#values = Float64Array.from(
      this.#down?.codes ?? [],
      (code) => format.toNumber(code) - placement.zeroPoint,
    );
  }

  /** The code of x under a 32-bit random word. NaN, ±Inf, errors and −0 as `quantizeExact`. */
  code(x: number, randomWord: number | undefined, where?: string): number {
    const word = checkRandomWord(randomWord);
    const down = this.#down;
    if (down && Number.isFinite(x)) {
      const level = thresholdIndex(down, x);
      const { scale } = this.placement;
      const y = x / scale;
      const low = this.#values[level]!;
      const high = this.#values[level + 1];
      if (x === 0 || (scale === 1 && y === low)) return down.codes[level]!;
      // a negative below minpos in magnitude stays −minpos where nothing rounds to 0
      if (high === 0 && this.format.belowMinPositive === 'held') return down.codes[level]!;
      // held at an end, below the smallest level, or too near a level to tell
      if (high === undefined || x <= low * scale) return this.#exact(x, word, where);
      const gap = high - low;
      const position = ((y - low) / gap) * WORDS + word;
      // the quotient is within an ulp of y, the difference, the position and the sum within one of their own
      const error = (Math.abs(y) / gap) * powerOfTwo(-19) + powerOfTwo(-18);
      if (position >= WORDS + error) return down.codes[level + 1]!;
      if (position < WORDS - error) return down.codes[level]!;
    }
    return this.#exact(x, word, where);
  }

  #exact(x: number, word: number, where: string | undefined): number {
    return quantizeExact(this.format, x, this.rounding, this.placement, word, where);
  }
}
