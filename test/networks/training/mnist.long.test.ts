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
      const { history } = await train(getNetwork('lenet5', dataset.shape, dataset.classes.length), dataset);
      expect(history.at(-1)!.testCorrect).toBeGreaterThanOrEqual(9880);
      expect(history.at(-1)!.testCount).toBe(10_000);
    },
  );

  it('LeNet-5 reaches 98 to 99.5 % on the built-in set', async () => {
    const dataset = await loadDataset('strokes');
    const { history } = await train(getNetwork('lenet5', dataset.shape, dataset.classes.length), dataset);
    const { testCorrect, testCount } = history.at(-1)!;
    expect(testCorrect / testCount).toBeGreaterThan(0.98);
    expect(testCorrect / testCount).toBeLessThan(0.995);
  });
});
