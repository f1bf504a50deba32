import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { linesOverSeeds, seedCount } from '../../report/seed-spread.js';
import { sweepTable } from '../../report/sweep-table.js';
import { writeTable } from '../../report/table.js';
import type { RowValues, SweepRow } from '../../sweep/columns.js';
import { wilson } from '../../sweep/statistics/wilson.js';
import { sampleRow } from './rows.js';

const BASELINES = [960, 950, 970];

/** A point at seeds 0, 1, …: right of 1000 images, and its baseline of the same seed. */
function overSeeds(format: string, rights: readonly number[], values: RowValues = {}): SweepRow[] {
  return rights.map((right, seed) =>
    sampleRow(
      format,
      right,
      { energy: 1e6, delay: 5e5 },
      {
        seed,
        weightsHash: `hash${seed}`,
        datasetHash: `data${seed}`,
        zeros: right * 3,
        baseline: BASELINES[seed]! / 1000,
        drop: (BASELINES[seed]! - right) / 1000,
        mcnemarP: BASELINES[seed]! - right > 20 ? 0.001 : 0.4,
        ...values,
      },
    ),
  );
}

const float = { dataflow: 'float', quantizer: undefined, mcnemarP: undefined };
const rows = [
  ...overSeeds('float32', BASELINES, float),
  ...overSeeds('posit8es1', [955, 951, 949]),
  ...overSeeds('posit5es1', [900, 905, 910]),
];

function cells(of: readonly SweepRow[], header: string): string[] {
  const written = writeTable(sweepTable(of));
  const at = written.headers.findIndex((one) => one.startsWith(header));
  expect(at).toBeGreaterThanOrEqual(0);
  return written.cells.map((line) => line[at]!);
}

describe('a table of three seeds', () => {
  it('has one line a point, the baseline too, and no column of seeds’ numbers', () => {
    expect(cells(rows, 'format')).toEqual(['float32 (baseline)', 'posit8es1', 'posit5es1']);
    expect(writeTable(sweepTable(rows)).headers).not.toContain('seed');
    expect(cells(rows, 'seeds')).toEqual(['3', '3', '3']);
  });

  it('states mean, pooled Wilson interval, and the sample deviation', () => {
    const { low, high } = wilson(2880, 3000);
    expect(cells(rows, 'accuracy')[0]).toBe(`96.00 [${(100 * low).toFixed(2)}, ${(100 * high).toFixed(2)}]`);
    // of 96, 95, 97: √((0 + 1 + 1) / 2) = 1, where n would give 0.82
    expect(cells(rows, 'sd over seeds')).toEqual(['1.00', '0.31', '0.50']);
    expect(cells(rows, 'drop')).toEqual(['', '0.83', '5.50']);
  });

  it('counts the seeds that show a difference, and says where they disagree', () => {
    expect(cells(rows, 'p < 0.05')).toEqual(['', '1 of 3', '3 of 3']);
    expect(cells(rows, 'against')).toEqual(['', 'within noise in 2, worse in 1, Pareto', 'worse']);
    expect(sweepTable(rows).notes?.join(' ')).toContain('sample standard deviation (n − 1)');
  });

  it('counts only seeds that are there', () => {
    const fewer = [...rows.slice(0, 6), rows[6]!, ...overSeeds('fixed8q6', [900, 910])];
    expect(cells(fewer, 'seeds')).toEqual(['3', '3', '1', '2']);
    expect(cells(fewer, 'sd over seeds').slice(2)).toEqual(['n/a', '0.71']);
    const failed = [
      ...rows.slice(0, 6),
      sampleRow('posit5es1', 0, undefined, { seed: 2, accuracy: undefined }),
    ];
    expect(cells(failed, 'accuracy').at(-1)).toBe('n/a');
  });

  it('takes best fraction bits of several seeds as one point, given ones as several', () => {
    const formats = ['fixed8q5', 'fixed8q6', 'fixed8q5'];
    const of = (fraction: string) =>
      overSeeds('fixed8q5', [940, 941, 942]).map((row, i) => ({
        ...row,
        fraction,
        format: formats[i]!,
        weights: formats[i]!,
        activations: formats[i]!,
      }));
    expect(cells(of('best'), 'format')).toEqual(['fixed8q5 / fixed8q6']);
    expect(cells(of('given'), 'format')).toEqual(['fixed8q5', 'fixed8q6']);
  });

  it('keeps points apart that differ in anything that was asked for', () => {
    const mixed = [...rows, ...overSeeds('posit8es1', [1, 2, 3], { calibrator: 'mse' })];
    expect(seedCount(mixed)).toBe(3);
    expect(linesOverSeeds(mixed)).toHaveLength(4);
  });
});

describe('with one or two seeds', () => {
  it('every row keeps its own line', () => {
    const two = rows.filter(({ seed }) => seed !== 2);
    expect(cells(two, 'seed')).toEqual(['0', '1', '0', '1', '0', '1']);
    expect(writeTable(sweepTable(two)).headers).toContain('p');
    expect(writeTable(sweepTable(two)).headers).not.toContain('seeds');
  });

  it('mathjs is not loaded', () => {
    const script = (count: number) => `
      import { createRequire } from 'node:module';
      const { sweepTable } = await import('./dist/report/sweep-table.js');
      const row = (seed) => ({ format: 'a', accuracy: 0.5, testImages: 10, seed });
      sweepTable(Array.from({ length: ${count} }, (_, seed) => row(seed)));
      const loaded = Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('mathjs'));
      console.log(loaded ? 'loaded' : 'absent');`;
    const run = (count: number) =>
      spawnSync(process.execPath, ['--input-type=module', '-e', script(count)], { encoding: 'utf8' });
    expect(run(2).stdout).toBe('absent\n');
    expect(run(3).stdout).toBe('loaded\n');
  });
});
