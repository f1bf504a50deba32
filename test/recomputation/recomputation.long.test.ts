import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareRows } from '../../report/compare.js';
import { runSweep } from '../../sweep/run.js';
import { parseSpec } from '../../sweep/spec.js';
import { verdictInWords } from '../../sweep/statistics/verdict.js';
import { type Recomputed, recomputed } from './committed.js';
import { differences } from './comparing.js';
import { pairsOf } from './pairs.js';
import { chance, share } from './writing.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-recomputation-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const python = spawnSync('python3', ['--version']).status === 0;
if (!python) console.warn('no python3: docs/recompute.py is not tried');
const script = join(import.meta.dirname, '../../docs/recompute.py');

const SEEDS = { one: '[7]', three: '[0, 1, 2]' } as const;

/** Few images, so that narrow formats differ, ties are seen and some points are not decided. */
async function run(name: keyof typeof SEEDS): Promise<string> {
  const spec = parseSpec(
    `name: ${name}
dataset: strokes
testImages: 150
network: mlp4
training: { epochs: 1, trainImages: 300 }
format: [posit8es1, posit4es0, fixed6]
quantizer: [rounding, linear]
logits: [accumulator, rounded]
calibrationImages: 30
units: [1, 16]
seed: ${SEEDS[name]}
`,
    `${name}.yaml`,
  );
  const progress = { note() {}, begin() {}, reach() {}, end() {} };
  await runSweep(spec, {
    out: join(folder, `${name}.csv`),
    threads: 1,
    mode: 'resume',
    plugins: [],
    progress,
  });
  return join(folder, name);
}

describe.each(['one', 'three'] as const)('a sweep of %s seeds', (name) => {
  let base = '';
  let sweep: Recomputed;
  beforeAll(async () => {
    base = await run(name);
    sweep = recomputed(base);
  });

  it('says nothing that does not follow from its predictions', () => {
    expect(sweep.complaints).toEqual([]);
    expect(differences(sweep.written, sweep.computed)).toEqual([]);
  });

  it('has verdicts of several kinds, points priced twice and probabilities between 0 and 1', () => {
    expect(new Set(sweep.written.map(({ verdict }) => verdict)).size).toBeGreaterThan(2);
    expect(new Set(sweep.written.map(({ units }) => units)).size).toBe(2);
    const front = sweep.written.map((line) => Number(line.front_probability));
    expect(front.some((share) => share > 0.01 && share < 0.99)).toBe(true);
  });

  it.skipIf(!python).each([1, 5])('is in line %d what docs/recompute.py says', (line) => {
    const { stdout, stderr } = spawnSync('python3', [script, base, String(line)], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const [, ...found] = stdout.trimEnd().split('\n');
    const cells = found.map((text) => text.split(/ +/) as [string, string, string]);
    const written = Object.fromEntries(cells.map(([name, cell]) => [name, cell]));
    const computed = Object.fromEntries(cells.map(([name, , cell]) => [name, cell]));
    expect(written).toEqual(
      Object.fromEntries(cells.map(([name]) => [name, sweep.written[line - 1]![name]])),
    );
    expect(Object.keys(computed).length).toBe(line === 1 ? 2 : 7);
    expect(differences([written], [computed])).toEqual([]);
  });

  it('says of pairs what follows from their predictions', () => {
    const at = { logits: 'accumulator', quantizer: 'rounding' };
    const computed = pairsOf(sweep.table, sweep.predictions, [
      { format: 'float32' },
      { format: 'posit8es1', ...at },
      { format: 'posit4es0', ...at },
      { format: 'posit4es0', ...at, quantizer: 'linear' },
    ]);
    const names = ['posit8es1,rounding', 'posit4es0,rounding', 'posit4es0,linear'];
    const pairs = compareRows(
      `${base}.csv`,
      ['float32', ...names.map((name) => `${name},logits=accumulator`)],
      0.005,
    );
    const written = pairs.map(({ interval, p, correctedP, verdict }) => ({
      drop_low: share(interval.low),
      drop_high: share(interval.high),
      p: chance(p),
      corrected_p: chance(correctedP),
      verdict: verdictInWords(verdict),
    }));
    expect(differences(written, computed)).toEqual([]);
    expect(new Set(written.map(({ verdict }) => verdict)).size).toBeGreaterThan(1);
  });

  it('is compared in every cell', () => {
    for (const [i, line] of sweep.written.entries()) {
      for (const head of Object.keys(line)) {
        const changed = sweep.written.with(i, { ...line, [head]: `${line[head]}9` });
        expect(differences(changed, sweep.computed)).toEqual([
          expect.stringContaining(`line ${i + 1}, ${head}:`),
        ]);
      }
    }
  });
});
