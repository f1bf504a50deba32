import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, hashOf } from '../../sweep/hash.js';
import type { Entry } from '../../sweep/journal.js';
import { runSweep, type SweepResult } from '../../sweep/run.js';
import { parseSpec } from '../../sweep/spec.js';

const SPEC = parseSpec(
  `name: bound
dataset: strokes
testImages: 40
network: mlp4
training: { epochs: 1, trainImages: 100 }
format: [posit6es1, affine6]
quantizer: linear
calibrationImages: 20
`,
  'bound.yaml',
);

const folder = mkdtempSync(join(tmpdir(), 'cheetah-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const out = join(folder, 'bound.csv');
const notes: string[] = [];

function run(): Promise<SweepResult> {
  notes.length = 0;
  const progress = { note: (text: string) => void notes.push(text), begin() {}, reach() {}, end() {} };
  return runSweep(SPEC, { out, threads: 1, mode: 'resume', plugins: [], progress });
}

let whole = '';
beforeAll(async () => {
  expect((await run()).computed).toBe(3);
  whole = readFileSync(out, 'utf8');
});

/** Makes an entry say that it ran on other weights, under a digest that is right. */
function rebind(which: (entry: Entry) => boolean): void {
  const points = join(folder, 'bound.journal', 'points');
  for (const name of readdirSync(points)) {
    const file = join(points, name);
    const { key, rows, changes, host } = JSON.parse(readFileSync(file, 'utf8')) as Entry & { key: string };
    if (!which({ rows, changes, host })) continue;
    const other = rows.map((row) => ({ ...row, weights_hash: '0123456789abcdef', accuracy: '0.999999' }));
    const digest = hashOf([key, other, changes, host]);
    writeFileSync(file, `${canonicalJson({ key, digest, rows: other, changes, host })}\n`);
  }
}

describe('a sweep that is gone on with', () => {
  it.each([
    ['a point', (entry: Entry) => entry.rows[0]!.format === 'affine6', 1],
    ['the baseline', (entry: Entry) => entry.rows[0]!.dataflow === 'float', 1],
    ['both points', (entry: Entry) => entry.rows[0]!.dataflow === 'emac', 2],
  ])('computes again %s that ran on other weights, and says which file', async (_, which, count) => {
    rebind(which);
    const result = await run();
    expect(result.written).toBe('same');
    expect(readFileSync(out, 'utf8')).toBe(whole);
    expect(result.computed).toBeGreaterThanOrEqual(count);
    const other = notes.filter((note) =>
      /points\/[0-9a-f]+\.json ran on other weights than seed 0 has now/.test(note),
    );
    // a baseline in doubt is made again in any case
    expect(other.length).toBe(
      which({ rows: [{ dataflow: 'float' }], changes: '', host: { milliseconds: 0, tiers: {} } }) ? 0 : count,
    );
  });

  it('has nothing to do where all is there', async () => {
    const result = await run();
    expect(result).toMatchObject({ computed: 0, finished: 3, written: 'same', ended: 'complete' });
  });
});
