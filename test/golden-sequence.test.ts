/** Golden vectors of networks that read a sequence, recomputed by the independent programs: conv1d-tiny, and windows of every kind. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../networks/files/model.js';
import { initialParameters } from '../networks/parameters.js';
import { parseNetwork } from '../networks/schema.js';
import { getNetwork } from '../networks/zoo/registry.js';
import { idxImages, idxLabels, temporaryFolder, write } from './datasets/made.js';
import { checkIntegers } from './golden-integer-program.js';
import { checkVectors } from './golden-program.js';
import { makeVectors } from './golden-vectors.js';

const folder = temporaryFolder();

/** Padding by a rule and by numbers, strides, dilation and groups. */
function windows() {
  const node = (name: string, operator: object, input: string) => ({ name, operator, inputs: [input] });
  const uneven = { type: 'conv1d', filters: 6, kernel: 5, stride: 3, padding: { before: 4, after: 1 } };
  const sparse = { type: 'conv1d', filters: 4, kernel: 4, dilation: 3, groups: 2, padding: 'same-lower' };
  const nodes = [
    node('uneven', uneven, 'input'),
    node('relu', { type: 'activation', activation: 'relu' }, 'uneven'),
    node('sparse', sparse, 'relu'),
    node('flat', { type: 'flatten' }, 'sparse'),
    node('out', { type: 'dense', units: 10 }, 'flat'),
  ];
  return parseNetwork({ name: 'windows', input: [196, 1], classes: 10, nodes }, 'the test');
}

beforeAll(async () => {
  for (const [part, count] of [
    ['train', 600],
    ['t10k', 20],
  ] as const) {
    const labels = Array.from({ length: count }, (_, i) => i % 10);
    write(folder, `${part}-images-idx3-ubyte`, idxImages(count));
    write(folder, `${part}-labels-idx1-ubyte`, idxLabels(labels));
  }
  for (const network of [getNetwork('conv1d-tiny', [196, 1], 10), windows()]) {
    await saveModel(join(folder, network.name), { network, parameters: initialParameters(network, 3) });
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const vectors = (model: string, dataflow: string, ...formats: string[]): Promise<string> =>
  makeVectors(folder, `${model}-${dataflow}`, [
    ...formats,
    ...['--dataflow', dataflow, '--weights', join(folder, model), '--dataset', 'mnist-14', '--data', folder],
  ]);

describe.each(['windows', 'conv1d-tiny'])('golden vectors of %s', (model) => {
  it('in codes with exact sums are recomputed', async () => {
    const { compared, mismatches } = checkVectors(
      await vectors(model, 'emac', 'posit8es1'),
      join(folder, model),
    );
    expect(mismatches.slice(0, 5)).toEqual([]);
    expect(compared).toBeGreaterThan(2 * 196 + 200);
  });

  it.each([
    [
      'integer-tflite',
      'affine8s',
      '--activations',
      'affine8',
      '--granularity',
      'channel',
      '--quantizer',
      'linear:max',
    ],
    ['integer-jacob', 'affine8', '--quantizer', 'linear:max'],
    ['integer-yao', 'pow2int8', '--quantizer', 'linear:yao'],
  ])('in %s are recomputed', async (dataflow, ...formats) => {
    const { compared, mismatches } = checkIntegers(
      await vectors(model, dataflow, ...formats),
      join(folder, model),
    );
    expect(mismatches.slice(0, 5)).toEqual([]);
    expect(compared).toBeGreaterThan(2 * 196 + 200);
  });
});
