/**
 * Roundings and fixed-point products for the independent program (golden-program.ts), in BigInt from their definitions: gemmlowp's
 * C, IEEE's float32, QuantizeMultiplier. It imports nothing of the project, on purpose.
 */
import {
  type Fraction,
  floorOf,
  frac,
  less,
  magnitude,
  plus,
  power,
  roundHalfEven,
  times,
} from './golden-fractions.js';

const HALF = frac(1n, 2n);

/** To the nearest integer, ties away from 0. */
export function roundHalfAway(x: Fraction): bigint {
  const rounded = floorOf(plus(magnitude(x), HALF));
  return x.n < 0n ? -rounded : rounded;
}

/** To the nearest integer, ties up. */
export const roundHalfUp = (x: Fraction): bigint => floorOf(plus(x, HALF));

/** The k with 2^k ≤ x < 2^(k + 1), x > 0. */
export function binaryOrder(x: Fraction): number {
  let k = x.n.toString(2).length - x.d.toString(2).length;
  if (less(x, power(k))) k--;
  return k;
}

/** To `bits` of significand, nearest even. */
function toSignificand(x: Fraction, bits: number, leastExponent: number): Fraction {
  if (x.n === 0n) return x;
  const unit = Math.max(binaryOrder(magnitude(x)) - bits + 1, leastExponent);
  return times(frac(roundHalfEven(times(x, power(-unit)))), power(unit));
}

export const toFloat32 = (x: Fraction): Fraction => toSignificand(x, 24, -149);
export const toFloat64 = (x: Fraction): Fraction => toSignificand(x, 53, -1074);

export interface Fixed {
  readonly multiplier: number;
  readonly shift: number;
}

/** QuantizeMultiplier of a positive float64. */
export function quantizeMultiplier(real: Fraction): Fixed {
  let shift = binaryOrder(real) + 1;
  let multiplier = roundHalfAway(times(real, power(31 - shift)));
  if (multiplier === 1n << 31n) {
    multiplier /= 2n;
    shift++;
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier: Number(multiplier), shift };
}

/** SaturatingRoundingDoublingHighMul: BigInt division truncates as C's does. */
function doublingHighMul(a: bigint, b: bigint): bigint {
  const least = -(1n << 31n);
  if (a === least && b === least) return -least - 1n;
  const product = a * b;
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  return (product + nudge) / (1n << 31n);
}

/** RoundingDivideByPOT. */
function divideByPower(x: bigint, exponent: number): bigint {
  const mask = (1n << BigInt(exponent)) - 1n;
  const threshold = (mask >> 1n) + (x < 0n ? 1n : 0n);
  return (x >> BigInt(exponent)) + ((x & mask) > threshold ? 1n : 0n);
}

/** MultiplyByQuantizedMultiplier, with two roundings or one. */
export function fixedProduct(mode: 'gemmlowp' | 'single', x: bigint, { multiplier, shift }: Fixed): bigint {
  const m = BigInt(multiplier);
  if (mode === 'single') {
    const total = BigInt(31 - shift);
    return (x * m + (1n << (total - 1n))) >> total;
  }
  const left = BigInt.asIntN(32, x << BigInt(Math.max(shift, 0)));
  return divideByPower(doublingHighMul(left, m), Math.max(-shift, 0));
}
