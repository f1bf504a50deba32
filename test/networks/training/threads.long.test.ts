/** Trainings on more threads, batches and repeats than threads.test.ts has. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { weightsHash } from '../../../networks/files/model.js';
import { train } from '../../../networks/training/train.js';
import { DATASET, hashOf, TINY, trained } from './bars.js';
import { EVERYTHING, expectSameAfterStop, JOINED } from './threaded.js';

const root = mkdtempSync(join(tmpdir(), 'cheetah-threads-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('threads', () => {
  it('give the same weights, three of them too', async () => {
    const one = await trained(EVERYTHING);
    const three = await trained(EVERYTHING, { threads: 3 });
    expect(weightsHash(three.parameters)).toBe(weightsHash(one.parameters));
  });

  it('wait for one another where batch-norm ends the network, again and again', async () => {
    const run = (threads: number, batch: number) =>
      hashOf(train(JOINED, DATASET, { ...TINY, epochs: 2, batch }, { threads }));
    for (const batch of [5, 32, 61]) {
      const one = await run(1, batch);
      for (let again = 0; again < 5; again++) expect(await run(2, batch)).toBe(one);
    }
  });

  it('stop in the middle of an epoch, and more go on to the same weights', async () => {
    await expectSameAfterStop(join(root, '2-3'), 2, 3);
  });
});
