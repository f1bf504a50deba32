import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readRows } from '../../sweep/rows.js';
import { performed } from './in-process.js';
import { writeSmallNetwork } from './small-network.js';

const cwd = mkdtempSync(join(tmpdir(), 'cheetah-sensitivity-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
const cheetah = (...args: string[]) => performed(args, { cwd });
const layers = (...args: string[]) =>
  cheetah('layers', '--sensitivity', '--weights', 'm', '--calibration-images', '64', ...args);
type Plain = Record<string, string | number>;

beforeAll(async () => {
  const network = writeSmallNetwork(cwd);
  const ran = await cheetah(
    ...[
      'train',
      '--network',
      network,
      '--dataset',
      'strokes',
      '--train-images',
      '400',
      '--test-images',
      '80',
    ],
    ...['--epochs', '6', '--out', 'm'],
  );
  expect(ran.code).toBe(0);
});

describe('cheetah layers --sensitivity', () => {
  it('has two formats in one network, which integers have not', async () => {
    const ran = await layers('--format', 'affine8', '--dataflow', 'integer-jacob');
    expect(ran.complaint).toContain(
      '--dataflow integer-jacob does not go with --sensitivity, which runs layers in two formats',
    );
    const alone = await cheetah('layers', '--weights', 'm', '--requantize', 'single');
    expect(alone.complaint).toContain('--requantize belongs to --dataflow integer-tflite or integer-jacob');
  });

  it('writes an assignment that evaluate and a sweep run with the accuracy it states', async () => {
    const options = ['--format', 'posit4es1', '--margin', '0.5', '--test-images', '150'];
    const ran = await layers(...options, '--assignment', 'found.yaml', '--json');
    expect(ran.complaint).toBeUndefined();
    expect(ran.err).toMatch(/^wrote found\.yaml, for `cheetah evaluate found\.yaml`/m);
    const records = JSON.parse(ran.out) as Plain[];
    const [first] = records as [Plain];
    expect(records.map(({ rank }) => rank)).toEqual([1, 2, 3]);
    expect(first).toMatchObject({ ranking_images: 'validation', test_images: 150, margin_points: 0.5 });
    const written = parse(readFileSync(join(cwd, 'found.yaml'), 'utf8')) as { layers: object };
    const widened = records.filter(({ in_assignment }) => in_assignment === 'wide').map(({ layer }) => layer);
    expect(Object.keys(written.layers)).toEqual(widened);
    expect(first.widened).toBe(widened.length);
    expect(widened.length).toBeGreaterThan(0);

    const common = ['--weights', 'm', '--calibration-images', '64', '--test-images', '150', '--threads', '1'];
    const row = JSON.parse((await cheetah('evaluate', 'found.yaml', ...common, '--json')).out) as Plain;
    expect(row.accuracy).toBe(first.test_accuracy);
    expect(row.format).toBe(`posit4es1-${widened.length}-of-3-wide`);

    const fields = { name: 's', weights: 'm', testImages: 150, calibrationImages: 64 };
    writeFileSync(join(cwd, 's.json'), JSON.stringify({ ...fields, format: ['found.yaml', 'posit4es1'] }));
    const swept = await cheetah('sweep', 's.json', '--out', 's.csv', '--threads', '1');
    expect(swept.complaint).toBeUndefined();
    const found = readRows(join(cwd, 's.csv'), 9).find(({ format }) => format === row.format)!;
    expect(found.accuracy).toBe(first.test_accuracy);
  });

  it('writes one file a format, JSON too, and the same CSV on any number of threads', async () => {
    const options = ['--format', 'posit5es1,int8/posit5es1', '--margin', '100', '--assignment', 'each.json'];
    const csv = await layers(...options, '--csv', '--threads', '1');
    expect((await layers(...options, '--csv', '--threads', '3')).out).toBe(csv.out);
    expect(JSON.parse(readFileSync(join(cwd, 'each-posit5es1.json'), 'utf8'))).toEqual({
      name: 'posit5es1-0-of-3-wide',
      weights: 'posit5es1',
      activations: 'posit5es1',
      layers: {},
    });
    const pair = JSON.parse(readFileSync(join(cwd, 'each-int8-posit5es1.json'), 'utf8')) as Plain;
    expect(pair).toMatchObject({ weights: 'affine8s', activations: 'posit5es1' });
    const { data } = Papa.parse<Plain>(csv.out, { header: true, skipEmptyLines: true });
    expect(data.map(({ format }) => format)).toEqual([
      ...Array(3).fill('posit5es1'),
      ...Array(3).fill('int8/posit5es1'),
    ]);
    const ran = await cheetah('evaluate', 'each-int8-posit5es1.json', '--weights', 'm', '--test-images', '9');
    expect(ran.out).toMatch(/in int8\/posit5es1-0-of-3-wide: /);
  });

  it('prints both tables, and draws formats and layers with the values in the cells', async () => {
    const ran = await layers('--format', 'posit4es1,posit6es1', '--plot', 'map.svg');
    expect(ran.out).toMatch(
      /^accuracy lost layer by layer: two-dense on 100 validation images of strokes, quantizer linear:mse\n/,
    );
    expect(ran.out).toMatch(/\nlayers widened to float32e8m23 until at most 0.5 points are lost\n/);
    const svg = readFileSync(join(cwd, 'map.svg'), 'utf8');
    for (const text of [
      'posit4es1',
      'posit6es1',
      'input',
      'dense1',
      'dense2',
      'Which layer hurts: two-dense',
    ])
      expect(svg).toContain(text);
    const lines = ran.out.split('\n').filter((line) => /\[.*\].*\[/.test(line) && !/ of 3 /.test(line));
    expect(lines).toHaveLength(6);
    for (const line of lines) {
      const [, lost, low, high] = /(-?[\d.]+) +\[(-?[\d.]+), (-?[\d.]+)\]/.exec(line)!;
      expect(svg).toContain(`>${lost}<`);
      expect(svg).toContain(`>${low} to ${high}<`);
    }
    await layers('--format', 'posit4es1,posit6es1', '--plot', 'again.svg');
    expect(readFileSync(join(cwd, 'again.svg'), 'utf8')).toBe(svg);
  });

  it('ranks on calibration images where nobody says what the training saw, and says so in one line', async () => {
    const weights = join('m', 'weights.safetensors');
    const foreign = 'foreign.safetensors';
    writeFileSync(join(cwd, foreign), readFileSync(join(cwd, weights)));
    const ran = await cheetah(
      ...['layers', '--sensitivity', '--network', 'two-dense.json', '--weights', foreign, '--threads', '1'],
      ...[
        '--dataset',
        'strokes',
        '--calibration-images',
        '50',
        '--test-images',
        '20',
        '--format',
        'posit4es1',
      ],
    );
    expect(ran.err).toMatch(
      /^nobody says which images these weights were not trained on: .*calibration images/m,
    );
    expect(ran.out).toMatch(
      /two-dense on 50 calibration images of strokes \(the training may have seen them\)/,
    );
    expect(ran.out).toMatch(/\nlost: on the calibration images/);
  });

  it.each([
    [['--margin', '101'], /--margin 101: give percentage points from 0 to 100/],
    [['--wide', 'posit8es1'], /posit8es1 is narrow and wide/],
    [['--wide', 'wide'], /wide/],
    [['--plot', 'map.gif'], /'map\.gif' is no name of a figure; end it in \.svg/],
    [['--assignment', 'found'], /--assignment found: give a name that ends in \.yaml, \.yml or \.json/],
    [['--quantizer', 'rounding'], /affine8s does not go with quantizer 'rounding'/],
    [['--threads', '0'], /--threads 0/],
    [['--test-images', '0'], /0/],
  ])('refuses %j in one line', async (more, pattern) => {
    const { complaint, code } = await cheetah(
      ...['layers', '--sensitivity', '--weights', 'm', '--format', 'posit8es1,int8'],
      ...more,
    );
    expect(code).toBe(1);
    expect(complaint).toMatch(pattern);
    expect(complaint).not.toMatch(/\n/);
  });

  it('its options are refused without it', async () => {
    for (const option of [
      '--margin=1',
      '--wide=int8',
      '--plot=a.svg',
      '--assignment=a.yaml',
      '--threads=1',
    ]) {
      const { complaint } = await cheetah('layers', '--weights', 'm', option);
      expect(complaint).toContain(`${option.split('=')[0]} belongs to --sensitivity`);
    }
  });
});

describe('a file of an assignment', () => {
  it.each([
    ['missing.yaml', undefined, [], /missing\.yaml/],
    ['list.yaml', '- posit8es1', [], /list\.yaml is no assignment; give fields/],
    ['bad.json', '{"weights": "posit8es1"}', [], /format.*weights/],
    ['layer.yaml', 'weights: int8\nactivations: int8\nlayers: {no: {weights: int8}}', [], /no layer 'no'/],
    [
      'more.yaml',
      'weights: int8\nactivations: int8',
      ['--layer', 'dense1=int8'],
      /leave out --activations and/,
    ],
  ])('%s is refused in one line', async (name, content, more, pattern) => {
    if (content !== undefined) writeFileSync(join(cwd, name), content);
    const { complaint } = await cheetah('evaluate', name, '--weights', 'm', ...more);
    expect(complaint).toMatch(pattern);
    expect(complaint).not.toMatch(/\n/);
  });
});
