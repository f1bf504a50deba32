import { describe, expect, it } from 'vitest';
import { PURPOSES, philox } from '../../../arithmetic/philox.js';
import { fnv1a, normalDraws } from '../../../sweep/statistics/unit-draws.js';

describe('fnv1a', () => {
  // published test vectors of its authors, 64 bits
  it.each([
    ['', 0xcbf29ce484222325n],
    ['a', 0xaf63dc4c8601ec8cn],
    ['foobar', 0x85944171f73967e8n],
  ])('of %j', (text, hash) => {
    expect(fnv1a(text)).toBe(hash);
  });
});

describe('normalDraws', () => {
  it('are Box and Muller’s formula on the words of their counter', () => {
    const draws = normalDraws('foobar', 500);
    for (const [draw, z] of draws.entries()) {
      const [a, b] = philox([0, PURPOSES.costs], [0x85944171, 0xf73967e8, draw, 0], new Uint32Array(4));
      const host = Math.sqrt(-2 * Math.log((a! + 1) / 2 ** 32)) * Math.cos((2 * Math.PI * b!) / 2 ** 32);
      expect(Math.abs(z - host)).toBeLessThan(1e-13);
    }
  });

  it('have the shares of a normal distribution', () => {
    const draws = normalDraws('unit', 40000);
    // Φ at these points, from tables
    for (const [point, share] of [
      [-1.959963984540054, 0.025],
      [-1, 0.158655],
      [0, 0.5],
      [0.674489750196082, 0.75],
      [2.326347874040841, 0.99],
    ] as const) {
      const below = draws.filter((z) => z < point).length / draws.length;
      // 5 standard errors of a share of 40,000
      expect(Math.abs(below - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / 40000));
    }
  });

  it('of two structures are uncorrelated; fewer are the first of more; none are none', () => {
    const [a, b] = [normalDraws('a', 10000), normalDraws('b', 10000)];
    const mean = a.reduce((sum, z, i) => sum + z * b[i]!, 0) / a.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(normalDraws('a', 3)).toEqual(a.slice(0, 3));
    expect(normalDraws('a', 0).length).toBe(0);
  });
});
