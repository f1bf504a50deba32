/** The edges of what counts as exact: one bit more, and it is not. */
import { describe, expect, it } from 'vitest';
import { getFormat } from '../../../../formats/registry.js';
import { run } from '../harness.js';
import { OUTPUTS, range } from './boundaries.js';

describe('the edges of what is exact', () => {
  it('31 bits of sum by 23 bits of s are one bit too many for float64', () => {
    // s · c = 17 · 2^49 + 1 and 71 · 2^47 − 1: beside 8.5 and 35.5, where float64 rounds to the boundary
    for (const [significand, shift, c, products] of [
      [7063385, 50, 1354895593, 20000],
      [6090213, 48, 1640724499, 40000],
    ] as const) {
      const channels = [{ w: () => 127, b: BigInt(c - products * 127 * 127), s: significand * 2 ** -shift }];
      for (const output of OUTPUTS.filter((name) => name.startsWith('fixed'))) {
        const test = { weights: 'fixed8q0', output, k: products, channels, rows: [() => 127] };
        const { wrong, codes, counts } = run({ ...test, scaleBits: 23 });
        expect(wrong).toBe(0);
        expect(codes).toEqual([shift === 50 ? 9 : 35]);
        expect(counts.reference).toBe(0);
        // the same sum as a bias: int8 takes it too
        const alone = [{ w: (p: number) => 1 - p, b: BigInt(c), s: significand * 2 ** -shift }];
        const small = run({ ...test, k: 2, channels: alone, rows: [(p: number) => p], scaleBits: 23 });
        expect([small.wrong, small.codes]).toEqual([0, codes]);
      }
    }
  });

  it('ties of 16-bit outputs, whose boundaries lie inside the buckets of the thresholds', () => {
    const channels = range(64).map((i) => ({ w: () => 1, b: BigInt(2051 + 2 * i), s: 1 }));
    const activations = 'fixed8q1';
    const rows = [() => 0, () => 0.5, () => -0.5];
    for (const output of ['fixed16q0', 'posit16es0', 'float16e6m9', 'posit16es2', 'posit16es2, decoded'])
      expect(
        run({ weights: 'fixed8q0', activations, output, k: 2, channels, rows, scaleBits: 16 }).wrong,
      ).toBe(0);
  });

  it('a bias takes a sum beyond int32', () => {
    const channels = [1, -1].map((sign) => ({ w: () => 127, b: BigInt(sign) * 500_000_000n, s: 2 ** -25 }));
    const test = { weights: 'fixed8q0', output: 'fixed8q0', k: 120_000, channels, scaleBits: 16 };
    const { wrong, codes } = run({ ...test, rows: [() => 127, () => -127] });
    expect(wrong).toBe(0);
    expect(codes).toEqual([73, 43, 256 - 43, 256 - 73]);
  });

  it('products below float64: the sign of a sum survives any s', () => {
    for (const s of [2 ** -500, 2 ** -200, 2 ** -100, 1, 2 ** 500]) {
      const { minPositive: tiny, max } = getFormat('posit32es4').facts;
      const channels = [tiny, -tiny, max, -max].map((weight) => ({ w: () => weight, b: 0n, s }));
      const biased = channels.map((c) => ({ ...c, b: -1n }));
      for (const output of ['posit8es1', 'posit16es2', 'posit32es4', 'float8e4m3', 'posit32es4, decoded']) {
        const test = {
          weights: 'posit32es4',
          output,
          k: 2,
          rows: [() => tiny, () => 0, () => -1, () => max, (p: number) => (p ? tiny : 0)],
        };
        expect(run({ ...test, channels: [...channels, ...biased], scaleBits: 16 }).wrong).toBe(0);
      }
    }
  });

  it('K = 65,536: sums near 2^31, and sums that cancel to one step', () => {
    const k = 65536;
    const channels = range(8).map((i) => ({
      w: (p: number) => (p % 2 ? 1 : i < 4 ? 1 : -1),
      b: BigInt(i),
      s: 0.5,
    }));
    const rows = [() => 127, (p: number) => (p === 7 ? 126 : 127)];
    for (const output of ['fixed8q0', 'fixed32q0'])
      expect(run({ weights: 'fixed8q0', output, k, channels, rows, scaleBits: 16 }).wrong).toBe(0);
    const tiny = getFormat('posit8es2').facts.minPositive;
    const { max } = getFormat('posit8es2').facts;
    const x = (p: number) => (p === 9 ? tiny : p === 8 ? 0 : max);
    const cancelling = [0n, 1n, -1n, -2n].map((b) => ({
      b,
      s: 1,
      w: (p: number) => (p === 9 ? tiny : p % 2 ? max : -max),
    }));
    const even = (p: number) => (p === 11 ? 0 : x(p));
    for (const output of ['posit8es2', 'posit16es2'])
      expect(
        run({ weights: 'posit8es2', output, k, channels: cancelling, rows: [even], scaleBits: 16 }).wrong,
      ).toBe(0);
  });
});
