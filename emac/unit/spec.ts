/** What a multiply-accumulate unit is built for, and what stands at its inputs. */
import type { Rational } from '../../arithmetic/rational.js';
import type { NumberFormat, Rounding } from '../../formats/format.js';
import type { Activation } from '../layer/layer.js';
import type { RequantizerChoice } from './requantizer.js';

export interface UnitSpec {
  readonly weights: NumberFormat;
  readonly activations: NumberFormat;
  readonly output: NumberFormat;
  /** How the one rounding is made. */
  readonly rounding: Rounding;
  /** Longest dot product the unit is built for; a longer one is refused. */
  readonly maxK: number;
  /** Shortest dot product the loop over the digits is chosen for; maxK by default. Shorter ones wait for the loop. */
  readonly shortestK?: number;
  /** Largest |bias| in units of 2^(lsb_w + lsb_x); 0 by default. */
  readonly maxBias?: bigint;
  /** Zero points of the operands and the output; 0 by default. */
  readonly zeroPoints?: { readonly weights: number; readonly activations: number; readonly output: number };
  /** Codes of an affine output in use; `full` by default. */
  readonly outputRange?: 'full' | 'narrow';
  /** The requantization multiplier s > 0, of at most `scaleBits` significand bits; 1 by default. */
  readonly multiplier?: Rational;
  /** Significand bits of s; 16 by default. */
  readonly scaleBits?: number;
  /** What multiplies by an s that is no power of two; a loop by default. */
  readonly requantizer?: RequantizerChoice;
  readonly activation?: Activation;
  /** 6 / scale_y, where relu6 clamps; needed by relu6 only. */
  readonly cap?: Rational;
  /** A stated accumulator width; by default the exact need. Throws UserError where maxK could overflow it. */
  readonly accumulatorBits?: number;
}

/** What stands at the unit's inputs before a clock edge; a bubble where undefined. */
export interface UnitInput {
  /** Undefined codes: a dot product of length 0 (first and last, nothing to multiply). */
  readonly product: { readonly w: number; readonly x: number } | undefined;
  readonly position: { readonly first: 'first' | 'later'; readonly last: 'last' | 'inner' };
  /** Read from the bias memory when the first product is accumulated; in lattice units. Used with `first`. */
  readonly bias?: bigint;
  /** The 32-bit word of stochastic rounding. Used with `last`. */
  readonly randomWord?: number;
}
