import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm } from '../../../sweep/statistics/holm.js';

/** By the definition, a p at a time: how many are larger or come later among equals says its factor. */
function slow(ps: readonly number[]): number[] {
  const own = ps.map((p, i) => {
    const before = ps.filter((q, j) => q < p || (q === p && j < i)).length;
    return Math.min(1, (ps.length - before) * p);
  });
  return ps.map((p, i) =>
    ps.reduce((top, q, j) => (q < p || (q === p && j <= i) ? Math.max(top, own[j]!) : top), 0),
  );
}

describe('holm', () => {
  it('gives the steps of a small list', () => {
    // sorted 1/128, 1/64, 1/32, 1/4 times 4, 3, 2, 1
    expect(holm([1 / 64, 1 / 4, 1 / 128, 1 / 32])).toEqual([3 / 64, 1 / 4, 1 / 32, 1 / 16]);
  });

  it('takes decimals', () => {
    // sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1; the last is lifted to the one before
    const expected = [0.03, 0.06, 0.06, 0.02];
    for (const [i, p] of holm([0.01, 0.04, 0.03, 0.005]).entries()) expect(p).toBeCloseTo(expected[i]!, 15);
  });

  it('leaves out what is undefined', () => {
    expect(holm([undefined, 1 / 64, undefined, 1 / 128])).toEqual([undefined, 1 / 64, undefined, 1 / 64]);
    expect(holm([undefined])).toEqual([undefined]);
    expect(holm([])).toEqual([]);
  });

  it('one p stays as it is; large ones stop at 1; zero stays zero', () => {
    expect(holm([0.3])).toEqual([0.3]);
    expect(holm([0.6, 0.9, 1])).toEqual([1, 1, 1]);
    expect(holm([0, 0.5])).toEqual([0, 0.5]);
  });

  it('agrees with the definition; is never below p and never turns an order round; equal p stay equal', () => {
    const ps = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 1000 })).map((n) => n / 1000),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(ps, (list) => {
        const out = holm(list) as number[];
        expect(out).toEqual(slow(list));
        for (const [i, p] of list.entries()) {
          expect(out[i]).toBeGreaterThanOrEqual(p);
          expect(out[i]).toBeLessThanOrEqual(1);
          for (const [j, q] of list.entries()) {
            if (p < q) expect(out[i]).toBeLessThanOrEqual(out[j]!);
            if (p === q) expect(out[i]).toBe(out[j]);
          }
        }
      }),
    );
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses %f', (p) => {
    expect(() => holm([0.5, p])).toThrow(RangeError);
  });
});
