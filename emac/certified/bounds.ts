/** Error bounds of float64 arithmetic (tier 3), and the exact decision where nothing was rounded. */
import { exponentOf, nextDown, nextUp, powerOfTwo } from '../../arithmetic/float64.js';
import type { OutputRounder } from './round/rounder.js';

const UNIT = powerOfTwo(-53);
const FLOAT32_UNIT = powerOfTwo(-24);
/** Splits a float64 into two halves of 26 bits (Dekker 1971). */
const SPLITTER = powerOfTwo(27) + 1;

/** γ(n) = n·u / (1 − n·u), rounded up, of float64 and of float32 (docs/certified-rounding.md §1). */
export function gamma(n: number): number {
  return ((n * UNIT) / (1 - n * UNIT)) * (1 + powerOfTwo(-40));
}

export function gammaFloat32(n: number): number {
  return ((n * FLOAT32_UNIT) / (1 - n * FLOAT32_UNIT)) * (1 + powerOfTwo(-40));
}

/**
 * Of the round stage on float64 sums: the rounding of s·c, s·b, s·(c + b), y ± e and of e itself
 * (docs/certified-rounding.md §2).
 */
export const RELATIVE = powerOfTwo(-50);

/**
 * What underflow can add to the error of s · Σ, for a sum on the lattice 2^latticeExponent: nothing where the error
 * terms of its smallest non-zero value are normal numbers, else more than a few of float64's smallest steps. Only
 * products of the widest posits times a small s come there; an exact zero is then left open too.
 */
export function underflowBound(s: number, latticeExponent: number): number {
  return exponentOf(s) + latticeExponent > -900 ? 0 : powerOfTwo(-1000);
}

/**
 * Whether the rounding error of s · sum is a normal number or 0, and can be computed without overflow, so that its sign
 * can be known; the sum lies on the lattice 2^latticeExponent. A sum that is NaN or infinite is not regular.
 */
export function isRegular(s: number, sum: number, latticeExponent: number): boolean {
  return s < powerOfTwo(400) && Math.abs(sum) < powerOfTwo(900) && underflowBound(s, latticeExponent) === 0;
}

/** a · b − fl(a · b), exactly (Dekker's product); no overflow or underflow may occur on the way. */
export function productError(a: number, b: number, product: number): number {
  const ca = SPLITTER * a;
  const ah = ca - (ca - a);
  const al = a - ah;
  const cb = SPLITTER * b;
  const bh = cb - (cb - b);
  const bl = b - bh;
  return al * bl - (product - ah * bh - al * bh - ah * bl);
}

/** a + b − fl(a + b), exactly (Knuth's two-sum). */
export function sumError(a: number, b: number, sum: number): number {
  const bb = sum - a;
  return a - (sum - bb) + (b - bb);
}

/**
 * Whether the low 19 bits of x are zero: so are those of every boundary here. Those of integers of 32 bits with any
 * zero point have 34 significant bits, those of posits and floats fewer.
 */
function isShort(x: number): boolean {
  bits[0] = x;
  return (lowWord[0]! & 0x7ffff) === 0;
}
const bits = new Float64Array(1);
const lowWord = new Uint32Array(bits.buffer, 0, 1);

/**
 * The code of the exact product s · t, neither of which carries an error: no boundary lies strictly between two
 * neighbouring float64 numbers, so the sign of the product's rounding error decides. Only where the rounder's
 * thresholds are fixed.
 */
export function codeOfProduct(rounder: OutputRounder, s: number, t: number): number {
  const y = s * t;
  const error = productError(s, t, y);
  if (error === 0) return rounder.code(y);
  const away = error > 0 ? nextUp(y) : nextDown(y);
  // a boundary at the far neighbour is not reached; one at y itself is passed
  return rounder.code(isShort(away) ? y : away);
}
