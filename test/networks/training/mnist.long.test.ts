import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../datasets/load.js';
import { train } from '../../../networks/training/train.js';
import { getNetwork } from '../../../networks/zoo/registry.js';

const data = process.env.CHEETAH_DATA;

describe('the default recipe', () => {
  it.skipIf(!data)(
    'LeNet-5 reaches 98.8 % on MNIST (skipped unless CHEETAH_DATA names the data)',
    async () => {
      const dataset = await loadDataset('mnist', data);
      const { test } = await train(getNetwork('lenet5', dataset.shape, dataset.classes.length), dataset);
      expect(test.correct).toBeGreaterThanOrEqual(9880);
      expect(test.count).toBe(10_000);
    },
  );

  it('LeNet-5 reaches 98 to 99.5 % on the built-in set, in the epochs that npm start takes', async () => {
    const dataset = await loadDataset('strokes');
    const network = getNetwork('lenet5', dataset.shape, dataset.classes.length);
    const { test } = await train(network, dataset, { epochs: 6 });
    expect(test.correct / test.count).toBeGreaterThan(0.98);
    expect(test.correct / test.count).toBeLessThan(0.995);
  });
});
