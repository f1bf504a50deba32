import { describe, expect, it } from 'vitest';
import { UserError } from '../../../errors.js';
import { weightsHash } from '../../../networks/files/model.js';
import type { Network } from '../../../networks/network.js';
import { train } from '../../../networks/training/train.js';
import { DATASET, hashOf, NETWORK, node, TINY, trained } from './bars.js';

describe('training', () => {
  it.each([
    ['sgd', 0.03, 'a64e36a6dfb5a7b25bd7438ff0598a465728590592e764123633d8cf5c85f20c'],
    ['adam', 0.02, '704c85b9f31e56619046a9c6255a928e229342fc8aea0202eab97f08f7161f39'],
  ] as const)('%s learns, and gives the same bits every time', async (optimizer, rate, pinned) => {
    const run = await trained({ optimizer, rate });
    const { loss, validationCorrect, validationCount } = run.history.at(-1)!;
    expect(run.test.correct / run.test.count).toBeGreaterThan(0.9);
    expect(validationCorrect / validationCount).toBeGreaterThan(0.9);
    expect(loss).toBeLessThan(run.history[0]!.loss);
    expect(weightsHash(run.parameters)).toBe(await hashOf(trained({ optimizer, rate })));
    expect(weightsHash(run.parameters)).toBe(pinned);
  });

  it('other seeds, rates and schedules give other weights', async () => {
    const options = [
      {},
      { seed: 8 },
      { rate: 0.02 },
      { schedule: 'step' },
      { momentum: 0.8 },
      { decay: 0 },
    ] as const;
    const hashes = [];
    for (const option of options) hashes.push(await hashOf(trained({ epochs: 1, ...option })));
    expect(new Set(hashes).size).toBe(options.length);
  });

  it('says when network and dataset do not fit, and when the loss diverges', async () => {
    const wide = { ...NETWORK, input: [9, 8, 1] };
    await expect(train(wide, DATASET, TINY)).rejects.toThrow(
      /takes \[9, 8, 1\] to 4 classes, but dataset bars/,
    );
    const dense: Network = {
      name: 'flat',
      input: [8, 8, 1],
      classes: 4,
      nodes: [
        node('f', { type: 'flatten' }, 'input'),
        node('d', { type: 'dense', units: 4, bias: 'bias' }, 'f'),
      ],
    };
    const wild = train(dense, DATASET, {
      ...TINY,
      rate: 10,
      decay: 1,
      momentum: 0.99,
      schedule: 'constant',
      epochs: 200,
    });
    await expect(wild).rejects.toThrow(UserError);
  });

  it('tells of progress in order, with what is left', async () => {
    const told: string[] = [];
    await trained(
      { epochs: 2, batch: 20 },
      {
        onProgress: ({ epoch, epochs, batch, batches, accuracy, imagesPerSecond, secondsLeft }) => {
          told.push(`${epoch}/${epochs} ${batch}/${batches}`);
          expect(accuracy).toBeGreaterThanOrEqual(0);
          expect(imagesPerSecond).toBeGreaterThan(0);
          expect(secondsLeft).toBeGreaterThanOrEqual(0);
        },
        onEpoch: ({ epoch, trainCount }) => told.push(`epoch ${epoch} of ${trainCount}`),
      },
    );
    expect(told).toEqual([
      '1/2 16/23',
      '1/2 23/23',
      'epoch 1 of 450',
      '2/2 16/23',
      '2/2 23/23',
      'epoch 2 of 450',
    ]);
  });
});
