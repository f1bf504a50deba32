/**
 * The roundings of s · (c + b) in float64, all in one direction: the bias is rounded, the sum, the product, and what
 * the bound is taken from. Exact results lie on one side of a boundary, computed ones up to two units in the last
 * place beyond it. With 2^-53 for `RELATIVE` (bounds.ts) these would be certified; 2^-52 is all that is needed,
 * so that its 2^-50 is 4 times more.
 */
import { describe, expect, it } from 'vitest';
import { nextDown, nextUp, toRational } from '../../../arithmetic/float64.js';
import { run } from './harness.js';

interface Found {
  readonly b: bigint;
  readonly s: number;
}

/** The k-th float64 number beyond x. */
function beyond(x: number, k: number, side: 'above' | 'below'): number {
  let y = x;
  for (let i = 0; i < k; i++) y = side === 'above' ? nextUp(y) : nextDown(y);
  return y;
}

/**
 * (b, s) for which fl(s · fl(fl(b) + c)) is the `steps`-th number beyond the boundary, s · (b + c) before it. `side`
 * is where the computed one is. b = 2^79 + j · 2^27 and nearly half of that more or less.
 */
function found(boundary: number, side: 'above' | 'below', steps: number, c: bigint, count: number): Found[] {
  const wanted = beyond(boundary, steps, side);
  const { numerator, denominator } = toRational(boundary);
  const pairs: Found[] = [];
  for (let j = 1n; j < 4000n && pairs.length < count; j++) {
    const half = side === 'above' ? (1n << 26n) + 1n : (1n << 26n) - 1n;
    const b = (1n << 79n) + (j << 27n) + half;
    const sum = Number(b) + Number(c);
    const quotient = wanted / sum;
    for (const s of [nextDown(quotient), quotient, nextUp(quotient)]) {
      if (s * sum !== wanted) continue;
      const exact = toRational(s);
      const difference = exact.numerator * (b + c) * denominator - numerator * exact.denominator;
      if (side === 'above' ? difference < 0n : difference > 0n) pairs.push({ b, s });
    }
  }
  return pairs;
}

/** One of every way codes are rounded: bytes and computed codes, thresholds of words, one by one. */
const OUTPUTS = ['fixed8q0', 'fixed16q0', 'fixed16q0, decoded', 'fixed32q0, decoded'];

describe('roundings that add up', () => {
  it.each([
    [7.5, 'above'],
    [15.5, 'above'],
    [6.5, 'below'],
    [14.5, 'below'],
  ] as const)('bias and product take a sum across %f, to %s it', (boundary, side) => {
    const pairs = found(boundary, side, 1, 0n, 24);
    expect(pairs.length).toBe(24);
    const channels = pairs.map((pair) => ({ ...pair, w: () => 0 }));
    for (const output of OUTPUTS) {
      for (const weights of ['fixed8q0', 'fixed16q0']) {
        const test = { weights, output, k: 2, channels, rows: [() => 1], scaleBits: 53 };
        const { wrong, codes } = run(test);
        expect([output, weights, wrong]).toEqual([output, weights, 0]);
        expect(new Set(codes)).toEqual(new Set([boundary + (side === 'above' ? -0.5 : 0.5)]));
      }
    }
  });

  it.each([
    [7.5, 'above'],
    [15.5, 'above'],
  ] as const)('bias, sum and product take a sum across %f, to %s it', (boundary, side) => {
    // 8193 · 8192 is half a unit in the last place of the bias, and 8192 more
    const pairs = found(boundary, side, 2, 8193n * 8192n, 24);
    expect(pairs.length).toBe(24);
    const channels = pairs.map((pair) => ({ ...pair, w: () => 8193 }));
    for (const output of OUTPUTS) {
      const test = { weights: 'fixed16q0', output, k: 1, channels, rows: [() => 8192], scaleBits: 53 };
      const { wrong, codes } = run(test);
      expect([output, wrong]).toEqual([output, 0]);
      expect(new Set(codes)).toEqual(new Set([boundary - 0.5]));
    }
  });
});
