import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { compareRows } from '../../report/compare.js';
import { comparisonTable } from '../../report/comparison-table.js';
import { writeTable } from '../../report/table.js';
import { changesOf } from '../../sweep/class-changes.js';
import type { RowValues } from '../../sweep/columns.js';
import { type PredictedEntry, predictionsFile, writePredictions } from '../../sweep/predictions.js';
import { rowsToCsv } from '../../sweep/rows.js';
import { tango } from '../../sweep/statistics/tango.js';

const IMAGES = 60;
const HOST = { milliseconds: 0, tiers: {} };
let folder = '';
let one = '';
let three = '';

/** Right on all images but those of `wrong`, where it says 9. */
function classes(labels: Int32Array, wrong: readonly number[]): Int32Array {
  return labels.map((label, image) => (wrong.includes(image) ? 9 : label));
}

interface Made {
  readonly row: RowValues;
  readonly classes: Int32Array;
}

/** A CSV of these runs, two rows each as of two cost sources, with its predictions; the baseline of each seed first. */
function sweepOf(name: string, labels: Int32Array, seeds: readonly (readonly Made[])[]): string {
  const csv = join(folder, `${name}.csv`);
  const runs = seeds.flatMap((made, seed) => made.map((run, i) => ({ ...run, seed, isBaseline: i === 0 })));
  const rows = runs.flatMap(({ row, seed, isBaseline }) =>
    ['library45', 'horowitz45'].map(
      (cost): RowValues => ({ ...row, cost, seed, accuracy: 0.5, dataflow: isBaseline ? 'float' : 'emac' }),
    ),
  );
  writeFileSync(csv, rowsToCsv(rows));
  const entries = runs.map(({ classes: own, seed, isBaseline }): PredictedEntry => {
    const base = isBaseline ? new Int32Array(IMAGES) : seeds[seed]![0]!.classes;
    const entry = { rows: [{}, {}], changes: changesOf(own, base), host: HOST };
    return { kind: isBaseline ? 'baseline' : 'point', seed, entry };
  });
  const digest = createHash('sha256').update(rowsToCsv(rows)).digest('hex');
  writePredictions(predictionsFile(csv), digest, labels, entries);
  return csv;
}

const words = new Stream(2, 'dataset');
const labels = Int32Array.from({ length: IMAGES }, () => words.below(9));
const float = { format: 'float32' };
const posit = { format: 'posit8es1', quantizer: 'linear' };
const rounded = { format: 'posit8es1', quantizer: 'rounding' };
const fixed = { format: 'fixed8q4', quantizer: 'rounding' };
const WRONG = {
  float: [1, 2, 3],
  posit: [1, 2, 3, 10, 11],
  rounded: [1, 20, 21, 22, 23, 24, 25, 26, 27, 28],
  fixed: [2, 3, 4, 5, 6, 7, 8, 9, 30, 31, 32, 33],
};
const runsOf = (shift: number): Made[] =>
  (
    [
      [float, WRONG.float],
      [posit, WRONG.posit],
      [rounded, WRONG.rounded],
      [fixed, WRONG.fixed],
    ] as const
  ).map(([row, wrong]) => ({
    row,
    classes: classes(
      labels,
      wrong.map((image) => image + shift),
    ),
  }));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cheetah-compare-'));
  one = sweepOf('one', labels, [runsOf(0)]);
  three = sweepOf('three', labels, [runsOf(0), runsOf(1), runsOf(5)]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** P(|Σ ± d| ≥ |Σ d|) by going through all signs. */
function bySigns(differences: readonly number[]): number {
  const some = differences.filter((d) => d !== 0);
  const observed = Math.abs(some.reduce((sum, d) => sum + d, 0));
  let extreme = 0;
  for (let signs = 0; signs < 2 ** some.length; signs++) {
    const sum = some.reduce((total, d, i) => total + ((signs >>> i) & 1 ? d : -d), 0);
    if (Math.abs(sum) >= observed) extreme++;
  }
  return extreme / 2 ** some.length;
}

describe('a comparison of one seed', () => {
  it('has the paired difference, its interval by Tango, the exact p and Holm’s over the pairs', () => {
    const pairs = compareRows(one, ['float32', 'posit8es1,linear', 'fixed8q4'], 0.005);
    expect(pairs.map(({ first, second }) => `${first} ${second}`)).toEqual([
      'float32 posit8es1,linear',
      'float32 fixed8q4',
      'posit8es1,linear fixed8q4',
    ]);
    expect(pairs[0]!.difference).toBeCloseTo(2 / IMAGES, 12);
    // float32 alone is right on 10 and 11; fixed on 1, float32 on 4..9 and 30..33
    expect(pairs[0]!.interval).toEqual(tango(2, 0, IMAGES));
    expect(pairs[1]!.interval).toEqual(tango(10, 1, IMAGES));
    expect(pairs.map(({ p }) => p)).toEqual([0.5, 24 / 2 ** 11, pairs[2]!.p]);
    // fixed alone is right on 1, 10 and 11, posit on 4..9 and 30..33
    const p = bySigns([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1]);
    expect(pairs[2]!.p).toBeCloseTo(p, 14);
    expect(pairs.map(({ correctedP }) => correctedP)).toEqual([0.5, 3 * pairs[1]!.p, 2 * pairs[2]!.p]);
    expect(pairs.map(({ verdict }) => verdict)).toEqual(['not-decided', 'better', 'not-worse-by-margin']);
  });

  it('is a table that says what was done', () => {
    const { headers, cells, notes } = writeTable(
      comparisonTable(compareRows(one, ['fixed8q4', 'float32'], 0.005), 0.005),
    );
    expect(headers).toEqual([
      'first',
      'second',
      'first (%)',
      'second (%)',
      'difference (points)',
      'p',
      "Holm's p",
      'the first is',
    ]);
    expect(cells[0]!.slice(2, 4)).toEqual(['80.00', '95.00']);
    expect(cells[0]![4]).toMatch(/^-15\.00 \[-2\d\.\d\d, -\d\.\d\d\]$/);
    expect(cells[0]!.slice(5)).toEqual(['0.0117', '0.0117', 'worse']);
    expect(notes.join(' ')).toMatch(/60 test images.*Tango.*McNemar/);
  });
});

describe('a comparison over seeds', () => {
  it('flips signs of whole images, and draws seeds and images again', () => {
    const [pair] = compareRows(three, ['posit8es1,linear', 'fixed8q4'], 0.005);
    const shifts = [0, 1, 5];
    const differences = Array.from({ length: IMAGES }, (_, image) =>
      shifts.reduce((sum, shift) => {
        const isWrong = (wrong: readonly number[]): number => (wrong.includes(image - shift) ? 1 : 0);
        return sum + isWrong(WRONG.fixed) - isWrong(WRONG.posit);
      }, 0),
    );
    expect(differences.filter((d) => d !== 0).length).toBeLessThan(25);
    expect(pair).toMatchObject({ seeds: 3, images: IMAGES });
    expect(pair!.p).toBeCloseTo(bySigns(differences), 12);
    expect(pair!.difference).toBeCloseTo(differences.reduce((a, b) => a + b, 0) / (3 * IMAGES), 12);
    const { low, high } = pair!.interval;
    expect(low).toBeLessThan(pair!.difference);
    expect(high).toBeGreaterThan(pair!.difference);
    // the same draws every time
    expect(compareRows(three, ['posit8es1,linear', 'fixed8q4'], 0.005)[0]).toEqual(pair);
  });

  it('of a single one of the seeds can be asked for', () => {
    const [pair] = compareRows(three, ['posit8es1,linear,seed=1', 'fixed8q4,seed=1'], 0.005);
    expect(pair).toMatchObject({ seeds: 1 });
    expect(pair!.interval).toEqual(tango(10, 3, IMAGES));
  });
});

describe('what cannot be compared is one line', () => {
  it.each([
    ['a format that is not there', ['float32', 'posit8es2'], /'posit8es2': no row.*did you mean posit8es1/],
    [
      'several points',
      ['float32', 'posit8es1'],
      /several points, which differ in quantizer \(linear, rounding\)/,
    ],
    [
      'a column that is none',
      ['float32', 'posit8es1,quantiser=linear'],
      /no column quantiser; did you mean quantizer/,
    ],
    ['one point', ['float32'], /needs two points/],
    ['other seeds', ['float32,seed=0', 'fixed8q4'], /compare points of the same seeds/],
  ])('%s', (_, names, message) => {
    expect(() => compareRows(three, names, 0.005)).toThrow(message);
  });

  it('a CSV without its predictions, or with those of another', () => {
    const alone = join(folder, 'alone.csv');
    writeFileSync(alone, rowsToCsv([{ format: 'float32', dataflow: 'float', accuracy: 0.5 }]));
    expect(() => compareRows(alone, ['float32', 'float32'], 0.005)).toThrow(/alone\.predictions\.json/);
    writePredictions(predictionsFile(alone), 'other', labels, []);
    expect(() => compareRows(alone, ['float32', 'float32'], 0.005)).toThrow(/damaged|another CSV/);
  });
});
