/** What the cost model is told: plain facts of multiply-accumulates. It knows no networks. */
import type { NumberFormat } from '../../formats/format.js';
import type { Accumulator } from '../layer/choices.js';

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
  /** Largest |value − zero point| lattice integers, for operand widths of affine formats. */
  readonly zeroPoints: 'none' | 'some';
  /** Largest |b| in units of 2^(lsb_w + lsb_x), where the plan knows it: the accumulator must hold it. */
  readonly largestBias?: bigint;
}
