import { describe, expect, it } from 'vitest';
import { mcnemarExact } from '../../../sweep/statistics/mcnemar.js';

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
