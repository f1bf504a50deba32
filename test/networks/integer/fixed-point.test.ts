import { describe, expect, it } from 'vitest';
import {
  dividedByPower,
  halfSum,
  highProduct,
  INT32_MAX,
  INT32_MIN,
  roundAway,
  saturatedShift,
  shiftedProduct,
  wrappedShift,
} from '../../../networks/integer/fixed-point.js';
import { dividedByPot, EDGES, integers, MAX, MIN, saturated, srdhm } from './gemmlowp.js';

const DRAWS = 100_000;

/** Throws unless both agree; `expect` a hundred thousand times is slow. */
function same(got: number, wanted: bigint | number, ...of: number[]): void {
  if (Object.is(got, Number(wanted))) return;
  throw new Error(`${of.join(', ')}: ${Object.is(got, -0) ? '-0' : got} instead of ${wanted}`);
}

describe('fixed-point arithmetic is its C definition', () => {
  it('knows the ends of int32', () => {
    expect([INT32_MIN, INT32_MAX]).toEqual([Number(MIN), Number(MAX)]);
  });

  it('highProduct is SaturatingRoundingDoublingHighMul', () => {
    for (const a of EDGES) for (const b of EDGES) same(highProduct(a, b), srdhm(BigInt(a), BigInt(b)), a, b);
    const next = integers(1);
    for (let i = 0; i < DRAWS; i++) {
      const [a, b] = [next(), next()];
      same(highProduct(a, b), srdhm(BigInt(a), BigInt(b)), a, b);
    }
    // ties go up: −1/2 to 0, −3/2 to −1, 3/2 to 2
    expect([-1, -3, 1, 3].map((a) => highProduct(a, 2 ** 30))).toEqual([0, -1, 1, 2]);
    expect(highProduct(INT32_MIN, INT32_MIN)).toBe(INT32_MAX);
  });

  it('dividedByPower is RoundingDivideByPOT', () => {
    for (const x of EDGES) {
      for (let exponent = 0; exponent <= 31; exponent++) {
        same(dividedByPower(x, exponent), dividedByPot(BigInt(x), BigInt(exponent)), x, exponent);
      }
    }
    const next = integers(2);
    for (let i = 0; i < DRAWS; i++) {
      const [x, exponent] = [next(), next() & 31];
      same(dividedByPower(x, exponent), dividedByPot(BigInt(x), BigInt(exponent)), x, exponent);
    }
    // ties away from 0
    expect([-12, -4, 4, 12].map((x) => dividedByPower(x, 3))).toEqual([-2, -1, 1, 2]);
  });

  it('shiftedProduct is ⌊a·b / 2^shift + 1/2⌋ for all shifts', () => {
    const wanted = (a: number, b: number, shift: number): bigint =>
      (BigInt(a) * BigInt(b) + (1n << BigInt(shift - 1))) >> BigInt(shift);
    const ends = [INT32_MIN, INT32_MIN + 1, -65537, -65536, -3, -1, 0, 1, 3, 65535, 65536, INT32_MAX];
    for (let shift = 1; shift <= 62; shift++) {
      for (const a of ends)
        for (const b of ends) same(shiftedProduct(a, b, shift), wanted(a, b, shift), a, b, shift);
    }
    const next = integers(3);
    for (let i = 0; i < DRAWS; i++) {
      const [a, b, shift] = [next(), next(), 1 + (i % 62)];
      same(shiftedProduct(a, b, shift), wanted(a, b, shift), a, b, shift);
    }
    // ties up
    expect([-3, -1, 1, 3].map((a) => shiftedProduct(a, 2 ** 30, 31))).toEqual([-1, 0, 1, 2]);
  });

  it('saturatedShift stops at the ends, wrappedShift wraps', () => {
    for (const x of EDGES) {
      for (let exponent = 0; exponent <= 31; exponent++) {
        same(saturatedShift(x, exponent), saturated(BigInt(x) << BigInt(exponent)), x, exponent);
        same(wrappedShift(x, exponent), BigInt.asIntN(32, BigInt(x) << BigInt(exponent)), x, exponent);
      }
    }
  });

  it('halfSum is RoundingHalfSum', () => {
    const wanted = (a: number, b: number): bigint => {
      const sum = BigInt(a) + BigInt(b);
      return (sum + (sum >= 0n ? 1n : -1n)) / 2n;
    };
    for (const a of EDGES) for (const b of EDGES) same(halfSum(a, b), wanted(a, b), a, b);
  });

  it('roundAway is C’s round', () => {
    // of n/4: the quotient truncates after half was added away from 0
    for (let n = -20; n <= 20; n++) {
      const twice = BigInt(n) + (n < 0 ? -2n : 2n);
      same(roundAway(n / 4), twice / 4n, n / 4);
    }
    const belowHalf = 0.5 - 2 ** -54;
    expect([belowHalf, -belowHalf, 2 ** 52 + 1, -(2 ** 53 - 1)].map(roundAway)).toEqual([
      0,
      0,
      2 ** 52 + 1,
      -(2 ** 53 - 1),
    ]);
  });
});
