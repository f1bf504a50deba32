/** The constants of error bounds that several tiers share (docs/certified-rounding.md §1). */
import { exponentOf, powerOfTwo } from '../../arithmetic/float64.js';

const UNIT = powerOfTwo(-53);
const FLOAT32_UNIT = powerOfTwo(-24);

/** Norms and residuals are multiplied by this, which covers the rounding of their own sums of up to 2^22 terms. */
export const OUTWARD = 1 + 2 ** -30;

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
 * terms of its smallest non-zero value are normal numbers, else more than a few of float64's smallest units. Only
 * products of the widest posits times a small s come there; an exact zero is then left undecided too.
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
