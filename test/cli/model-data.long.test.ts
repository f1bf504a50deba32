import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { loadModel } from '../../networks/files/model.js';
import { MODEL_FILE } from '../../networks/files/model-files.js';
import { performed } from './in-process.js';

/** Rows of noise under labels of noise: whoever is right far more often than by chance has seen the rows before. */
function noise(seed: number, classes = ['no', 'yes']): string {
  const stream = new Stream(seed, 'dataset');
  const uniform = (): number => stream.uniform();
  const rows = Array.from({ length: 120 }, (_, row) => {
    const features = Array.from({ length: 6 }, () => uniform().toFixed(4));
    return [...features, row < 2 ? classes[row] : classes[uniform() < 0.5 ? 0 : 1]].join(',');
  });
  return `${rows.join('\n')}\n`;
}

const root = mkdtempSync(join(tmpdir(), 'cheetah-model-data-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: string[]): string => join(root, ...names);
const work = at('work');
const evaluate = (...options: string[]) =>
  performed(['evaluate', 'float32', '--calibration-images', '50', '--json', ...options], { cwd: work });
const rowOf = async (ran: Promise<{ out: string }>): Promise<Record<string, unknown>> =>
  JSON.parse((await ran).out) as Record<string, unknown>;

beforeAll(async () => {
  for (const folder of ['work', 'elsewhere', 'data/tables']) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('work', 'noise.csv'), noise(1));
  const ran = await performed(
    [
      'train',
      '--network',
      'mlp4',
      '--dataset',
      'noise.csv',
      '--epochs',
      '60',
      '--decay',
      '0',
      '--seed',
      '3',
      '--out',
      'm',
    ],
    { cwd: work },
  );
  expect(ran.code).toBe(0);
});

describe('a saved model and its data', () => {
  it('is evaluated on the test rows of its own training, whatever the seed, with no data set named', async () => {
    const { notes, data } = await loadModel(at('work', 'm'));
    expect(data).toMatchObject({ dataset: 'noise.csv', seed: 3, classes: ['no', 'yes'], train: 80 });
    const tested = (notes.testCorrect as number) / (notes.testCount as number);
    for (const named of [
      [],
      ['--dataset', 'noise.csv'],
      ['--dataset', at('work', 'noise.csv'), '--seed', '5'],
    ]) {
      const row = await rowOf(evaluate('--weights', 'm', ...named));
      expect(row.baseline).toBeCloseTo(tested, 6);
      expect(row).toMatchObject({ trained_on: 'noise.csv', test_images: 40, dataset: 'noise' });
    }
  });

  it('sees the same rows under another name of the file as the same rows', async () => {
    copyFileSync(at('work', 'noise.csv'), at('work', 'copy.csv'));
    const own = await rowOf(evaluate('--weights', 'm'));
    const copy = await rowOf(evaluate('--weights', 'm', '--dataset', 'copy.csv'));
    expect(copy.dataset_hash).toBe(own.dataset_hash);
    expect(copy.accuracy).toBe(own.accuracy);
  });

  it('is the same by the name of its weights, and by a table that is packed or in capitals', async () => {
    const own = await rowOf(evaluate('--weights', 'm'));
    expect(await rowOf(evaluate('--weights', 'm/weights.safetensors'))).toEqual(own);
    for (const name of ['packed/noise.csv.gz', 'packed/NOISE.CSV']) {
      mkdirSync(at('work', 'packed'), { recursive: true });
      const rows = noise(1).trimEnd().split('\n').toReversed().join('\n');
      writeFileSync(at('work', name), name.endsWith('gz') ? gzipSync(rows) : rows);
      const ran = await evaluate('--weights', 'm', '--dataset', name);
      expect(ran.err).toMatch(/is not the noise\.csv that the model/);
      expect(ran.code).toBe(1);
    }
  });

  it('is not replaced by another training without --fresh', async () => {
    const other = ['train', '--network', 'mlp4', '--dataset', 'noise.csv', '--epochs', '1', '--out', 'm'];
    const before = readFileSync(at('work', 'm', MODEL_FILE));
    const ran = await performed(other, { cwd: work });
    expect(ran.err).toMatch(
      /cheetah: m\/checkpoint\.safetensors is of another training: .* differs; --fresh replaces it, another --out keeps it\n$/,
    );
    expect(ran.code).toBe(1);
    expect(readFileSync(at('work', 'm', MODEL_FILE))).toEqual(before);
  });

  it('finds a table beside the model and in --data, and says where it looked', async () => {
    const move = (to: string): void => {
      copyFileSync(at('work', 'noise.csv'), to);
    };
    for (const file of ['model.json', 'weights.safetensors']) {
      mkdirSync(at('elsewhere', 'm'), { recursive: true });
      copyFileSync(at('work', 'm', file), at('elsewhere', 'm', file));
    }
    const own = await rowOf(evaluate('--weights', 'm'));
    const from = (...options: string[]) =>
      performed(
        [
          'evaluate',
          'float32',
          '--calibration-images',
          '50',
          '--json',
          '--weights',
          at('elsewhere', 'm'),
          ...options,
        ],
        { cwd: at('data') },
      );
    expect((await from()).err).toMatch(
      /^cheetah: the model in .* was trained on the table noise\.csv, which is not in the working folder, beside the model or in --data; [^\n]*\n$/,
    );
    move(at('data', 'tables', 'noise.csv'));
    expect((await rowOf(from('--data', at('data')))).accuracy).toBe(own.accuracy);
    move(at('elsewhere', 'noise.csv'));
    expect((await rowOf(from())).accuracy).toBe(own.accuracy);
  });

  it('takes another set of equal shape and classes, and its row says what the model was trained on', async () => {
    writeFileSync(at('work', 'other.csv'), noise(2));
    expect(await rowOf(evaluate('--weights', 'm', '--dataset', 'other.csv'))).toMatchObject({
      dataset: 'other',
      trained_on: 'noise.csv',
    });
  });

  it.each([
    [
      'other class names',
      'classes.csv',
      () => noise(1, ['left', 'right']),
      /has the classes left, right, but .* with no, yes/,
    ],
    [
      'the same table with a row more',
      'work2/noise.csv',
      () => `${noise(1)}1,2,3,4,5,6,no\n`,
      /not the noise\.csv that the model/,
    ],
    [
      'the same table with a cell changed',
      'work2/noise.csv',
      () => noise(1).replace(/^0\./, '1.'),
      /not the noise\.csv that the model/,
    ],
  ])('refuses %s', async (_, name, content, message) => {
    mkdirSync(at('work', 'work2'), { recursive: true });
    writeFileSync(at('work', name), content());
    const ran = await evaluate('--weights', 'm', '--dataset', name);
    expect(ran.err.trimEnd().split('\n').at(-1)).toMatch(message);
    expect(ran.code).toBe(1);
  });

  it('serves layers and sweeps without a data set named as well', async () => {
    const layers = await performed(
      ['layers', '--weights', 'm', '--format', 'int8', '--calibration-images', '20', '--json'],
      {
        cwd: work,
      },
    );
    expect(layers.code).toBe(0);
    writeFileSync(at('work', 's.yaml'), 'name: s\nweights: m\nformat: [posit8es1]\ncalibrationImages: 20\n');
    const sweep = await performed(['sweep', 's.yaml'], { cwd: work });
    expect(sweep.err).not.toContain('cheetah:');
    const csv = readFileSync(at('work', 'results', 's.csv'), 'utf8').split('\n');
    const column = csv[0]!.split(',').indexOf('trained_on');
    expect(csv.slice(1, -1).map((line) => line.split(',')[column])).toEqual(['noise.csv', 'noise.csv']);
  });

  it('keeps its seed of the built-in set, and every bit of its description is watched', async () => {
    const out = at('work', 'strokes');
    const trained = await performed([
      'train',
      '--network',
      'mlp4',
      '--epochs',
      '1',
      '--seed',
      '4',
      '--train-images',
      '100',
      '--test-images',
      '50',
      '--out',
      out,
    ]);
    expect(trained.code).toBe(0);
    const { notes } = await loadModel(out);
    const row = await rowOf(evaluate('--weights', out, '--test-images', '50'));
    expect(row.baseline).toBeCloseTo((notes.testCorrect as number) / 50, 6);
    expect(row.trained_on).toBe('strokes');
    const file = join(out, MODEL_FILE);
    const text = readFileSync(file, 'utf8');
    for (const [from, to] of [
      ['"seed": 4', '"seed": 5'],
      ['"train": 100', '"train": 101'],
      [`"testCorrect": ${notes.testCorrect}`, '"testCorrect": 50'],
      ['"relu"', '"relu6"'],
    ] as const) {
      expect(text).toContain(from);
      writeFileSync(file, text.replace(from, to));
      await expect(loadModel(out)).rejects.toThrow(/model\.json is altered \(its digest differs\)/);
    }
  });
});
