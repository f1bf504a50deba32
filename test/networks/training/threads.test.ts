/** A training on several threads has the weights of one on one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { weightsHash } from '../../../networks/files/model.js';
import type { Network } from '../../../networks/network.js';
import { defineOperator } from '../../../networks/operators/operator.js';
import { registerOperator } from '../../../networks/operators/registry.js';
import { parseNetwork } from '../../../networks/schema.js';
import { SHARDS, shardOf } from '../../../networks/training/shards.js';
import { TrainingStopped, train } from '../../../networks/training/train.js';
import { DATASET, hashOf, TINY, trained } from './bars.js';

const root = mkdtempSync(join(tmpdir(), 'cheetah-threads-'));
afterAll(() => rmSync(root, { recursive: true }));

const EVERYTHING = {
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
const JOINED: Network = parseNetwork(
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

describe('shards', () => {
  it('are every image once, in order, as even as can be', () => {
    for (const count of [0, 1, 7, 8, 9, 50, 64, 129]) {
      const shards = Array.from({ length: SHARDS }, (_, shard) => shardOf(count, shard));
      let at = 0;
      for (const shard of shards) {
        expect(shard.first).toBe(at);
        expect([Math.floor(count / SHARDS), Math.ceil(count / SHARDS)]).toContain(shard.count);
        at += shard.count;
      }
      expect(at).toBe(count);
    }
  });
});

describe('threads', () => {
  it('give the same weights and history, however many, with every option', async () => {
    const one = await trained(EVERYTHING);
    for (const threads of [2, 3, 16]) {
      const several = await trained(EVERYTHING, { threads });
      expect(weightsHash(several.parameters), `${threads} threads`).toBe(weightsHash(one.parameters));
      expect(several.history).toEqual(one.history);
      expect(several.test).toEqual(one.test);
    }
  });

  it('wait for one another where batch-norm ends the network, batches of any size', async () => {
    const run = (threads: number, batch: number) =>
      hashOf(train(JOINED, DATASET, { ...TINY, epochs: 2, batch }, { threads }));
    for (const batch of [5, 32, 61]) {
      const one = await run(1, batch);
      for (let again = 0; again < 3; again++) expect(await run(2, batch)).toBe(one);
    }
  });

  it('stop in the middle of an epoch, and others go on to the same weights', async () => {
    const whole = await trained(EVERYTHING);
    for (const [before, after] of [
      [1, 2],
      [2, 1],
      [2, 3],
    ] as const) {
      const checkpoint = join(root, `${before}-${after}`);
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
  });

  it('say so in a line where a worker cannot do it, and end', async () => {
    registerOperator(
      defineOperator({
        type: 'known-here',
        schema: z.strictObject({ type: z.literal('known-here') }),
        inputs: 1,
        place: 'anywhere',
        shape: (_, [input]) => input!,
        parameters: () => [],
        macs: () => 0,
        lower: (_, node) => node.pass(),
        layer: (_, { kernels, inputs, output }) => {
          const copy = (from: number, to: number, count: number) =>
            kernels.call.copyBytes(from, to, count * output.size * 4);
          return {
            forward: (count) => copy(inputs[0]!.values, output.values, count),
            backward: (count) => copy(output.gradient, inputs[0]!.gradient, count),
          };
        },
      }),
    );
    const own = {
      ...JOINED,
      nodes: [
        { name: 'mine', operator: { type: 'known-here' } as never, inputs: ['input'] },
        ...JOINED.nodes.map((node) => ({
          ...node,
          inputs: node.inputs.map((input) => (input === 'input' ? 'mine' : input)),
        })),
      ],
    };
    await expect(train(own, DATASET, TINY, { threads: 2 })).rejects.toThrow(
      /^training: operator 'known-here' is unknown; use one of dense/,
    );
    await expect(train(own, DATASET, { ...TINY, epochs: 1 }, { threads: 1 })).resolves.toBeDefined();
  });
});
