import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { UserError } from '../../errors.js';
import { changesOf, withChanges } from '../../sweep/class-changes.js';
import { predictionsFile, readPredictions, writePredictions } from '../../sweep/predictions.js';

/** Classes of images, a share of them other than `base`. */
function changed(base: ArrayLike<number>, share: number, word: Stream): Int32Array {
  return Int32Array.from(base, (label) => (word.uniform() < share ? word.below(12) - 1 : label));
}

describe('changes of classes', () => {
  it.each([0, 0.001, 0.02, 0.4, 1])('come back as they were, %f of them changed', (share) => {
    const words = new Stream(3, 'dataset', Math.round(1000 * share));
    const base = Int32Array.from({ length: 20_000 }, () => words.below(10));
    const classes = changed(base, share, words);
    expect(withChanges(base, changesOf(classes, base), 'x')).toEqual(classes);
  });

  it('are two bytes each where they are near, one more for each 7 bits of a gap', () => {
    const zeros = new Int32Array(40_000);
    const at = (...images: number[]): number => {
      const classes = zeros.slice();
      for (const image of images) classes[image] = 1;
      return Buffer.from(changesOf(classes, zeros), 'base64').length;
    };
    expect([at(), at(0), at(127), at(128), at(16_383), at(16_384), at(0, 1, 39_999)]).toEqual([
      0, 2, 2, 3, 3, 4, 8,
    ]);
  });

  it.each([
    ['a gap that does not end', [0x80, 0x80]],
    ['an image without a class', [0]],
    ['more images than there are', [100, 1]],
    ['a gap beyond all bounds', [0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1]],
  ])('with %s are refused', (_, bytes) => {
    const text = Buffer.from(bytes).toString('base64');
    expect(() => withChanges(new Int32Array(100), text, 'p.json')).toThrow(UserError);
    expect(() => withChanges(new Int32Array(100), text, 'p.json')).toThrow(/p\.json does not hold/);
  });
});

describe('the file of predictions', () => {
  let folder = '';
  const words = new Stream(1, 'dataset');
  const labels = Int32Array.from({ length: 500 }, () => words.below(10));
  const baseline = changed(labels, 0.1, words);
  const point = changed(baseline, 0.2, words);
  const entry = (changes: string, rows: number) => ({
    rows: Array.from({ length: rows }, () => ({})),
    changes,
    host: { milliseconds: 0, tiers: {} },
  });
  const entries = [
    { kind: 'baseline', seed: 4, entry: entry(changesOf(baseline, new Int32Array(500)), 2) },
    { kind: 'point', seed: 4, entry: entry(changesOf(point, baseline), 2) },
  ] as const;
  let file = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cheetah-predictions-'));
    file = predictionsFile(join(folder, 'x.csv'));
    writePredictions(file, 'digest', labels, entries);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives labels and classes back, with the rows of the CSV they are of', () => {
    expect(file).toBe(join(folder, 'x.predictions.json'));
    const read = readPredictions(file, 'digest');
    expect(read.labels).toEqual(labels);
    expect(read.runs).toEqual([
      { kind: 'baseline', seed: 4, rows: [0, 1], classes: baseline },
      { kind: 'point', seed: 4, rows: [2, 3], classes: point },
    ]);
  });

  it('of another CSV, damaged or without its baseline is refused in one line', () => {
    expect(() => readPredictions(file, 'other')).toThrow(/is of another CSV/);
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '{"format":"cheetah-predictions-1"}');
    expect(() => readPredictions(broken, 'digest')).toThrow(/damaged or of another kind/);
    writePredictions(broken, 'digest', labels, entries.slice(1));
    expect(() => readPredictions(broken, 'digest')).toThrow(/before its baseline/);
    expect(() => readPredictions(join(folder, 'none.json'), 'digest')).toThrow(/does not exist/);
  });

  it.skipIf(spawnSync('python3', ['--version']).status !== 0)(
    'is read by the ten lines of Python in the documents',
    () => {
      const page = execFileSync('sed', ['-n', '/```python/,/```/p', 'docs/file-formats.md'], {
        encoding: 'utf8',
      });
      const program = `import base64, json
${page.replace(/```(python)?/g, '')}
f = json.load(open(${JSON.stringify(file)}))
zeros = [0] * f['images']
base = classes(f['runs'][0]['changes'], zeros)
print(json.dumps([classes(f['labels'], zeros), base, classes(f['runs'][1]['changes'], base)]))`;
      const read = JSON.parse(execFileSync('python3', ['-c', program], { encoding: 'utf8' })) as number[][];
      expect(read).toEqual([labels, baseline, point].map((classes) => [...classes]));
    },
  );
});
