import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { expOfNegative, reciprocal } from '../../../networks/integer/exponential.js';
import { dividedByPot, saturated, srdhm } from './gemmlowp.js';

/** ⌊x · 2^bits + 1/2⌋. */
const raw = (x: number, bits: number): bigint => BigInt(Math.floor(x * 2 ** bits + 0.5));

/** exp_on_negative_values<5>; constants computed anew, not copied. */
function expOf(a: bigint): bigint {
  if (a === 0n) return 2n ** 31n - 1n;
  const quarter = 1n << 24n;
  const rest = (a & (quarter - 1n)) - quarter;
  // Taylor's polynomial around −1/8, in Q0.31
  const x = (rest << 5n) + (1n << 28n);
  const square = srdhm(x, x);
  const fourth = dividedByPot(srdhm(square, square), 2n);
  const third = srdhm(fourth + srdhm(square, x), raw(1 / 3, 31));
  const constant = raw(Math.exp(-1 / 8), 31);
  let result = constant + srdhm(constant, x + dividedByPot(third + square, 1n));
  const remainder = rest - a;
  for (let power = -2; power <= 4; power++) {
    const bit = (remainder >> BigInt(26 + power)) & 1n;
    if (bit === 1n) result = srdhm(result, raw(Math.exp(-(2 ** power)), 31));
  }
  return result;
}

/** one_over_one_plus_x_for_x_in_0_1, after GetReciprocal's normalization. */
function reciprocalOf(x: bigint): bigint {
  const headroom = BigInt(32 - x.toString(2).length);
  const a = (x << headroom) - 2n ** 31n;
  const half = (a + 2n ** 31n - 1n + 1n) / 2n;
  let y = raw(48 / 17, 29) + srdhm(half, -raw(32 / 17, 29));
  for (let step = 0; step < 3; step++) y += saturated(srdhm(y, (1n << 29n) - srdhm(half, y)) << 2n);
  return saturated(y << 1n);
}

function* negatives(): Generator<number> {
  for (let i = 0; i < 31; i++) for (const by of [-1, 0, 1]) yield -(2 ** i) + by;
  const stream = new Stream(5, 'dataset');
  for (let i = 0; i < 100_000; i++) yield -1 - (stream.word() >>> (1 + stream.below(31)));
  yield -(2 ** 31);
}

describe('the exponential of integer softmax', () => {
  it('is gemmlowp’s, bit for bit, and within 2^-22 of the true one', () => {
    let furthest = 0;
    for (const a of negatives()) {
      if (a < -(2 ** 31)) continue;
      const got = expOfNegative(a);
      if (BigInt(got) !== expOf(BigInt(a)))
        throw new Error(`e^(${a} / 2^26): ${got}, not ${expOf(BigInt(a))}`);
      furthest = Math.max(furthest, Math.abs(got / 2 ** 31 - Math.exp(a / 2 ** 26)));
    }
    expect(furthest).toBeLessThan(2 ** -22);
    expect(furthest).toBeGreaterThan(2 ** -23);
  });

  it('falls as its argument falls, within a quarter', () => {
    for (let a = -(2 ** 24) + 1; a < -1000; a += 9973)
      expect(expOfNegative(a)).toBeGreaterThan(expOfNegative(a - 997));
  });
});

describe('the reciprocal of integer softmax', () => {
  it('is TensorFlow Lite’s GetReciprocal, bit for bit, and near 1 / x', () => {
    const stream = new Stream(6, 'dataset');
    let furthest = 0;
    const check = (x: number): void => {
      const { value, bits } = reciprocal(x, 12);
      if (BigInt(value) !== reciprocalOf(BigInt(x)))
        throw new Error(`1 / ${x}: ${value}, not ${reciprocalOf(BigInt(x))}`);
      // x is Q12.19
      furthest = Math.max(furthest, Math.abs((value * 2 ** -31 * 2 ** -bits * x) / 2 ** 19 - 1));
    };
    for (let i = 0; i < 31; i++) for (const x of [2 ** i, 2 ** i + 1, 2 ** (i + 1) - 1]) check(x);
    for (let i = 0; i < 100_000; i++) check(1 + ((stream.word() >>> (1 + stream.below(31))) % (2 ** 31 - 1)));
    expect(furthest).toBeLessThan(2 ** -27);
  });
});
