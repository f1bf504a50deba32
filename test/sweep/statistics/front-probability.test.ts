import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { frontProbabilities, type UncertainRow } from '../../../sweep/statistics/front-probability.js';

function row(accuracies: readonly number[], edp: number, more: Partial<UncertainRow> = {}): UncertainRow {
  const known = Float64Array.from(accuracies);
  return { group: 'g', accuracies: known, edp, logDeviation: 0, structure: 's', ...more };
}

function constant(accuracy: number, draws = 4000): number[] {
  return new Array<number>(draws).fill(accuracy);
}

/** The front of one draw by sorting: cheapest first, and of the equally cheap the most accurate. */
function frontOf(points: readonly { accuracy: number; product: number }[]): Set<number> {
  const order = points.map((_, i) => i);
  order.sort((a, b) => points[a]!.product - points[b]!.product || points[b]!.accuracy - points[a]!.accuracy);
  const front = new Set<number>();
  let best = { accuracy: -1, product: Number.NaN };
  for (const i of order) {
    const { accuracy, product } = points[i]!;
    if (accuracy > best.accuracy) best = points[i]!;
    if (accuracy === best.accuracy && product === best.product) front.add(i);
  }
  return front;
}

describe('frontProbabilities', () => {
  it('without uncertainty is the front', () => {
    const rows = [
      row([0.9, 0.9], 5),
      row([0.9, 0.8], 6),
      row([0.7, 0.7], 1),
      row([0.6, 0.75], 1),
      row([0.95, 0.95], 9),
    ];
    expect(frontProbabilities(rows)).toEqual([1, 0, 0.5, 0.5, 1]);
  });

  it('rows that are equal do not push each other off; equal in one, the other decides', () => {
    expect(frontProbabilities([row([0.9], 5), row([0.9], 5)])).toEqual([1, 1]);
    expect(frontProbabilities([row([0.9], 5), row([0.9], 4)])).toEqual([0, 1]);
    expect(frontProbabilities([row([0.9], 5), row([0.8], 5)])).toEqual([1, 0]);
  });

  it('counts draw by draw what sorting finds, with many ties', () => {
    const words = new Stream(5, 'shuffle');
    const draws = 50;
    const rows = Array.from({ length: 25 }, () =>
      row(
        Array.from({ length: draws }, () => words.below(6) / 10),
        1 + words.below(5),
      ),
    );
    const counts = rows.map(() => 0);
    for (let draw = 0; draw < draws; draw++) {
      const points = rows.map(({ accuracies, edp }) => ({ accuracy: accuracies![draw]!, product: edp! }));
      for (const i of frontOf(points)) counts[i]!++;
    }
    expect(frontProbabilities(rows)).toEqual(counts.map((count) => count / draws));
  });

  it('only rows of one group compete', () => {
    const rows = [row([0.9], 5), row([0.95], 4, { group: 'other' }), row([0.8], 6)];
    expect(frontProbabilities(rows)).toEqual([1, 1, 0]);
  });

  it('without accuracies, product or σ is undefined, and pushes no other off', () => {
    const better = row([0.99], 1);
    const rows = [
      row([0.9], 5),
      { ...better, accuracies: undefined },
      { ...better, edp: undefined },
      { ...better, logDeviation: undefined },
    ];
    expect(frontProbabilities(rows)).toEqual([1, undefined, undefined, undefined]);
    expect(frontProbabilities([])).toEqual([]);
  });

  it('equally accurate rows of two structures are on the front as often as a normal difference says', () => {
    // log(5 / 4) / √(0.3² + 0.4²) = 0.4463, Φ(0.4463) = 0.6723 (tables)
    const rows = [
      row(constant(0.9), 4, { logDeviation: 0.3, structure: 'a' }),
      row(constant(0.9), 5, { logDeviation: 0.4, structure: 'b' }),
    ];
    const [first, second] = frontProbabilities(rows);
    expect(first! + second!).toBe(1);
    // 5 standard errors of 4,000 draws
    expect(Math.abs(first! - 0.6723)).toBeLessThan(0.037);
  });

  it('rows of one structure err together, so that the cheaper stays cheaper', () => {
    const rows = [
      row(constant(0.9), 4, { logDeviation: 0.5 }),
      row(constant(0.9), 4.001, { logDeviation: 0.5 }),
    ];
    expect(frontProbabilities(rows)).toEqual([1, 0]);
  });

  it('does not depend on the order of rows, nor on rows that compete with none', () => {
    const rows = [
      row(constant(0.9), 4, { logDeviation: 0.3, structure: 'a' }),
      row(constant(0.9), 5, { logDeviation: 0.4, structure: 'b' }),
      row(constant(0.8), 3, { logDeviation: 0.4, structure: 'c' }),
    ];
    const shares = frontProbabilities(rows);
    expect(frontProbabilities([...rows].reverse())).toEqual([...shares].reverse());
    expect(frontProbabilities([row(constant(1), 1, { group: 'h' }), ...rows]).slice(1)).toEqual(shares);
  });

  it('refuses rows of different draws, without draws, and costs that cannot be', () => {
    expect(() => frontProbabilities([row([0.9], 5), row([0.9, 0.8], 5)])).toThrow(RangeError);
    expect(() => frontProbabilities([row([], 5)])).toThrow(RangeError);
    for (const [edp, logDeviation] of [
      [0, 0.1],
      [-1, 0.1],
      [Number.NaN, 0.1],
      [1, -0.1],
      [1, Number.NaN],
    ] as const) {
      expect(() => frontProbabilities([row([0.9], edp, { logDeviation })])).toThrow(RangeError);
    }
  });
});
