/** Rounding to odd in float64, so that a second rounding, to fewer bits, is the one rounding of the exact value. */
import { productError, sumError } from '../../arithmetic/error-free.js';
import { bitsOf, fromBits } from '../../arithmetic/float64.js';

/**
 * Rounds to odd: where something was lost, the last bit is set. A second rounding to at most 51 bits then gives
 * what one rounding of the exact value gives (Boldo and Melquiond 2008). `error` has the sign of exact − value.
 */
export function toOdd(value: number, error: number): number {
  if (error === 0 || !Number.isFinite(value)) return value;
  const bits = bitsOf(value);
  if (bits & 1n) return value;
  if (value === 0) return error > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE;
  return fromBits(error > 0 === value > 0 ? bits + 1n : bits - 1n);
}

/** w · x rounded to odd in float64. */
export function oddProduct(w: number, x: number): number {
  const value = w * x;
  return value === 0 || !Number.isFinite(value) ? value : toOdd(value, productError(w, x, value));
}

/** a + b rounded to odd in float64. */
export function oddSum(a: number, b: number): number {
  const value = a + b;
  return Number.isFinite(value) ? toOdd(value, sumError(a, b, value)) : value;
}
