/** A training on several threads has the weights of one on one; more batches and threads: threads.long.test.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { weightsHash } from '../../../networks/files/model.js';
import { defineOperator } from '../../../networks/operators/operator.js';
import { registerOperator } from '../../../networks/operators/registry.js';
import { SHARDS, shardOf } from '../../../networks/training/shards.js';
import { train } from '../../../networks/training/train.js';
import { DATASET, hashOf, TINY, trained } from './bars.js';
import { EVERYTHING, expectSameAfterStop, JOINED } from './threaded.js';

const root = mkdtempSync(join(tmpdir(), 'cheetah-threads-'));
afterAll(() => rmSync(root, { recursive: true }));

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
    for (const threads of [2, 16]) {
      const several = await trained(EVERYTHING, { threads });
      expect(weightsHash(several.parameters), `${threads} threads`).toBe(weightsHash(one.parameters));
      expect(several.history).toEqual(one.history);
      expect(several.test).toEqual(one.test);
    }
  });

  it('wait for one another where batch-norm ends the network, batches of any size', async () => {
    const run = (threads: number, batch: number) =>
      hashOf(train(JOINED, DATASET, { ...TINY, epochs: 2, batch }, { threads }));
    for (const batch of [5, 61]) {
      const one = await run(1, batch);
      expect(await run(2, batch)).toBe(one);
    }
  });

  it.each([
    [1, 2],
    [2, 1],
  ])(
    'stop in the middle of an epoch, %i of them, and %i go on to the same weights',
    async (before, after) => {
      await expectSameAfterStop(join(root, `${before}-${after}`), before, after);
    },
  );

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
