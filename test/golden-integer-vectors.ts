/** Models that are not trained, and golden vectors of them by the integer dataflows, made by the command line in this process. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Stream } from '../arithmetic/philox.js';
import { saveModel } from '../networks/files/model.js';
import type { Network } from '../networks/network.js';
import { initialParameters } from '../networks/parameters.js';
import { parseNetwork } from '../networks/schema.js';
import { getNetwork } from '../networks/zoo/registry.js';
import { checkIntegers } from './golden-integer-program.js';
import { makeVectors } from './golden-vectors.js';

export const MODELS = ['lenet5', 'densenet-tiny', 'resnet8', 'uneven'] as const;

/** Windows that are padded unevenly, groups, a capped layer and a capped add, a mean of windows that the border cuts, a pad and an activation of their own. */
function uneven(): Network {
  const node = (name: string, operator: object, ...inputs: string[]) => ({ name, operator, inputs });
  const conv = { type: 'conv2d', filters: 4, kernel: [4, 2], stride: [3, 2], padding: 'same' };
  const relu6 = { type: 'activation', activation: 'relu6' };
  const mean = { type: 'pool', pooling: 'average', kernel: [2, 4], stride: [2, 3], padding: 'same' };
  const nodes = [
    node('conv', conv, 'input'),
    node('conv6', relu6, 'conv'),
    node('deep', { ...conv, kernel: [3, 3], stride: [1, 1], groups: 4 }, 'conv6'),
    node('norm', { type: 'batch-norm' }, 'deep'),
    node('sum', { type: 'add' }, 'conv6', 'norm'),
    node('sum6', relu6, 'sum'),
    node('mean', mean, 'sum6'),
    node('framed', { type: 'pad', top: 1, bottom: 0, left: 2, right: 1 }, 'mean'),
    node('most', { type: 'pool', pooling: 'max', kernel: [2, 2], stride: [1, 1] }, 'framed'),
    node('alone', relu6, 'most'),
    node('flat', { type: 'flatten' }, 'alone'),
    node('out', { type: 'dense', units: 10 }, 'flat'),
  ];
  return parseNetwork({ name: 'uneven', input: [28, 28, 1], classes: 10, nodes }, 'the test');
}

const SCHEMES = {
  tflite: ['affine8s', '--activations', 'affine8', '--granularity', 'channel', '--quantizer', 'linear:max'],
  jacob: ['affine8', '--quantizer', 'linear:max'],
  yao8: ['pow2int8', '--quantizer', 'linear:yao'],
  yao5: ['pow2int5', '--quantizer', 'linear:yao'],
  yao16: ['pow2int16', '--quantizer', 'linear:yao'],
} as const;
export type Scheme = keyof typeof SCHEMES;

export function vectors(folder: string, model: string, scheme: Scheme, requantize?: string): Promise<string> {
  const dataflow = `integer-${scheme.replace(/\d+/, '')}`;
  const options = [...SCHEMES[scheme], '--dataflow', dataflow, '--weights', join(folder, model)];
  const name = `${model}-${scheme}-${requantize}`;
  return makeVectors(folder, name, [...options, ...(requantize ? ['--requantize', requantize] : [])]);
}

/** A new folder with the models in it; batch-norms are not the identity, biases not 0. */
export async function makeModels(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'cheetah-golden-integers-'));
  for (const [seed, name] of MODELS.entries()) {
    const network = name === 'uneven' ? uneven() : getNetwork(name, [28, 28, 1], 10);
    const parameters = initialParameters(network, seed);
    const stream = new Stream(seed, 'weights', 5);
    for (const [key, { data }] of parameters) {
      if (/(gamma|variance)$/.test(key)) data.set(data.map(() => 0.5 + 2 * stream.uniform()));
      if (/(beta|mean|bias)$/.test(key)) data.set(data.map(() => stream.uniform() - 0.5));
      if (key === 'conv.weight') data.set(data.map((w) => 8 * w));
    }
    await saveModel(join(folder, name), { network, parameters });
  }
  return folder;
}

/** Makes them, and expects that the independent program finds the same integers. */
export async function expectRecomputed(folder: string, model: string, scheme: Scheme, requantize?: string) {
  const place = await vectors(folder, model, scheme, requantize);
  const { compared, mismatches } = checkIntegers(place, join(folder, model));
  expect(mismatches.slice(0, 5)).toEqual([]);
  expect(compared).toBeGreaterThan(2 * 784 + 1000);
}
