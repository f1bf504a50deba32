import { describe, expect, it } from 'vitest';
import { labelHistogram } from '../../../datasets/dataset.js';
import { loadDataset } from '../../../datasets/load.js';
import { strokesDataset } from '../../../datasets/strokes/dataset.js';
import { bestLinearAccuracy } from './softmax.js';

describe('the built-in set', () => {
  const whole = strokesDataset(0, 8000, 2000);

  it('is the same bytes on every machine', () => {
    expect(whole.checksum).toBe('18f62b4670099a96cf46153bd3fbb3c5e21a8c425792449e484c0bb9bb4728e8');
  });

  it('has every digit as often, in no fixed order', () => {
    expect([...labelHistogram(whole.train, 10)]).toEqual(Array(10).fill(800));
    expect([...labelHistogram(whole.test, 10)]).toEqual(Array(10).fill(200));
    expect([...whole.train.labels.subarray(0, 10)]).not.toEqual([...whole.train.labels.subarray(10, 20)]);
  });

  it('gives an image the same pixels however many are made, and test images that are not training images', () => {
    const few = strokesDataset(0, 25, 25);
    expect(few.train.raw).toEqual(whole.train.raw.slice(0, 25 * 784));
    expect(few.test.raw).toEqual(whole.test.raw.slice(0, 25 * 784));
    const seen = new Set<string>();
    for (const split of [whole.train, whole.test]) {
      for (let i = 0; i < split.count; i++) {
        seen.add(Buffer.from(split.raw.subarray(i * 784, (i + 1) * 784)).toString('latin1'));
      }
    }
    expect(seen.size).toBe(10_000);
    expect(strokesDataset(1, 25, 25).checksum).not.toBe(few.checksum);
  });

  it('states its mean and deviation', () => {
    let [sum, squares] = [0, 0];
    for (const pixel of whole.train.raw) {
      sum += pixel;
      squares += pixel * pixel;
    }
    const mean = sum / whole.train.raw.length;
    expect(whole.mean).toEqual([Math.round((mean / 255) * 1e5) / 1e5]);
    const std = Math.sqrt(squares / whole.train.raw.length - mean * mean) / 255;
    expect(whole.std).toEqual([Math.round(std * 1e5) / 1e5]);
  });

  it('is refused in impossible sizes', async () => {
    for (const count of [0, 1.5, Number.NaN, 200_001]) {
      await expect(loadDataset('strokes', undefined, { train: count })).rejects.toThrow(/whole number/);
    }
  });

  it('is neither trivial nor noise to a linear classifier trained on few of its images', () => {
    const accuracy = bestLinearAccuracy(strokesDataset(0, 1000, 500), 5, 0.02, 0.01);
    expect(accuracy).toBeLessThan(0.93);
    expect(accuracy).toBeGreaterThan(0.7);
  });
});
