import { describe, expect, it } from 'vitest';
import { compare, mcnemarExact, wilson } from '../../sweep/statistics.js';

describe('wilson', () => {
  // the roots of (share − p)² = z²·p·(1 − p)/trials, solved with 30 decimals
  it.each([
    [8, 10, 0.490162471537, 0.943317848545],
    [0, 10, 0, 0.2775327998629],
    [10, 10, 0.722467200137, 1],
    [9876, 10000, 0.985236160886, 0.989589363903],
    [50, 100, 0.403831530366, 0.596168469634],
  ])('%i of %i is %f to %f', (right, trials, low, high) => {
    const interval = wilson(right, trials);
    expect(interval.low).toBeCloseTo(low, 11);
    expect(interval.high).toBeCloseTo(high, 11);
  });

  it('is the whole range without trials', () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it('contains the share and shrinks with trials', () => {
    for (const trials of [10, 100, 1000]) {
      const { low, high } = wilson(trials * 0.7, trials);
      expect(low).toBeLessThan(0.7);
      expect(high).toBeGreaterThan(0.7);
    }
    expect(wilson(700, 1000).high).toBeLessThan(wilson(7, 10).high);
  });
});

describe('mcnemarExact', () => {
  it.each([
    [0, 0, 1],
    [5, 5, 1],
    [0, 5, 2 / 32],
    [1, 9, (2 * 11) / 1024],
    [2, 8, (2 * (1 + 10 + 45)) / 1024],
    [0, 10, 2 / 1024],
  ])('%i against %i gives %f', (a, b, p) => {
    expect(mcnemarExact(a, b)).toBe(p);
    expect(mcnemarExact(b, a)).toBe(p);
  });

  it('agrees with the plain sum of binomial terms for n = 60', () => {
    for (let fewer = 0; fewer < 30; fewer++) {
      let sum = 0n;
      for (let i = 0; i <= fewer; i++) sum += binomial(60n, BigInt(i));
      const expected = Math.min(1, Number(2n * sum) / 2 ** 60);
      expect(mcnemarExact(fewer, 60 - fewer)).toBeCloseTo(expected, 14);
    }
  });

  it('stays finite and above 0 for thousands of images', () => {
    const p = mcnemarExact(200, 800);
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThan(1e-80);
    expect(mcnemarExact(4990, 5010)).toBeGreaterThan(0.8);
  });
});

function binomial(n: bigint, k: bigint): bigint {
  let value = 1n;
  for (let i = 1n; i <= k; i++) value = (value * (n - i + 1n)) / i;
  return value;
}

describe('compare', () => {
  it('counts who gets which image right; −1 is wrong', () => {
    const labels = Uint8Array.of(0, 1, 2, 3, 0);
    const predictions = Int32Array.of(0, 1, 0, -1, 0);
    const baseline = Int32Array.of(0, 0, 2, 3, 0);
    expect(compare(predictions, baseline, labels)).toEqual({
      right: 3,
      baselineRight: 4,
      onlyFirst: 1,
      onlyBaseline: 2,
    });
  });
});
