/** cheetah evaluate in words, of weights in a file, with formats of layers, with golden vectors. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { performed } from './in-process.js';
import { writeSmallNetwork } from './small-network.js';

let folder = '';
let network = '';
let model = '';
const evaluated = (format: string, images: number, ...more: string[]) =>
  performed([
    'evaluate',
    format,
    '--weights',
    model,
    '--test-images',
    String(images),
    '--calibration-images',
    '50',
    ...more,
  ]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cheetah-evaluate-'));
  network = writeSmallNetwork(folder);
  model = join(folder, 'model');
  const words = ['train', '--network', network, '--dataset', 'strokes', '--epochs', '2', '--out', model];
  const trained = await performed([...words, '--train-images', '200', '--test-images', '60']);
  expect(trained.code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('cheetah evaluate', () => {
  it('says in words what it found', async () => {
    const readable = await evaluated('fixed5', 60, '--quantizer', 'rounding');
    expect(readable.out).toMatch(/^two-dense on 60 images of strokes in fixed5q\d: \d/);
  });

  it('takes formats of layers, and names them in its row', async () => {
    const layers = ['dense1=int8/', 'input=/fp16', 'dense2=posit<8,0>'].flatMap((one) => ['--layer', one]);
    expect(JSON.parse((await evaluated('posit6es1', 2, ...layers, '--json')).out)).toMatchObject({
      format: 'posit6es1-by-layer',
      layers: 'dense1=affine8s/posit6es1;input=posit6es1/float16e5m10;dense2=posit8es0/posit8es0',
    });
  });

  it('writes golden vectors of formats by layer', async () => {
    const golden = join(folder, 'golden');
    const vectors = await evaluated('posit6es1', 2, '--layer', 'dense1=int8/', '--vectors', golden, '--json');
    expect(JSON.parse(vectors.out).images).toBe(2);
    expect(readFileSync(join(golden, 'plan.json'), 'utf8')).toContain('"affine8s"');
  });

  it('has the same row of weights in a file, but for what such a file does not say', async () => {
    const row = JSON.parse((await evaluated('posit6es1', 60, '--json')).out) as Record<string, unknown>;
    const file = join(folder, 'copy.safetensors');
    copyFileSync(join(model, 'weights.safetensors'), file);
    const words = ['--test-images', '60', '--calibration-images', '50', '--json'];
    const fromFile = await performed([
      'evaluate',
      'posit6es1',
      '--network',
      network,
      '--weights',
      file,
      ...words,
    ]);
    const unknown = { trained_on: null, validation_accuracy: null, validation_images: null };
    expect(JSON.parse(fromFile.out)).toEqual({ ...row, ...unknown });
  });
});
