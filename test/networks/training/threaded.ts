/** What the tests of trainings on several threads share. */
import { expect } from 'vitest';
import { weightsHash } from '../../../networks/files/model.js';
import type { Network } from '../../../networks/network.js';
import { parseNetwork } from '../../../networks/schema.js';
import { TrainingStopped } from '../../../networks/training/train.js';
import { trained } from './bars.js';

export const EVERYTHING = {
  epochs: 3,
  batch: 16,
  optimizer: 'nesterov',
  average: 0.95,
  smoothing: 0.1,
  warmup: 0.5,
  shift: 1,
  flip: 'horizontal',
  cutout: 2,
} as const;

/** Two paths, joined, and a batch-norm as the last thing: nothing but its own sums keeps threads in step there. */
export const JOINED: Network = parseNetwork(
  {
    name: 'joined',
    input: [8, 8, 1],
    classes: 4,
    nodes: [
      {
        name: 'a',
        operator: { type: 'conv2d', filters: 3, kernel: [3, 3], padding: 'same' },
        inputs: ['input'],
      },
      { name: 'an', operator: { type: 'batch-norm' }, inputs: ['a'] },
      { name: 'b', operator: { type: 'conv2d', filters: 3, kernel: [1, 1] }, inputs: ['input'] },
      { name: 'sum', operator: { type: 'add' }, inputs: ['an', 'b'] },
      { name: 'flat', operator: { type: 'flatten' }, inputs: ['sum'] },
      { name: 'dense', operator: { type: 'dense', units: 4 }, inputs: ['flat'] },
      { name: 'last', operator: { type: 'batch-norm' }, inputs: ['dense'] },
    ],
  },
  'test',
);

/** A training stopped in its second epoch on some threads goes on with others to the weights of an unbroken one. */
export async function expectSameAfterStop(checkpoint: string, before: number, after: number): Promise<void> {
  const whole = await trained(EVERYTHING);
  const controller = new AbortController();
  const stopped = trained(EVERYTHING, {
    checkpoint,
    threads: before,
    signal: controller.signal,
    onProgress: ({ epoch }) => {
      if (epoch === 2) controller.abort();
    },
  });
  await expect(stopped).rejects.toThrow(TrainingStopped);
  let first: number | undefined;
  const resumed = await trained(EVERYTHING, {
    checkpoint,
    threads: after,
    start: 'resume',
    onProgress: ({ epoch, batch }) => {
      first ??= epoch * 100 + batch;
    },
  });
  expect(first, 'the second epoch goes on from batch 16, and tells of its last').toBe(229);
  expect(weightsHash(resumed.parameters)).toBe(weightsHash(whole.parameters));
  expect(resumed.history).toEqual(whole.history);
}
