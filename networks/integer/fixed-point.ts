/**
 * The fixed-point arithmetic of gemmlowp (fixedpoint/fixedpoint.h, Apache-2.0; Jacob et al. 2017, §2.2 and appendix) on
 * 32-bit integers: the same results, in plain numbers, of which every intermediate is exact. None of them is −0.
 */

const TWO_15 = 2 ** 15;
const TWO_16 = 2 ** 16;
const TWO_30 = 2 ** 30;
const TWO_31 = 2 ** 31;
export const INT32_MIN = -TWO_31;
export const INT32_MAX = TWO_31 - 1;

/** ⌊a·b / 2^shift + 1/2⌋ for 32-bit a and b and 1 ≤ shift ≤ 62: b in halves of 16 bits, so that every sum is below 2^53. */
export function shiftedProduct(a: number, b: number, shift: number): number {
  if (shift < 16 || shift > 52) {
    return Number((BigInt(a) * BigInt(b) + (1n << BigInt(shift - 1))) >> BigInt(shift));
  }
  const low = b & 0xffff;
  const upper = a * ((b - low) / TWO_16);
  // a·high·2^16 + a·low + 2^(shift − 1), cut into quotient and rest by 2^shift
  const unit = 2 ** (shift - 16);
  const quotient = Math.floor(upper / unit);
  const rest = (upper - quotient * unit) * TWO_16;
  return quotient + Math.floor((rest + a * low + 2 ** (shift - 1)) / 2 ** shift);
}

/**
 * SaturatingRoundingDoublingHighMul: a·b / 2^31, rounded to the nearest integer, ties up; INT32_MIN · INT32_MIN gives
 * INT32_MAX.
 */
export function highProduct(a: number, b: number): number {
  if (a === INT32_MIN && b === INT32_MIN) return INT32_MAX;
  const low = b & 0xffff;
  const upper = a * ((b - low) / TWO_16);
  const quotient = Math.floor(upper / TWO_15);
  const rest = (upper - quotient * TWO_15) * TWO_16;
  return quotient + Math.floor((rest + a * low + TWO_30) / TWO_31);
}

/** RoundingDivideByPOT: x / 2^exponent to the nearest integer, ties away from 0; 0 ≤ exponent ≤ 31. */
export function dividedByPower(x: number, exponent: number): number {
  if (exponent === 0) return x;
  const quotient = Math.abs(x) / 2 ** exponent;
  const rounded = Math.floor(quotient + 0.5);
  return x < 0 ? 0 - rounded : rounded;
}

/** SaturatingRoundingMultiplyByPOT for a positive exponent: a left shift that stops at the ends of int32. */
export function saturatedShift(x: number, exponent: number): number {
  return Math.min(Math.max(x * 2 ** exponent, INT32_MIN), INT32_MAX);
}

/** x · 2^exponent as a 32-bit integer that wraps, as a C program shifts it. */
export function wrappedShift(x: number, exponent: number): number {
  return Math.imul(x, 1 << exponent);
}

/** RoundingHalfSum: (a + b) / 2, ties away from 0. */
export function halfSum(a: number, b: number): number {
  const sum = a + b;
  return Math.trunc((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/** To the nearest integer, ties away from 0, as C's round. */
export function roundAway(x: number): number {
  const below = Math.floor(Math.abs(x));
  // exact, where |x| + 1/2 may itself be rounded up
  const rest = Math.abs(x) - below;
  const rounded = rest >= 0.5 ? below + 1 : below;
  return x < 0 ? 0 - rounded : rounded;
}
