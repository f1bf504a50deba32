import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import {
  type RequantizeRange,
  type RequantizeRule,
  Requantizer,
  SHIFT_ROUNDINGS,
} from '../../emac/requantize.js';
import { createKernels } from '../../kernels/loader.js';

const MIN = -(2 ** 31);
const MAX = 2 ** 31 - 1;
const stream = new Stream(5, 'dataset');

/** gemmlowp fixedpoint.h, line by line: a nudge with the product's sign, a division that truncates. */
function doublingHighMul(a: number, b: number): bigint {
  if (a === MIN && b === MIN) return BigInt(MAX);
  const product = BigInt(a) * BigInt(b);
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  return (product + nudge) / (1n << 31n);
}

/** gemmlowp's RoundingDivideByPOT: a remainder against a threshold. */
function divideByPowerOfTwo(x: bigint, exponent: number): bigint {
  const mask = (1n << BigInt(exponent)) - 1n;
  const remainder = x & mask;
  const threshold = (mask >> 1n) + (x < 0n ? 1n : 0n);
  return (x >> BigInt(exponent)) + (remainder > threshold ? 1n : 0n);
}

/** x / 2^e by its definition, twice the fraction compared with one. */
function shiftRight(x: bigint, exponent: number, rounding: (typeof SHIFT_ROUNDINGS)[number]): bigint {
  const below = x >> BigInt(exponent);
  const twice = 2n * (x - (below << BigInt(exponent)));
  const one = 1n << BigInt(exponent);
  if (rounding === 'floor' || twice < one) return below;
  if (twice > one || rounding === 'half-up') return below + 1n;
  if (rounding === 'half-away') return x > 0n ? below + 1n : below;
  return below & 1n ? below + 1n : below;
}

function expected(x: number, channel: number, rule: RequantizeRule, range: RequantizeRange): number {
  const of = (values: ArrayLike<number>) => values[values.length === 1 ? 0 : channel]!;
  const shift = of(rule.shifts);
  const result =
    rule.kind === 'multiplier'
      ? divideByPowerOfTwo(doublingHighMul(x, of(rule.multipliers)), shift)
      : shiftRight(BigInt(x), shift, rule.rounding);
  const moved = result + BigInt(range.zeroPoint);
  const held =
    moved < BigInt(range.low) ? range.low : moved > BigInt(range.high) ? range.high : Number(moved);
  return held & 0xff;
}

function check(
  sums: readonly number[],
  rows: number,
  n: number,
  stride: number,
  rule: RequantizeRule,
  range: RequantizeRange,
): void {
  const kernels = createKernels();
  const from = kernels.allocate(rows * stride * 4 + 16);
  kernels.i32(from, rows * stride).set(sums);
  const out = kernels.allocate(rows * n);
  const after = kernels.allocate(64);
  new Requantizer(kernels, n, rule, range).run(rows, from, stride, out);
  const wanted = Array.from({ length: rows * n }, (_, at) =>
    expected(sums[Math.floor(at / n) * stride + (at % n)]!, at % n, rule, range),
  );
  expect([...kernels.u8(out, rows * n)]).toEqual(wanted);
  expect(kernels.u8(out + rows * n, after - out - rows * n).every((byte) => byte === 0)).toBe(true);
}

/** Sums where a rounding, a saturation or a clamp turns. */
function hardSums(shift: number): number[] {
  const half = shift === 0 ? 1 : 2 ** (shift - 1);
  const ends = [MIN, MIN + 1, MAX, MAX - 1, 0, 1, -1, 2 ** 30, -(2 ** 30)];
  const ties = [
    -301, -257, -129, -128, -127, -4, -3, -2, -1, 1, 2, 3, 5, 127, 128, 129, 255, 256, 511,
  ].flatMap((odd) => [-1, 0, 1].map((step) => odd * half + step));
  return [...ends, ...ties.filter((x) => x >= MIN && x <= MAX)];
}

const RANGES: readonly RequantizeRange[] = [
  { zeroPoint: 0, low: -128, high: 127 },
  { zeroPoint: 128, low: 0, high: 255 },
  { zeroPoint: -128, low: -128, high: 127 },
  { zeroPoint: 255, low: 0, high: 255 },
  { zeroPoint: 7, low: 7, high: 90 },
];

describe('integer requantization', () => {
  const shifts = Array.from({ length: 32 }, (_, shift) => shift);

  it.each(SHIFT_ROUNDINGS)('shifts by 0..31, %s', (rounding) => {
    for (const shift of shifts) {
      const sums = [...hardSums(shift), ...Array.from({ length: 50 }, () => stream.word() | 0)];
      for (const range of RANGES) {
        check(sums, sums.length, 1, 1, { kind: 'shift', shifts: [shift], rounding }, range);
        check(sums, 1, sums.length, sums.length, { kind: 'shift', shifts: [shift], rounding }, range);
      }
    }
  });

  it('multiplies and shifts by 0..31 as gemmlowp does', () => {
    const multipliers = [MIN, MIN + 1, -1, 0, 1, 2 ** 30, 2 ** 30 + 1, 3 * 2 ** 29, MAX, 1518500250];
    for (const shift of shifts) {
      for (const multiplier of multipliers) {
        const sums = [...hardSums(shift), ...hardSums(Math.min(shift + 1, 31)), stream.word() | 0];
        const rule: RequantizeRule = {
          kind: 'multiplier',
          multipliers: Int32Array.of(multiplier),
          shifts: [shift],
        };
        for (const range of RANGES.slice(0, 2)) check(sums, 1, sums.length, sums.length, rule, range);
      }
    }
  });

  it('products that are exact ties of the doubling multiplication', () => {
    // x · 2^30 / 2^31 is a half for every odd x
    const sums = Array.from({ length: 401 }, (_, i) => i - 200);
    const rule: RequantizeRule = { kind: 'multiplier', multipliers: Int32Array.of(2 ** 30), shifts: [0] };
    check(sums, 1, sums.length, sums.length, rule, RANGES[0]!);
    check(sums, 1, sums.length, sums.length, { ...rule, shifts: [1] }, RANGES[0]!);
  });

  it.each([1, 2, 3, 4, 5, 7, 8, 11, 64])('per channel, %i channels, rows with a stride', (n) => {
    for (const stride of [n, n + 5]) {
      const rows = 9;
      const sums = Array.from({ length: rows * stride }, () => (stream.word() | 0) >> stream.below(24));
      const amounts = Array.from({ length: n }, () => stream.below(20));
      const multipliers = Int32Array.from({ length: n }, () => 2 ** 30 + stream.below(2 ** 30));
      for (const range of RANGES) {
        check(sums, rows, n, stride, { kind: 'multiplier', multipliers, shifts: amounts }, range);
        for (const rounding of SHIFT_ROUNDINGS) {
          check(sums, rows, n, stride, { kind: 'shift', shifts: amounts, rounding }, range);
        }
      }
    }
  });

  it('no rows, and what it refuses', () => {
    const rule: RequantizeRule = { kind: 'shift', shifts: [3], rounding: 'half-up' };
    check([], 0, 3, 3, rule, RANGES[0]!);
    const make = (r: RequantizeRule, range: RequantizeRange) => () =>
      new Requantizer(createKernels(), 3, r, range);
    expect(make({ ...rule, shifts: [32] }, RANGES[0]!)).toThrow(/0\.\.31/);
    expect(make({ ...rule, shifts: [1, 2] }, RANGES[0]!)).toThrow(/2 parameters for 3 channels/);
    expect(make(rule, { zeroPoint: 0, low: -1, high: 255 })).toThrow(/not possible/);
    expect(make(rule, { zeroPoint: 0, low: 5, high: 4 })).toThrow(/not possible/);
  });
});
