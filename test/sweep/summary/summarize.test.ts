import { describe, expect, it } from 'vitest';
import type { RowValues, SweepRow } from '../../../sweep/columns.js';
import type { Predictions } from '../../../sweep/predictions.js';
import { holm } from '../../../sweep/statistics/holm.js';
import { mcnemarExact } from '../../../sweep/statistics/mcnemar.js';
import { tango } from '../../../sweep/statistics/tango.js';
import { wilson } from '../../../sweep/statistics/wilson.js';
import { linesOf } from '../../../sweep/summary/lines.js';
import { summarize } from '../../../sweep/summary/summarize.js';
import { sampleRow } from '../../report/rows.js';

const IMAGES = 400;
const FLOAT = { dataflow: 'float', quantizer: undefined, gained: 0, lost: 0, drop: 0 } as const;

/** Right or wrong by a fixed pattern: all but every `period`-th image from `first` on. */
function pattern(period: number, first: number): number[] {
  return Array.from({ length: IMAGES }, (_, i) => ((i + first) % period === 0 ? 0 : 1));
}

/** Rows and predictions of points by seed; the first is float32. Every label is 1, so that a class says right or wrong. */
function sweep(
  points: Readonly<Record<string, readonly number[][]>>,
  values: RowValues = {},
): { rows: SweepRow[]; predictions: Predictions } {
  const [float] = Object.values(points);
  const rows: SweepRow[] = [];
  const runs: Predictions['runs'][number][] = [];
  for (const [format, seeds] of Object.entries(points)) {
    for (const [seed, right] of seeds.entries()) {
      const base = float![seed]!;
      const count = right.reduce((sum, bit) => sum + bit, 0);
      const gained = right.filter((bit, i) => bit > base[i]!).length;
      const lost = right.filter((bit, i) => bit < base[i]!).length;
      const baseline = base.reduce((sum, bit) => sum + bit, 0);
      rows.push({
        ...sampleRow(format, 950, { energy: 1e6, delay: 5e5 }),
        testImages: IMAGES,
        seed,
        accuracy: count / IMAGES,
        baseline: baseline / IMAGES,
        drop: (baseline - count) / IMAGES,
        gained,
        lost,
        edpSigma: 0.1,
        unit: format,
        ...values,
        ...(format === 'float32' ? { ...FLOAT, edpSigma: undefined } : {}),
      });
      const kind = format === 'float32' ? ('baseline' as const) : ('point' as const);
      runs.push({ rows: [rows.length - 1], seed, kind, classes: Int32Array.from(right) });
    }
  }
  return { rows, predictions: { labels: new Int32Array(IMAGES).fill(1), runs } };
}

const ONE = { float32: [pattern(20, 0)], posit8es1: [pattern(20, 1)], posit5es1: [pattern(4, 1)] };
const THREE = {
  float32: [pattern(20, 0), pattern(25, 0), pattern(16, 0)],
  posit8es1: [pattern(20, 1), pattern(20, 1), pattern(16, 2)],
  posit5es1: [pattern(4, 1), pattern(5, 1), pattern(5, 2)],
};

describe('the summary of one seed', () => {
  const { rows, predictions } = sweep(ONE);
  const summary = summarize(rows, predictions);

  it('has Wilson’s interval, Tango’s of the drop, and Holm’s correction of McNemar’s p', () => {
    const [float, wide, narrow] = summary;
    expect(float).toMatchObject({ seeds: 1, p: undefined, verdict: undefined, dropLow: undefined });
    // every 20th image is wrong: 20 by float32 alone and 20 by posit8es1 alone
    const { low, high } = tango(20, 20, IMAGES);
    expect(wide).toMatchObject({ dropLow: -high, dropHigh: -low, p: 1, drop: 0, verdict: 'not decided' });
    const p = mcnemarExact(20, 100);
    expect(narrow!.p).toBe(p);
    expect([wide!.correctedP, narrow!.correctedP]).toEqual(holm([1, p]));
    expect(narrow!.verdict).toBe('worse');
    expect([narrow!.accuracyLow, narrow!.accuracyHigh]).toEqual(Object.values(wilson(300, IMAGES)));
    expect(narrow!.accuracySd).toBeUndefined();
  });

  it('takes no counts that cannot be', () => {
    for (const values of [{ gained: 1.5 }, { lost: IMAGES + 1 }, { testImages: 0 }, { testImages: 2.5 }]) {
      const [, line] = summarize([rows[0]!, { ...rows[1]!, ...values }]);
      expect(line).toMatchObject({ dropLow: undefined, verdict: undefined });
    }
  });

  it('is the same from the rows alone, but for the front', () => {
    const plain = (line: object) => ({ ...line, frontProbability: undefined });
    expect(summarize(rows).map(plain)).toEqual(summary.map(plain));
    expect(summary.map(({ frontProbability }) => frontProbability === undefined)).toEqual([
      true,
      false,
      false,
    ]);
    expect(summarize(rows).every(({ frontProbability }) => frontProbability === undefined)).toBe(true);
  });
});

describe('the summary of several seeds', () => {
  const { rows, predictions } = sweep(THREE);
  const [float, wide, narrow] = summarize(rows, predictions);

  it('has means and the sample deviation, and intervals that are nowhere narrower than those of one seed', () => {
    expect(float).toMatchObject({ seeds: 3, seed: undefined });
    expect(float!.accuracy).toBeCloseTo((380 + 384 + 375) / 3 / IMAGES, 12);
    const accuracies = [380, 384, 375].map((count) => count / IMAGES);
    const mean = accuracies.reduce((sum, one) => sum + one, 0) / 3;
    const squares = accuracies.reduce((sum, one) => sum + (one - mean) ** 2, 0);
    expect(float!.accuracySd).toBeCloseTo(Math.sqrt(squares / 2), 12);
    for (const line of [float!, wide!, narrow!]) {
      const { low, high } = wilson(line.accuracy! * IMAGES, IMAGES);
      expect(line.accuracyLow).toBeLessThanOrEqual(low + 1e-12);
      expect(line.accuracyHigh).toBeGreaterThanOrEqual(high - 1e-12);
    }
    expect(narrow!.dropLow).toBeLessThan(narrow!.drop!);
    expect(narrow!.dropHigh).toBeGreaterThan(narrow!.drop!);
    expect(narrow!.verdict).toBe('worse');
  });

  it('is wider where the seeds disagree', () => {
    const shaky = sweep({ ...THREE, float9e4m4: [pattern(2, 1), pattern(20, 1), pattern(25, 2)] });
    const line = summarize(shaky.rows, shaky.predictions).at(-1)!;
    const { low, high } = tango(20, (200 + 20 + 16) / 3, IMAGES);
    expect(line.dropHigh! - line.dropLow!).toBeGreaterThan(2 * (high - low));
    // the images alone leave no doubt, new trainings do
    expect(line.p).toBeLessThan(1e-6);
    expect(line.verdict).toBe('not decided');
  });

  it('says nothing of what it cannot know: without predictions there are means alone', () => {
    const bare = summarize(rows);
    expect(bare[2]).toMatchObject({ accuracy: narrow!.accuracy, seeds: 3 });
    expect(bare[2]).toMatchObject({
      accuracyLow: undefined,
      dropLow: undefined,
      p: undefined,
      verdict: undefined,
    });
  });

  it('corrects p for points, however often each is priced', () => {
    const dear = rows.map((row) => ({ ...row, units: 4 }));
    const runs = predictions.runs.map((run) => ({ ...run, rows: [...run.rows, run.rows[0]! + rows.length] }));
    const both = summarize([...rows, ...dear], { ...predictions, runs });
    expect(both).toHaveLength(6);
    expect(both.map(({ correctedP }) => correctedP)).toEqual(
      [float, wide, narrow, float, wide, narrow].map((line) => line!.correctedP),
    );
  });
});

describe('lines of a summary', () => {
  const { rows } = sweep(THREE);

  it('take best fraction bits of several seeds as one point, given ones as several', () => {
    const formats = ['fixed8q5', 'fixed8q6', 'fixed8q5'];
    const of = (fraction: string) =>
      rows.slice(0, 3).map((row, i) => ({
        ...row,
        fraction,
        format: formats[i]!,
        weights: formats[i]!,
        activations: formats[i]!,
      }));
    expect(linesOf(of('best'))).toHaveLength(1);
    expect(summarize(of('best'))[0]!.format).toBe('fixed8q5 / fixed8q6');
    expect(linesOf(of('given')).map((line) => line.rows)).toEqual([[0, 2], [1]]);
  });

  it('keep points apart that differ in anything that was asked for, or in what prices them', () => {
    const other = (values: RowValues) => linesOf([...rows, ...rows.map((row) => ({ ...row, ...values }))]);
    for (const values of [
      { calibrator: 'kl' },
      { units: 2 },
      { cost: 'mine' },
      { requantizer: 'parallel' },
    ]) {
      expect(other(values)).toHaveLength(6);
    }
    expect(other({ zeros: 7, weightsHash: 'x' })).toHaveLength(3);
  });
});
