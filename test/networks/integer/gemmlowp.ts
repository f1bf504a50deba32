/** gemmlowp's and TensorFlow Lite's C definitions (literature: fixedpoint.h, common.h) in BigInt, word for word. */
import { Stream } from '../../../arithmetic/philox.js';

export const MIN = -(2n ** 31n);
export const MAX = 2n ** 31n - 1n;

export const saturated = (x: bigint): bigint => (x < MIN ? MIN : x > MAX ? MAX : x);

/** SaturatingRoundingDoublingHighMul. BigInt's quotient truncates, as C's does. */
export function srdhm(a: bigint, b: bigint): bigint {
  if (a === MIN && b === MIN) return MAX;
  const product = a * b;
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  return (product + nudge) / (1n << 31n);
}

/** RoundingDivideByPOT. */
export function dividedByPot(x: bigint, exponent: bigint): bigint {
  const mask = (1n << exponent) - 1n;
  const remainder = x & mask;
  const threshold = (mask >> 1n) + (x < 0n ? 1n : 0n);
  return (x >> exponent) + (remainder > threshold ? 1n : 0n);
}

/** MultiplyByQuantizedMultiplier with two roundings; a shift to the left wraps. */
export function multipliedTwice(x: bigint, multiplier: bigint, shift: number): bigint {
  const left = BigInt.asIntN(32, x << BigInt(Math.max(shift, 0)));
  return dividedByPot(srdhm(left, multiplier), BigInt(Math.max(-shift, 0)));
}

/** The same under TFLITE_SINGLE_ROUNDING. */
export function multipliedOnce(x: bigint, multiplier: bigint, shift: number): bigint {
  const total = BigInt(31 - shift);
  return (x * multiplier + (1n << (total - 1n))) >> total;
}

/** Ends, powers of two and their neighbours, with both signs. */
export const EDGES: readonly number[] = [
  ...new Set([
    0,
    -(2 ** 31),
    2 ** 31 - 1,
    ...Array.from({ length: 31 }, (_, i) => [2 ** i - 1, 2 ** i, 2 ** i + 1])
      .flat()
      .flatMap((x) => [x, -x])
      .filter((x) => x >= -(2 ** 31) && x < 2 ** 31),
  ]),
].map((x) => x + 0);

/** 32-bit integers of all magnitudes. */
export function integers(seed: number): () => number {
  const stream = new Stream(seed, 'dataset');
  return () => (stream.word() | 0) >> stream.below(32);
}
