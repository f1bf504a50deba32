/** Exact decimal text of dyadic numbers: every float64, and every value of every format, has one. */
import Big from 'big.js';
import { decompose } from './float64.js';
import type { Rational } from './rational.js';

/** significand · 2^exponent in decimal, all digits, exponential notation where big.js uses it (1e-7, 1e+21). */
function dyadicText(significand: bigint, exponent: number): string {
  if (exponent >= 0) return new Big((significand << BigInt(exponent)).toString()).toString();
  return new Big(`${significand * 5n ** BigInt(-exponent)}e${exponent}`).toString();
}

/**
 * A float64 in decimal, every digit: 0.1 is 0.1000000000000000055511151231257827021181583404541015625. NaN,
 * Infinity, -Infinity and -0 say themselves.
 */
export function exactDecimal(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  if (x === 0) return Object.is(x, -0) ? '-0' : '0';
  if (Number.isSafeInteger(x)) return String(x);
  let { significand, exponent } = decompose(x);
  let odd = Number(significand);
  while (odd % 2 === 0) {
    odd /= 2;
    exponent++;
  }
  significand = BigInt(odd);
  // With at most 15 digits the exact decimal is also the shortest that reads back as x, which is what String gives.
  const isShort = exponent < 0 && exponent > -22 && Math.abs(odd) * 5 ** -exponent < 1e15;
  return isShort ? String(x) : dyadicText(significand, exponent);
}

/** The same of a rational whose denominator is a power of two. Throws RangeError for any other. */
export function exactDecimalOf(a: Rational): string {
  const digits = a.denominator.toString(2);
  if (digits.lastIndexOf('1') !== 0) {
    throw new RangeError(`exactDecimalOf: 1/${a.denominator} has no exact decimal; give a dyadic number`);
  }
  return dyadicText(a.numerator, 1 - digits.length);
}
