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

const DECIMAL = /^[+-]?(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i;

/**
 * Whether the number that a decimal text writes is a float64, so that `Number(text)` is that very number: `0.5` and
 * `1e22` are, `0.1`, `9007199254740993` and `1e400` are not. The text is one that `Number` takes.
 */
export function isFloat64Text(text: string): boolean {
  const [, whole = '', fraction = '', power = '0'] = DECIMAL.exec(text)!;
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return true;
  const x = Number(text);
  if (x === 0 || !Number.isFinite(x)) return false;
  // the number is digits · 10^exponent; as it is a dyadic one, 5^−exponent divides its digits
  const exponent = Number(power) - fraction.length + all.length - digits.length;
  if (exponent < 0 && -exponent > 1.5 * digits.length) return false;
  if (digits.length <= 15 && exponent < 0) return Number(digits) % 5 ** -exponent === 0;
  const { significand, exponent: twos } = decompose(Math.abs(x));
  // both sides as integers: digits · 10^exponent = significand · 2^twos
  const ten = 10n ** BigInt(Math.abs(exponent));
  const two = 2n ** BigInt(Math.abs(twos));
  const left = BigInt(digits) * (exponent > 0 ? ten : 1n) * (twos < 0 ? two : 1n);
  const right = significand * (twos > 0 ? two : 1n) * (exponent < 0 ? ten : 1n);
  return left === right;
}
