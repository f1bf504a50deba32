/**
 * Probabilities of sums of random signs, as pairs of float64. All terms are positive, so nothing cancels: a pair
 * keeps a relative error below 2^-80 through ten sums of thousands of terms.
 */
import { productError, sumError, sumErrorOfOrdered } from '../../arithmetic/error-free.js';
import { bitLength, powerOfTwo } from '../../arithmetic/float64.js';

/** Unevaluated sums high + low of consecutive integers from `start`. */
export interface Masses {
  readonly start: number;
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/** Integers `from` to `to`, both of them. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** `binomialMasses` are scaled by 2^500, so that those that count in a p of 1e-300 are no subnormals. */
export const BINOMIAL_SCALE = 500;

/** Bits kept of a coefficient: two float64 significands. */
const PAIR_BITS = 106;
const LOW_BITS = 53n;

/**
 * 2^500 · C(trials, x) / 2^trials for x in `span` (0 ≤ from ≤ to ≤ trials), cut to 103 bits or more; what lies below
 * the float64 numbers is 0. Coefficients are exact integers, each made from the one before.
 */
export function binomialMasses(trials: number, { from, to }: Span): Masses {
  const high = new Float64Array(to - from + 1);
  const low = new Float64Array(to - from + 1);
  let coefficient = binomial(trials, from);
  let shift = Math.max(0, bitLength(coefficient) - PAIR_BITS);
  for (let x = from; x <= to; x++) {
    let top = coefficient >> BigInt(shift);
    const excess = bitLength(top) - PAIR_BITS;
    if (excess > 0 || (excess < 0 && shift > 0)) {
      shift = Math.max(0, shift + excess);
      top = coefficient >> BigInt(shift);
    }
    const upper = Number(top >> LOW_BITS) * powerOfTwo(53);
    const lower = Number(BigInt.asUintN(53, top));
    const exponent = shift + BINOMIAL_SCALE - trials;
    if (exponent >= -1074) {
      const scale = powerOfTwo(exponent);
      const sum = upper + lower;
      high[x - from] = sum * scale;
      low[x - from] = sumErrorOfOrdered(upper, lower, sum) * scale;
    }
    coefficient = (coefficient * BigInt(trials - x)) / BigInt(x + 1);
  }
  return { start: from, high, low };
}

function binomial(n: number, k: number): bigint {
  let value = 1n;
  for (let i = 1; i <= Math.min(k, n - k); i++) value = (value * BigInt(n - i + 1)) / BigInt(i);
  return value;
}

/**
 * The masses of Y + step·X in `span`, where Y has the masses `sum` and X has `binomial`, times 2^-500 so that the scale of
 * `sum` stays. Each is a dot product in twice the precision (Ogita, Rump and Oishi, SIAM J. Sci. Comput. 26, 2005).
 */
export function addSigns(sum: Masses, binomial: Masses, step: number, span: Span): Masses {
  const length = span.to - span.from + 1;
  const out: Masses = { start: span.from, high: new Float64Array(length), low: new Float64Array(length) };
  const scale = powerOfTwo(-BINOMIAL_SCALE);
  const last = sum.high.length - 1;
  for (let y = span.from; y <= span.to; y++) {
    // x for which y − step·x is one of the sums there are
    const firstX = Math.max(binomial.start, Math.ceil((y - sum.start - last) / step));
    const lastX = Math.min(binomial.start + binomial.high.length - 1, Math.floor((y - sum.start) / step));
    let high = 0;
    let low = 0;
    for (let x = firstX; x <= lastX; x++) {
      const at = y - step * x - sum.start;
      const a = sum.high[at]!;
      const b = binomial.high[x - binomial.start]!;
      const product = a * b;
      const next = high + product;
      low +=
        productError(a, b, product) +
        (a * binomial.low[x - binomial.start]! + b * sum.low[at]!) +
        sumError(high, product, next);
      high = next;
    }
    const whole = high + low;
    out.high[y - span.from] = whole * scale;
    out.low[y - span.from] = sumErrorOfOrdered(high, low, whole) * scale;
  }
  return out;
}

/** All masses, the last first: those of a tail come in the order of their size. */
export function sumOf({ high, low }: Masses): number {
  let sum = 0;
  let rest = 0;
  for (let at = high.length - 1; at >= 0; at--) {
    const next = sum + high[at]!;
    rest += sumError(sum, high[at]!, next) + low[at]!;
    sum = next;
  }
  return sum + rest;
}
