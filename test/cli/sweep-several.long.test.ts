/** One spec over several trained networks: a CSV each, and a map of all. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zooMap } from '../../report/zoo-map.js';
import { readRows } from '../../sweep/rows.js';
import { summaryOf } from '../../sweep/summary/file.js';
import { complaintOf, performed } from './in-process.js';
import { writeSmallNetwork } from './small-network.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-several-'));
afterAll(() => rmSync(folder, { recursive: true }));

const spec = join(folder, 'several.yaml');
const out = join(folder, 'out');
const write = (weights: string, more = ''): void =>
  writeFileSync(
    spec,
    `name: several\nweights: ${weights}\ntestImages: 80\nformat: [posit6es1, fixed5, pow2int8]\nquantizer: [rounding, linear:mse:pow2]\ncalibrationImages: 50\n${more}`,
  );

beforeAll(async () => {
  const network = writeSmallNetwork(folder);
  for (const [name, seed] of [
    ['first', '1'],
    ['second', '2'],
  ] as const) {
    const words = ['train', '--network', network, '--epochs', '1', '--train-images', '300', '--seed', seed];
    await performed([...words, '--out', join(folder, name), '--quiet']);
  }
  write('[./first, ./second]');
});

describe('a sweep over several weights', () => {
  it('writes of each what it writes of it alone, and says where', async () => {
    const all = await performed(['sweep', spec, '--out', out, '--threads', '1']);
    expect(all.code).toBe(0);
    expect(all.err).toMatch(/^1 of 2: .*first$/m);
    expect(all.out).toMatch(/6 rows in .*first\.csv, made in .*\n6 rows in .*second\.csv, made in/);
    for (const name of ['first', 'second']) {
      write(`./${name}`);
      const alone = join(folder, `${name}.csv`);
      await performed(['sweep', spec, '--out', alone, '--threads', '1', '--quiet']);
      for (const ending of ['.csv', '.summary.csv', '.predictions.json']) {
        const [one, other] = [join(out, name + ending), alone.replace('.csv', ending)];
        expect(readFileSync(one, 'utf8'), ending).toBe(readFileSync(other, 'utf8'));
      }
    }
    write('[./first, ./second]');
    const again = await performed(['sweep', spec, '--out', out, '--threads', '1']);
    expect(again.out).toMatch(/6 rows are there, in .*first\.csv/);
    const plan = await performed(['sweep', spec, '--plan']);
    expect(plan.out.match(/^several: 5 points/gm)).toHaveLength(2);
  });

  it('is drawn as one map: the loss of every point on every network', async () => {
    const { out: said } = await performed(['plot', out, '--out', join(folder, 'map.svg')]);
    expect(said).toBe(`wrote ${join(folder, 'map.svg')}\n`);
    expect(readFileSync(join(folder, 'map.svg'), 'utf8')).toContain('fixed5, rounding');
    const names = ['first', 'second'].map((name) => join(out, `${name}.csv`));
    const { vconcat } = zooMap(names.map((name) => summaryOf(name, 1000))) as unknown as {
      vconcat: { data: { values: { point: string; value: string; lost: number }[] } }[];
    };
    const [top, cells] = vconcat.map(({ data }) => data.values);
    const rows = names.flatMap((name) => readRows(name));
    expect(top!.map(({ value }) => Number(value))).toEqual(
      rows
        .filter(({ format }) => format === 'float32')
        .map(({ accuracy }) => Number((100 * accuracy!).toFixed(2))),
    );
    const drops = rows
      .filter(({ format }) => format !== 'float32')
      .map((row) => row.baseline! - row.accuracy!);
    expect(cells!.map(({ lost }) => lost)).toEqual(
      drops.map((drop) => expect.closeTo(Math.max(0, 100 * drop), 10)),
    );
    expect(new Set(cells!.map(({ point }) => point))).toEqual(
      new Set([
        'posit6es1, rounding',
        'posit6es1, linear, pow2',
        'fixed5, rounding',
        'fixed5q0, linear, pow2',
        'pow2int8, linear, pow2',
      ]),
    );
  });

  it('refuses lists that cannot be, in a line, before any work', async () => {
    write('[]');
    expect(await complaintOf(['sweep', spec])).toMatch(
      /weights got \[\]; give each trained network once, one at least/,
    );
    write('[./first, ./first]');
    expect(await complaintOf(['sweep', spec])).toMatch(/give each trained network once/);
    mkdirSync(join(folder, 'deep', 'first'), { recursive: true });
    write('[./first, deep/first]');
    expect(await complaintOf(['sweep', spec])).toMatch(/two of the weights are called first/);
    write('lenet5-minst');
    expect(await complaintOf(['sweep', spec])).toMatch(/no such directory, nor weights of that name/);
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect(await complaintOf(['plot', empty])).toMatch(/has no CSV of a sweep; give a folder/);
    expect(existsSync(`${empty}.svg`)).toBe(false);
    expect(readdirSync(empty)).toEqual([]);
  });
});
