/**
 * Widths of an exact multiply-accumulate unit: what its formats, K and the bias need, beside the formulas of the
 * Deep Positron line (arXiv 1812.01762 and its authors' RTL), which are bounds of the same thing.
 */
import { bitLength, toRational } from '../../arithmetic/float64.js';
import { compare, divide, dyadic, type Rational } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import type { NumberFormat } from '../../formats/format.js';
import { type Datapath, datapathOf, signedBits } from './datapath.js';

/** What an accumulator must hold: k products of one operand pair, and a bias of up to `bias` lattice units. */
export interface Sum {
  readonly weights: Datapath;
  readonly activations: Datapath;
  readonly k: number;
  /** Largest |bias| in units of 2^(lsb_w + lsb_x); 0 by default. */
  readonly bias?: bigint;
}

/** Smallest and largest product of two operands, in units of 2^(lsb_w + lsb_x). */
export function productRange(weights: Datapath, activations: Datapath): { min: bigint; max: bigint } {
  const corners = [
    weights.min * activations.min,
    weights.min * activations.max,
    weights.max * activations.min,
    weights.max * activations.max,
  ];
  return {
    min: corners.reduce(smaller),
    max: corners.reduce((a, b) => -smaller(-a, -b)),
  };
}

/** Math.min does not take BigInt. */
function smaller(a: bigint, b: bigint): bigint {
  if (b < a) return b;
  return a;
}

/** Two's complement bits of one product on the lattice 2^(lsb_w + lsb_x). */
export function productBits(weights: Datapath, activations: Datapath): number {
  const { min, max } = productRange(weights, activations);
  return signedBits(min, max);
}

/**
 * Least two's complement bits in which no sum of up to k products and the bias overflows, in any order: the
 * accumulator on the lattice 2^(lsb_w + lsb_x). Throws UserError for a k that is not a whole number.
 */
export function accumulatorBits(sum: Sum): number {
  if (!Number.isSafeInteger(sum.k) || sum.k < 0) {
    throw new UserError(
      `K = ${sum.k} is impossible; the length of a dot product is a whole number, 0 or more`,
    );
  }
  const { min, max } = productRange(sum.weights, sum.activations);
  const bias = sum.bias ?? 0n;
  const k = BigInt(sum.k);
  return signedBits((min < 0n ? k * min : 0n) - bias, (max > 0n ? k * max : 0n) + bias);
}

/** The largest K whose sums always fit `bits` bits; −1 where not even the bias does. */
export function largestK(bits: number, weights: Datapath, activations: Datapath, bias = 0n): number {
  const { min, max } = productRange(weights, activations);
  const high = (1n << BigInt(bits - 1)) - 1n - bias;
  const low = (1n << BigInt(bits - 1)) - bias;
  if (high < 0n) return -1;
  const byHigh = max > 0n ? high / max : undefined;
  const byLow = min < 0n ? low / -min : undefined;
  const limit = byHigh === undefined ? byLow : byLow === undefined || byHigh < byLow ? byHigh : byLow;
  return limit === undefined || limit > BigInt(Number.MAX_SAFE_INTEGER)
    ? Number.MAX_SAFE_INTEGER
    : Number(limit);
}

/** Throws UserError where K products and the bias could overflow an accumulator of `stated` bits. */
export function requireAccumulator(stated: number, sum: Sum, where = ''): void {
  const need = accumulatorBits(sum);
  if (need <= stated) return;
  const most = largestK(stated, sum.weights, sum.activations, sum.bias);
  const formats = `${sum.weights.format.name} × ${sum.activations.format.name}`;
  const advice =
    most > 0 ? `keep K at ${most} or less, or state ${need} bits` : `state at least ${need} bits`;
  throw new UserError(
    `${where === '' ? '' : `${where}: `}K = ${sum.k} products of ${formats} need an accumulator of ${need} bits, more than the stated ${stated}; ${advice}`,
  );
}

/** ⌈log2 a⌉ of a rational a > 0. */
export function ceilLog2(a: Rational): number {
  const guess = bitLength(a.numerator) - bitLength(a.denominator);
  for (const power of [guess - 1, guess]) if (compare(a, dyadic(1n, power)) <= 0) return power;
  return guess + 1;
}

export interface PublishedWidths {
  /** ⌈log2 k⌉ + 2⌈log2(max/min)⌉ + 2: Deep Positron's formula, for any one format. */
  readonly paper: number;
  /** 2^(es+2)·(n−2) + 2 + ⌈log2 k⌉: its posit form (p. 4); undefined for other families. */
  readonly quire: number | undefined;
  /** The register of the authors' VHDL; undefined for families it does not have. */
  readonly rtl: number | undefined;
}

/**
 * Accumulator widths as published for k products of two operands of one format, k ≥ 1. The float register of the
 * VHDL is up to 2 bits short of the worst case, the paper's formula 1 to 2 bits generous: compare with
 * `accumulatorBits`.
 */
export function publishedWidths(format: NumberFormat, k: number): PublishedWidths {
  const { max, minPositive } = format.facts;
  const growth = ceilLog2(dyadic(BigInt(k), 0));
  const paper = growth + 2 * ceilLog2(divide(toRational(max), toRational(minPositive))) + 2;
  const { bits } = format;
  switch (format.family) {
    case 'fixed':
      return { paper, quire: undefined, rtl: 2 * bits + growth };
    case 'float': {
      // their float has the IEEE layout only
      if (format.infinity === undefined) return { paper, quire: undefined, rtl: undefined };
      const { exponentBits, fractionBits } = format.parameters;
      const bias = 2 ** (exponentBits! - 1) - 1;
      const lowest = 1 - bias - fractionBits!;
      return { paper, quire: undefined, rtl: 2 * (bias - lowest) + growth + 1 };
    }
    case 'posit': {
      const { es } = format.parameters;
      return {
        paper,
        quire: 2 ** (es! + 2) * (bits - 2) + 2 + growth,
        rtl: (4 * bits - 8) * 2 ** es! + 2 + growth,
      };
    }
    default:
      return { paper, quire: undefined, rtl: undefined };
  }
}

/** `accumulatorBits` for two formats without zero points; `bias` in lattice units. */
export function exactAccumulatorBits(
  weights: NumberFormat,
  activations: NumberFormat,
  k: number,
  bias = 0n,
): number {
  return accumulatorBits({ weights: datapathOf(weights), activations: datapathOf(activations), k, bias });
}
