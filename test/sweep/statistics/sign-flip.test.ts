import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toNumber } from '../../../arithmetic/float64.js';
import { Stream } from '../../../arithmetic/philox.js';
import { mcnemarExact } from '../../../sweep/statistics/mcnemar.js';
import { signFlip } from '../../../sweep/statistics/sign-flip.js';

/** Every choice of signs, one at a time. */
function byAllSigns(differences: readonly number[]): number {
  const observed = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  let hits = 0;
  for (let signs = 0; signs < 2 ** differences.length; signs++) {
    const sum = differences.reduce((all, d, i) => all + ((signs >> i) & 1 ? d : -d), 0);
    if (Math.abs(sum) >= observed) hits++;
  }
  return hits / 2 ** differences.length;
}

/** How many choices of signs give which sum, an image at a time, in integers. */
function byCounting(differences: readonly number[]): number {
  let ways = new Map([[0, 1n]]);
  for (const d of differences) {
    const next = new Map<number, bigint>();
    for (const [sum, count] of ways) {
      for (const to of [sum + d, sum - d]) next.set(to, (next.get(to) ?? 0n) + count);
    }
    ways = next;
  }
  const observed = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  let hits = 0n;
  for (const [sum, count] of ways) if (Math.abs(sum) >= observed) hits += count;
  return toNumber({ numerator: hits, denominator: 1n << BigInt(differences.length) });
}

function randomDifferences(stream: number, images: number, largest: number, shift: number): number[] {
  const words = new Stream(1, 'shuffle', stream);
  return Array.from({ length: images }, () => {
    const d = words.below(2 * largest + 1) - largest;
    return words.below(100) < shift ? Math.abs(d) : d;
  });
}

describe('signFlip', () => {
  it.each([
    [[], 1],
    [[0, 0], 1],
    [[2, -2], 1],
    [[1, 2], 2 / 4],
    [[1, 2, 3], 2 / 8],
    [[3, 2, -1], 4 / 8],
    [[3, -1, 0], 4 / 4],
    [[-3, -1], 2 / 4],
  ])('%j has p = %f', (differences, p) => {
    expect(byAllSigns(differences)).toBe(p);
    expect(signFlip(differences)).toBe(p);
  });

  it('is the share of all choices of signs', () => {
    const lists = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 10 });
    fc.assert(
      fc.property(lists, (list) => {
        expect(signFlip(list)).toBe(byAllSigns(list));
      }),
    );
  });

  it.each([
    [1, 40, 3, 0],
    [2, 60, 10, 50],
    [3, 150, 2, 20],
    [4, 300, 5, 10],
    [5, 300, 10, 100],
    [6, 700, 3, 60],
    [7, 900, 3, 100],
  ])(
    'is the nearest float64 of the exact ratio (list %i, %i images, up to ±%i, %i %% shifted)',
    (...list) => {
      const differences = randomDifferences(...list);
      const exact = byCounting(differences);
      expect(exact).toBeGreaterThan(1e-300);
      expect(signFlip(differences)).toBe(exact);
    },
  );

  it('also where one image differs by much and a few against many', () => {
    const lists = [
      [100, ...new Array<number>(300).fill(1)],
      [-100, ...new Array<number>(300).fill(1)],
      [...new Array<number>(400).fill(3), ...new Array<number>(9).fill(-1)],
      [...new Array<number>(90).fill(7), -7, 1],
      [...new Array<number>(990).fill(2), 1],
    ];
    for (const list of lists) expect(signFlip(list)).toBe(byCounting(list));
  });

  it('with one magnitude is McNemar’s test, bit for bit', () => {
    for (const [b, c] of [
      [0, 0],
      [1, 0],
      [30, 31],
      [200, 800],
      [2000, 2400],
    ] as const) {
      const ones = [...new Array<number>(b).fill(1), ...new Array<number>(c).fill(-1), 0, 0];
      expect(signFlip(ones)).toBe(mcnemarExact(b, c));
      expect(signFlip(ones.map((d) => 3 * d))).toBe(mcnemarExact(b, c));
    }
  });

  it('does not change with signs exchanged, images reordered or all differences doubled', () => {
    const list = randomDifferences(8, 200, 4, 10);
    const p = signFlip(list);
    expect(p).toBeLessThan(1);
    expect(signFlip(list.map((d) => -d))).toBe(p);
    expect(signFlip([...list].reverse())).toBe(p);
    expect(signFlip(Int32Array.from(list, (d) => 2 * d))).toBe(p);
  });

  it('is large for 20,000 images that agree in the mean, tiny for those that do not, 0 below float64', () => {
    expect(signFlip(randomDifferences(9, 20000, 3, 0))).toBeGreaterThan(0.001);
    // Σ d ≈ 0.2 · 20,000 · 5.24 = 21,000 is 24 of √(Σ d²) ≈ 860: p near exp(−24² / 2) = 10^-125
    const shifted = signFlip(randomDifferences(9, 20000, 10, 20));
    expect(shifted).toBeGreaterThan(1e-300);
    expect(shifted).toBeLessThan(1e-100);
    expect(signFlip(randomDifferences(9, 20000, 3, 100))).toBe(0);
  });

  it.each([0.5, Number.NaN, Infinity])('refuses %f', (d) => {
    expect(() => signFlip([1, d])).toThrow(RangeError);
  });
});
