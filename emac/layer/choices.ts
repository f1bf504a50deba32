/** The choices of a multiply-accumulate layer beyond its formats (docs/numerics.md §4), as named unions. */
import { UserError } from '../../errors.js';

/** What happens between products and the one rounding. `wrap` and `saturate` are N-bit two's complement. */
export type Accumulator =
  | { readonly kind: 'exact' }
  | { readonly kind: 'float32' }
  | { readonly kind: 'per-op' }
  | { readonly kind: 'wrap'; readonly bits: number }
  | { readonly kind: 'saturate'; readonly bits: number };

/** `accumulator`: rounded to the product lattice; `format`: first quantized with the weights' encoding. */
export type BiasRule = 'accumulator' | 'format';

/**
 * What the argmax compares: logits `rounded` like any output, or the `accumulator`'s exact s·(Σ + b), where the network
 * ends in a dense layer.
 */
export type LogitRule = 'rounded' | 'accumulator';

/**
 * How integer dataflows multiply a sum by its scale (networks/integer/requantize.ts): a fixed-point multiplier with two roundings,
 * with one, a float32 product, or the exact product.
 */
export const REQUANTIZATIONS = ['gemmlowp', 'single', 'float32', 'exact'] as const;
export type Requantization = (typeof REQUANTIZATIONS)[number];

export interface LayerChoices {
  readonly accumulator: Accumulator;
  readonly bias: BiasRule;
  readonly logits: LogitRule;
  /** Significand bits of the requantization multiplier s; 16 by default, 53 to compare. */
  readonly scaleBits: number;
  /** Of integer dataflows; the others round s to `scaleBits`. */
  readonly requantize: Requantization;
  /** Seed of the random words of stochastic rounding. */
  readonly seed: number;
}

export const DEFAULT_CHOICES: LayerChoices = {
  accumulator: { kind: 'exact' },
  bias: 'accumulator',
  logits: 'accumulator',
  scaleBits: 16,
  requantize: 'gemmlowp',
  seed: 0,
};

/** `exact`, `float32`, `per-op`, `wrap24`, `saturate24`: how rows and command lines write it. */
export function accumulatorName(accumulator: Accumulator): string {
  switch (accumulator.kind) {
    case 'exact':
    case 'float32':
    case 'per-op':
      return accumulator.kind;
    case 'wrap':
    case 'saturate':
      return `${accumulator.kind}${accumulator.bits}`;
    default:
      return accumulator satisfies never;
  }
}

/** Reads what `accumulatorName` writes. Throws UserError with what is allowed. */
export function parseAccumulator(text: string): Accumulator {
  if (text === 'exact' || text === 'float32' || text === 'per-op') return { kind: text };
  const sized = /^(wrap|saturate)([1-9]\d{0,3})$/.exec(text);
  if (sized && Number(sized[2]) >= 2)
    return { kind: sized[1] as 'wrap' | 'saturate', bits: Number(sized[2]) };
  throw new UserError(
    `accumulator '${text}' is unknown; use exact, float32, per-op, wrap<N> or saturate<N> (N bits, 2 or more)`,
  );
}
