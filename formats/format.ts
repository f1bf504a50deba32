/**
 * What a number format is: facts plus the meaning of its codes. Three axes are kept apart and named: which
 * values exist (the format), how a real is rounded to one of them (the mode), and what happens beyond the
 * largest (the policy).
 */
import type { Rational } from '../arithmetic/rational.js';
import type { CodeLayout } from './layout.js';

/**
 * How a real between two neighbouring values is rounded.
 * - `nearest-even`: to the nearer; a tie to the even code
 * - `nearest-away`: to the nearer; a tie away from zero
 * - `toward-zero`, `up` (to +∞), `down` (to −∞)
 * - `stochastic`: up with probability equal to the position between the neighbours, by a counter-based random word
 */
export const ROUNDING_MODES = [
  'nearest-even',
  'nearest-away',
  'toward-zero',
  'up',
  'down',
  'stochastic',
] as const;
export type RoundingMode = (typeof ROUNDING_MODES)[number];

/**
 * What a real beyond the largest finite value becomes: ±max (`saturate`, every format), ±Inf (`infinity`,
 * IEEE layouts) or the canonical NaN (`nan`: IEEE layouts with a fraction, fn, fnuz).
 */
export const OVERFLOW_POLICIES = ['saturate', 'infinity', 'nan'] as const;
export type OverflowPolicy = (typeof OVERFLOW_POLICIES)[number];

/**
 * What a posit does with a non-zero real below minpos, decided before the mode: `none` (2022 Standard: never 0),
 * `bitstring` (|v| < minpos/2^(2^es) becomes 0; Raposo), `half` (|v| ≤ minpos/2 becomes 0).
 * Every other format takes `none` only.
 */
export const UNDERFLOWS = ['none', 'bitstring', 'half'] as const;
export type Underflow = (typeof UNDERFLOWS)[number];

export interface Rounding {
  readonly mode: RoundingMode;
  readonly policy: OverflowPolicy;
  readonly underflow: Underflow;
}

export const NEAREST_EVEN: Rounding = { mode: 'nearest-even', policy: 'saturate', underflow: 'none' };

/** What a code stands for. A finite one is sign · significand · 2^exponent; −0 is finite with sign −1. */
export type Exact =
  | {
      readonly kind: 'finite';
      readonly sign: 1 | -1;
      readonly significand: bigint;
      readonly exponent: number;
    }
  | { readonly kind: 'infinity'; readonly sign: 1 | -1 }
  | { readonly kind: 'nan' };

/**
 * The finite values of a format in strictly ascending order, by index 0 .. count − 1. −0 has no index of its
 * own: it shares that of +0. A format of up to 16 bits need not give one (it is enumerated); a wider one must,
 * without enumerating.
 */
export interface Levels {
  readonly count: number;
  /** The code of the index-th smallest finite value (+0 for zero). */
  code(index: number): number;
  /** The index of a finite code. */
  index(code: number): number;
}

/** Derived once from the codes; nothing here is typed in by hand. */
export interface FormatFacts {
  /** Largest finite value. */
  readonly max: number;
  /** Smallest (most negative) finite value. */
  readonly min: number;
  /** Smallest positive value. */
  readonly minPositive: number;
  /** log10(max / minPositive), Deep Positron's dynamic range, in decades. */
  readonly decades: number;
  /** Number of distinct finite values (−0 and +0 count once). */
  readonly distinct: number;
  /** Number of codes that are NaN, NaR or Inf. */
  readonly reserved: number;
  /** The largest L such that every finite value is a multiple of 2^L. */
  readonly lsbExponent: number;
  /** Most bits any finite value's odd significand needs. */
  readonly significandBits: number;
}

export interface NumberFormat {
  /** Canonical name in the grammar of docs/numerics.md §1. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** `posit`, `float`, `fixed`, `affine`, `pow2int`, `pow2val`, or a plugin's own word. */
  readonly family: string;
  /** Code width in bits, 2..32; codes are unsigned numbers 0 .. 2^bits − 1. */
  readonly bits: number;
  /** The family's parameters as the name has them, e.g. `{ es: 1 }`. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The policies this format has; any other pair with it is an error on every call. */
  readonly policies: readonly OverflowPolicy[];
  /** The underflow rules this format has. */
  readonly underflows: readonly Underflow[];
  /** How tensors may be put into it: `rounding` (scale 1), `linear` (calibrated scale). */
  readonly quantizers: readonly ('rounding' | 'linear')[];
  /** `any` scale, or `pow2`: only powers of two (pow2int). */
  readonly scaleRule: 'any' | 'pow2';
  /** Whether tensors have a zero point (affine) or not. */
  readonly zeroPoints: 'none' | 'integer';
  /** Codes of the narrow range weights use (Jacob), inclusive integers; undefined where full and narrow agree. */
  readonly narrowRange: { readonly min: number; readonly max: number } | undefined;
  /** The canonical NaN or NaR code; undefined where the format has none. */
  readonly nan: number | undefined;
  /** Codes of ±Inf; undefined where the format has none. */
  readonly infinity: { readonly positive: number; readonly negative: number } | undefined;
  /** What ±Inf encodes to: by the `policy`, to the `nan` code (posit), or an `error`. */
  readonly infinityInput: 'policy' | 'nan' | 'error';
  /**
   * What a non-zero real smaller in magnitude than the smallest value does where no underflow rule says
   * otherwise: it `rounds` like any other, or is `held` at ±minPositive in every mode (posit).
   */
  readonly belowMinPositive: 'rounds' | 'held';
  /** Code of −0; undefined where the format has none. */
  readonly negativeZero: number | undefined;
  /** How codes are computed from bits; undefined where they are only known by `decode` (plugins, pow2val). */
  readonly layout: CodeLayout | undefined;
  readonly levels: Levels;
  readonly facts: FormatFacts;
  /** What a code means. Throws UserError for a code outside 0 .. 2^bits − 1. */
  decode(code: number): Exact;
  /** The same as a float64, exactly (every value of every format here is a float64); NaN/NaR give NaN. */
  toNumber(code: number): number;
  /**
   * The boundary the nearest modes use between levels index and index + 1: their mean, but for posits the
   * (n+1)-bit posit between them. Index count − 1 gives the overflow boundary above max (half way to its would-be
   * successor, max plus one unit in its last place), index −1 the one below min.
   */
  boundary(index: number): Rational;
  /** Whether a tie may go to this code under nearest-even. */
  isEven(code: number): boolean;
  /**
   * Rounds a float64 once. `randomWord` is 32 random bits for `stochastic` (required by it, unused by others).
   * NaN gives the canonical NaN/NaR, else throws UserError; ±Inf as `infinityInput` says; −0 and negative
   * values that round to zero give −0 where the format has it. Throws UserError for a policy or underflow rule
   * the format lacks.
   */
  encode(value: number, rounding?: Rounding, randomWord?: number): number;
}
