import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRows } from '../../sweep/rows.js';
import { performed } from './in-process.js';
import { cheetah, cheetahUntil } from './run-cheetah.js';
import { writeSmallNetwork } from './small-network.js';

const TEXT = `name: tiny
dataset: strokes
testImages: 60
network: NETWORK
training: { epochs: 2, trainImages: 200 }
format: [posit6es1, float6e3m2, { fixed: { bits: 5 } }, affine6, pow2int6, pow2val5]
quantizer: [rounding, linear]
calibrationImages: 50
cost: [library45, horowitz45]
`;
/** 10 points and the baseline, each by two cost sources. */
const ROWS = 22;

let folder = '';
let spec = '';
let network = '';
let expected = '';

function arm(name: string, ...options: string[]): { out: string; args: string[] } {
  const out = join(folder, name, 'tiny.csv');
  return { out, args: ['sweep', spec, '--out', out, ...options] };
}

/** The finished sweep, with its journal, under another name. */
function copy(name: string, ...options: string[]): { out: string; args: string[] } {
  cpSync(join(folder, 'whole'), join(folder, name), { recursive: true });
  return arm(name, ...options);
}

/** How many points of an arm are finished. */
function finished(name: string): number {
  const points = join(folder, name, 'tiny.journal', 'points');
  return existsSync(points) ? readdirSync(points).filter((file) => !file.endsWith('.tmp')).length : 0;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cheetah-sweep-'));
  spec = join(folder, 'tiny.yaml');
  network = writeSmallNetwork(folder);
  writeFileSync(spec, TEXT.replace('NETWORK', network));
  const { out, args } = arm('whole', '--threads', '1');
  const ran = cheetah(args);
  expect(ran.err).not.toContain('cheetah:');
  expect(ran.code).toBe(0);
  expected = readFileSync(out, 'utf8');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('cheetah sweep', () => {
  it('writes every row, the baseline first, with sources kept apart', () => {
    const rows = readRows(join(folder, 'whole', 'tiny.csv'));
    expect(rows).toHaveLength(ROWS);
    expect(rows[0]).toMatchObject({ format: 'float32', dataflow: 'float', testImages: 60, drop: 0 });
    expect(new Set(rows.map((row) => row.cost))).toEqual(new Set(['library45', 'horowitz45']));
    const fixed = rows.find((row) => row.fraction === 'best')!;
    expect(fixed.format).toMatch(/^fixed5q[0-4]$/);
    for (const row of rows) {
      expect(Number(row.accuracyLow)).toBeLessThanOrEqual(Number(row.accuracy));
      expect(Number(row.accuracyHigh)).toBeGreaterThanOrEqual(Number(row.accuracy));
      expect(Number(row.mcnemarP)).toBeLessThanOrEqual(1);
      expect(row.weightsHash).toMatch(/^[0-9a-f]{16}$/);
      expect(JSON.stringify(row)).not.toContain(folder);
    }
  });

  it('keeps timings and tier counts in the manifest, and no path', () => {
    const text = readFileSync(join(folder, 'whole', 'tiny.manifest.json'), 'utf8');
    const manifest = JSON.parse(text) as { finished: number; host: { tiers: object; points: unknown[] } };
    expect(manifest.finished).toBe(11);
    expect(manifest.host.points).toHaveLength(11);
    expect(Object.keys(manifest.host.tiers).length).toBeGreaterThan(0);
    expect(text).not.toContain(folder);
    expect(expected).not.toMatch(/milliseconds|int16/);
  });

  it('gives the same bytes with two workers', async () => {
    const { out, args } = arm('two', '--threads', '2');
    expect((await performed(args)).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(expected);
  });

  it('recomputes points whose files are cut or gone, and nothing else', async () => {
    const { out, args } = copy('damaged');
    const points = join(folder, 'damaged', 'tiny.journal', 'points');
    const files = readdirSync(points).sort();
    truncateSync(join(points, files[0]!), 40);
    rmSync(join(points, files[1]!));
    writeFileSync(join(points, files[2]!), readFileSync(join(points, files[3]!)));
    rmSync(out);
    const ran = await performed([...args, '--resume']);
    expect(ran.err).toContain('8 kept');
    expect(ran.code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(expected);
  });

  it('stops cleanly on Ctrl-C, says how to go on, and does', async () => {
    const { out, args } = arm('stopped', '--threads', '1');
    const happened = () => finished('stopped') > 0;
    const ran = await cheetahUntil(args, { folder: join(folder, 'stopped'), happened }, 'SIGINT');
    expect(ran.err).toMatch(/stopped: \d+ of 11 rows are kept.*--resume/);
    expect(ran.code).toBe(130);
    expect((await performed([...args, '--resume'])).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(expected);
  });

  it('asks before it touches unfinished points, and refuses those of another spec', async () => {
    const { out, args } = copy('asked');
    const journal = join(folder, 'asked', 'tiny.journal', 'points');
    rmSync(join(journal, readdirSync(journal)[0]!));
    const again = await performed(args);
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/^cheetah: .*10 of 11 points.*--resume.*--fresh.*\n$/);
    const other = join(folder, 'other.yaml');
    writeFileSync(other, readFileSync(spec, 'utf8').replace('posit6es1', 'posit6es0'));
    const refused = await performed(['sweep', other, '--out', out, '--resume']);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^cheetah: .*another sweep.*--fresh.*\n$/);
    expect(readFileSync(out, 'utf8')).toBe(expected);
  });

  it('shows the plan without running it', async () => {
    const ran = await performed(['sweep', spec, '--plan', '--out', join(folder, 'plan', 'x.csv')]);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('10 points');
    expect(ran.out).toContain('1 × affine under rounding');
    expect(ran.out).toContain('fixed5 (best fraction bits)');
    expect(ran.out).toMatch(/^ {2}time +about .* on \d+ of \d+ cores.*: an estimate, from \d points timed/m);
    expect(ran.out).not.toContain('posit6es1  linear:mse  emac  seed 0');
    expect(existsSync(join(folder, 'plan'))).toBe(false);
  });

  it('lists every point of the plan on request, or gives all of it as JSON', async () => {
    expect((await performed(['sweep', spec, '--points'])).out).toContain(
      '\nposit6es1  linear:mse  emac  seed 0\n',
    );
    const words = ['sweep', spec, '--plan', '--json', '--threads', '1', '--quiet'];
    const plan = JSON.parse((await performed(words)).out);
    expect(plan.points).toHaveLength(10);
    expect(plan.skipped).toEqual({ 'affine under rounding': 1, 'pow2int under rounding': 1 });
    expect(plan.estimate.threads).toBe(1);
    expect(plan.estimate.seconds).toBeGreaterThan(0);
    expect(plan.work.macs).toBe(plan.work.images * plan.network.macs);
  });

  it('gives the rows as JSON, with no progress where quiet', async () => {
    const { out, args } = copy('json');
    const ran = await performed([...args, '--resume', '--json', '--quiet']);
    expect(ran.err).toBe('');
    const result = JSON.parse(ran.out);
    expect(result).toMatchObject({ csv: out, ended: 'complete', finished: 11, total: 11, failures: [] });
    expect(result.rows).toHaveLength(ROWS);
    expect(result.rows[0]).toMatchObject({ quantizer: null, dataflow: 'float', drop: 0 });
  });

  it('evaluates one point to the row the sweep has', async () => {
    const model = join(folder, 'model');
    const trained = await performed([
      'train',
      '--network',
      network,
      '--dataset',
      'strokes',
      '--epochs',
      '2',
      '--train-images',
      '200',
      '--test-images',
      '60',
      '--out',
      model,
    ]);
    expect(trained.err).not.toContain('cheetah:');
    const ran = await performed([
      'evaluate',
      'posit6es1',
      '--weights',
      model,
      '--test-images',
      '60',
      '--calibration-images',
      '50',
      '--json',
    ]);
    expect(ran.code).toBe(0);
    const row = JSON.parse(ran.out) as Record<string, unknown>;
    expect(row.format).toBe('posit6es1');
    expect(row.test_images).toBe(60);
    const swept = readRows(join(folder, 'whole', 'tiny.csv')).find(
      ({ format, quantizer, cost }) =>
        format === 'posit6es1' && quantizer === row.quantizer && cost === row.cost,
    )!;
    expect(row).toMatchObject({
      accuracy: Number(swept.accuracy),
      drop: Number(swept.drop),
      energy_pj: Number(swept.energyPj),
      weights_hash: swept.weightsHash,
    });
  });
});
