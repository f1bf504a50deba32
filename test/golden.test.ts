import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../networks/files/model.js';
import { initialParameters } from '../networks/parameters.js';
import { parseNetwork } from '../networks/schema.js';
import { readTensors } from './golden-files.js';
import { exactNumber } from './golden-fractions.js';
import { checkVectors } from './golden-program.js';
import * as golden from './golden-vectors.js';

let folder = '';

beforeAll(async () => {
  folder = await golden.makeFolder();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const vectors = (name: string, ...options: string[]) => golden.makeVectors(folder, name, options);

describe('golden vectors', () => {
  it.each([
    ['posit8es1', 'linear:mse'],
    ['fixed8q5', 'rounding'],
    ['affine8', 'linear:max'],
  ])('an independent program recomputes every code of %s under %s', async (format, quantizer) => {
    await golden.expectRecomputed(folder, format, quantizer);
  });

  it('also with one scale a channel, another format of activations and a quantized bias', async () => {
    const options = ['--granularity', 'channel', '--activations', 'float7e3m3', '--bias', 'format'];
    const out = await vectors('channels', 'posit6es1', ...options, '--scale-bits', '8');
    expect(checkVectors(out, join(folder, 'model')).mismatches.slice(0, 5)).toEqual([]);
    const plan = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as {
      steps: { weights?: { scales: string[] } }[];
    };
    expect(plan.steps[0]!.weights!.scales.length).toBeGreaterThan(1);
  });

  it('states one scale for the weights of a grouped layer that has one', async () => {
    const network = parseNetwork(
      {
        name: 'grouped',
        input: [28, 28, 1],
        classes: 10,
        nodes: [
          {
            name: 'c1',
            operator: { type: 'conv2d', filters: 4, kernel: [3, 3], stride: [3, 3] },
            inputs: ['input'],
          },
          { name: 'c2', operator: { type: 'conv2d', filters: 8, kernel: [3, 3], groups: 4 }, inputs: ['c1'] },
          { name: 'f', operator: { type: 'flatten' }, inputs: ['c2'] },
          { name: 'd', operator: { type: 'dense', units: 10 }, inputs: ['f'] },
        ],
      },
      'the test',
    );
    const model = join(folder, 'grouped');
    await saveModel(model, { network, parameters: initialParameters(network, 3) });
    for (const [granularity, scales] of [
      ['tensor', 1],
      ['channel', 8],
    ] as const) {
      const out = await vectors(
        `grouped-${granularity}`,
        'posit8es1',
        '--granularity',
        granularity,
        '--weights',
        model,
      );
      const plan = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as {
        steps: { name: string; weights: { scales: string[] } }[];
      };
      expect(plan.steps.find(({ name }) => name === 'c2')!.weights.scales.length).toBe(scales);
    }
  });

  it('also of windows that are padded unevenly, means, and caps of a layer, of an add and alone', async () => {
    const stretch = { type: 'conv2d', filters: 2, kernel: [4, 2], stride: [3, 2], padding: 'same' };
    const mean = { type: 'pool', pooling: 'average', kernel: [2, 4], stride: [2, 1], padding: 'same' };
    const most = { type: 'pool', pooling: 'max', kernel: [2, 2], stride: [1, 1], padding: 'same' };
    const relu6 = { type: 'activation', activation: 'relu6' };
    const node = (name: string, operator: object, ...inputs: string[]) => ({ name, operator, inputs });
    const nodes = [
      node('conv', stretch, 'input'),
      node('conv6', relu6, 'conv'),
      node('most', most, 'conv6'),
      node('sum', { type: 'add' }, 'conv6', 'most'),
      node('sum6', relu6, 'sum'),
      node('twice', { type: 'add' }, 'sum6', 'sum6'),
      node('mean', mean, 'twice'),
      node('mean6', relu6, 'mean'),
      node('flat', { type: 'flatten' }, 'mean6'),
      node('out', { type: 'dense', units: 10 }, 'flat'),
    ];
    const network = parseNetwork({ name: 'uneven', input: [28, 28, 1], classes: 10, nodes }, 'the test');
    const parameters = initialParameters(network, 3);
    // sums up to 20 and more: many are beyond the cap
    parameters.get('conv.weight')!.data.forEach((_, i, data) => {
      data[i]! *= 8;
    });
    const model = join(folder, 'uneven');
    await saveModel(model, { network, parameters });
    const out = await vectors('uneven-vectors', 'fixed8q3', '--quantizer', 'rounding', '--weights', model);
    const { compared, mismatches } = checkVectors(out, model);
    expect(mismatches.slice(0, 5)).toEqual([]);
    expect(compared).toBeGreaterThan(2 * 784);
  });

  it.each([
    ['fixed8q3', 'rounding'],
    ['posit8es1', 'linear:mse'],
    ['affine8', 'linear:max'],
    ['posit10es1', 'linear:mse'],
  ])('also of padding by explicit numbers, in %s under %s', async (format, quantizer) => {
    const node = (name: string, operator: object, input: string) => ({ name, operator, inputs: [input] });
    // the first two columns of windows lie in the padding alone, and below the last row two lines are in no window
    const wide = {
      filters: 4,
      kernel: [4, 3],
      stride: [4, 3],
      padding: { top: 1, bottom: 5, left: 6, right: 2 },
    };
    const grouped = {
      filters: 6,
      kernel: [2, 3],
      dilation: [3, 1],
      groups: 2,
      padding: { top: 0, bottom: 4, left: 3, right: 0 },
    };
    const point = { filters: 2, kernel: [1, 1], padding: { top: 0, bottom: 0, left: 0, right: 1 } };
    const lower = { filters: 2, kernel: [2, 4], padding: 'same-lower' };
    const most = {
      pooling: 'max',
      kernel: [3, 4],
      stride: [2, 3],
      padding: { top: 2, bottom: 1, left: 0, right: 3 },
    };
    const mean = {
      pooling: 'average',
      kernel: [2, 3],
      stride: [1, 1],
      padding: { top: 0, bottom: 1, left: 2, right: 0 },
    };
    const nodes = [
      node('wide', { type: 'conv2d', ...wide }, 'input'),
      node('grouped', { type: 'conv2d', ...grouped }, 'wide'),
      node('point', { type: 'conv2d', ...point }, 'grouped'),
      node('lower', { type: 'conv2d', ...lower }, 'point'),
      node('most', { type: 'pool', ...most }, 'lower'),
      node('mean', { type: 'pool', ...mean }, 'most'),
      node('flat', { type: 'flatten' }, 'mean'),
      node('out', { type: 'dense', units: 10 }, 'flat'),
    ];
    const network = parseNetwork({ name: 'explicit', input: [28, 28, 1], classes: 10, nodes }, 'the test');
    const model = join(folder, `explicit-${format}`);
    await saveModel(model, { network, parameters: initialParameters(network, 5) });
    const out = await vectors(
      `explicit-${format}-vectors`,
      format,
      '--quantizer',
      quantizer,
      '--weights',
      model,
    );
    const { compared, mismatches } = checkVectors(out, model);
    expect(mismatches.slice(0, 5)).toEqual([]);
    expect(compared).toBeGreaterThan(2 * 784);
  });

  it.each([
    ['posit8es1', 'linear:mse', ['--layer', 'right=posit8es1/posit6es1']],
    ['affine8', 'linear:max', []],
    ['fixed8q3', 'rounding', ['--layer', 'left=fixed8q3/posit10es1']],
  ])('also of concats, pads and a global mean, in %s under %s', async (format, quantizer, options) => {
    const node = (name: string, operator: object, ...inputs: string[]) => ({ name, operator, inputs });
    const conv = { type: 'conv2d', filters: 3, kernel: [3, 3], stride: [3, 3] };
    const nodes = [
      node('alone', { type: 'pad', top: 2, bottom: 0, left: 1, right: 3 }, 'input'),
      node('left', { ...conv, padding: { top: 1, bottom: 0, left: 0, right: 0 } }, 'alone'),
      node('right', { ...conv, filters: 2, padding: { top: 2, bottom: 1, left: 1, right: 3 } }, 'input'),
      node('join', { type: 'concat' }, 'left', 'right', 'left'),
      node('shared', { type: 'pad', top: 1, bottom: 2, left: 0, right: 1 }, 'join'),
      node('inner', { ...conv, filters: 4 }, 'shared'),
      node('mean', { type: 'pool', pooling: 'average', kernel: [3, 3], stride: [3, 3] }, 'shared'),
      node('both', { type: 'concat' }, 'inner', 'mean'),
      node('whole', { type: 'global-pool', pooling: 'average' }, 'both'),
      node('out', { type: 'dense', units: 10 }, 'whole'),
    ];
    const network = parseNetwork({ name: 'joins', input: [28, 28, 1], classes: 10, nodes }, 'the test');
    const model = join(folder, `joins-${format}`);
    await saveModel(model, { network, parameters: initialParameters(network, 5) });
    const out = await vectors(
      `joins-${format}-vectors`,
      ...[format, '--quantizer', quantizer, '--weights', model, ...options],
    );
    const { compared, mismatches } = checkVectors(out, model);
    expect(mismatches.slice(0, 5)).toEqual([]);
    expect(compared).toBeGreaterThan(2 * 784);
  });

  it('notices a code that is off by one', async () => {
    const out = join(folder, 'altered');
    cpSync(golden.placeOf(folder, 'posit8es1', 'linear:mse'), out, { recursive: true });
    const file = join(out, 'vectors.safetensors');
    const bytes = readFileSync(file);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
      string,
      { data_offsets: number[] }
    >;
    const logits = Object.keys(header).find((name) => name.startsWith('edge/dense3'))!;
    bytes[8 + length + header[logits]!.data_offsets[0]!]! ^= 1;
    writeFileSync(file, bytes);
    expect(readTensors(file).size).toBeGreaterThan(5);
    expect(checkVectors(out, join(folder, 'model')).mismatches.length).toBeGreaterThan(0);
  });
});

describe('exactNumber', () => {
  it('reads the three ways exact numbers are written', () => {
    expect(exactNumber('-5')).toEqual({ n: -5n, d: 1n });
    expect(exactNumber('6/7')).toEqual({ n: 6n, d: 7n });
    expect(exactNumber('3*2^-2')).toEqual({ n: 3n, d: 4n });
    expect(exactNumber('3*2^2')).toEqual({ n: 12n, d: 1n });
  });
});
