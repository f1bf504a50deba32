/**
 * Exponents of Yao et al. (ICME 2019) as "Machine Learning Compression for On-The-Edge Devices" gives them, equations (6) and (7): a
 * tensor's values are round(x · 2^k) of R bits, with one k for all of it.
 */
import { bitLength, powerOfTwo } from '../arithmetic/float64.js';

/**
 * Equation (6): k = P − bitLen(round(|x|max · 2^P)) + R − 1, which puts the largest magnitude into [2^(R−2), 2^(R−1)). P keeps
 * the rounded value in 32 bits: 0 from 2^(R−1) on, R − 1 from 1 on, 31 below. Nothing but zeros has k = R + 30.
 */
export function yaoExponent(largest: number, bits: number): number {
  const p = largest >= 2 ** (bits - 1) ? 0 : largest >= 1 ? bits - 1 : 31;
  const rounded = Math.floor(largest * powerOfTwo(p) + 0.5);
  return p - bitLength(BigInt(rounded)) + bits - 1;
}

/** Equation (7), ties away from 0, held in −2^(R−1) … 2^(R−1) − 1: what rounds to 2^(R−1) is clamped. */
export function yaoCode(x: number, exponent: number, bits: number): number {
  const scaled = x * powerOfTwo(exponent);
  const rounded = scaled < 0 ? -Math.floor(0.5 - scaled) : Math.floor(scaled + 0.5);
  return Math.min(Math.max(rounded, -(2 ** (bits - 1))), 2 ** (bits - 1) - 1);
}
