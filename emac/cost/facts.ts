/** What the cost model is told: plain facts of multiply-accumulates. It knows no networks. */
import type { NumberFormat } from '../../formats/format.js';
import type { Accumulator } from '../layer/choices.js';

/**
 * Where zero points are taken off, from least hardware to most:
 * - `none`: there are none
 * - `folded`: of activations alone; z_x Σ w is a constant of the channel, in the bias, and codes are multiplied as they are
 * - `summed`: of both; codes are multiplied as they are, Σ x is added up beside the products and z_w Σ x taken off their sum (Jacob et
 *   al. 2017, equations 7 and 8)
 * - `subtracted`: off each operand before it is multiplied, which makes it a bit wider
 */
export const ZERO_POINTS = ['none', 'folded', 'summed', 'subtracted'] as const;
export type ZeroPoints = (typeof ZERO_POINTS)[number];

export interface MacFacts {
  readonly name: string;
  readonly weightFormat: NumberFormat;
  readonly activationFormat: NumberFormat;
  readonly outputFormat: NumberFormat;
  /** Length of each dot product. */
  readonly k: number;
  /** Dot products per image. */
  readonly outputs: number;
  readonly accumulator: Accumulator;
  /** Whether s is 1, a power of two (a shift) or needs a multiplier of `scaleBits` bits. */
  readonly multiplier: 'none' | 'shift' | 'multiply';
  readonly scaleBits: number;
  readonly zeroPoints: ZeroPoints;
  /** Largest |b| in units of 2^(lsb_w + lsb_x), where the plan knows it: the accumulator must hold it. */
  readonly largestBias?: bigint;
  /** Bits of the adder that takes a bias behind the multiplication by s, where it is not preloaded; Yao et al.'s B. */
  readonly biasAdderBits?: number;
}
