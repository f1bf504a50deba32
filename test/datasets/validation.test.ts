import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { type Dataset, sharedBytes } from '../../datasets/dataset.js';
import { calibrationIndices } from '../../datasets/load.js';
import { holdOut, validationCount } from '../../datasets/validation.js';
import { weightsHash } from '../../networks/files/model.js';
import { train } from '../../networks/training/train.js';
import { DATASET, NETWORK, TINY } from '../networks/training/bars.js';

describe('validation images', () => {
  it.each([
    [60_000, 5000],
    [50_000, 4166],
    [8000, 666],
    [2400, 200],
    [2399, 200],
    [800, 200],
    [799, 199],
    [120, 30],
    [4, 1],
    [3, 0],
    [1, 0],
  ])('of %d training images are %d', (count, validation) => {
    expect(validationCount(count)).toBe(validation);
    expect(holdOut(count, 5).validation).toHaveLength(validation);
  });

  it('are the first of the seed’s order, and all others come after them', () => {
    const order = Uint32Array.from({ length: 3000 }, (_, index) => index);
    new Stream(7, 'calibration').shuffle(order);
    const { validation, others } = holdOut(3000, 7);
    expect([...validation, ...others]).toEqual([...order]);
    expect([...holdOut(3000, 8).validation]).not.toEqual([...validation]);
  });

  it('do not calibrate, and none of another split either', () => {
    const many = { ...DATASET, train: { ...DATASET.train, count: 1000 } };
    const own = holdOut(1000, 2);
    expect([...calibrationIndices(many, 300, 2)]).toEqual([...own.others.slice(0, 300)]);
    expect([...calibrationIndices(many, 300, 2, own.validation)]).toEqual([...own.others.slice(0, 300)]);
    const other = holdOut(1000, 9).validation;
    const chosen = [...calibrationIndices(many, 1000, 2, other)];
    expect(chosen).toHaveLength(
      1000 - own.validation.length - [...other].filter((i) => own.others.includes(i)).length,
    );
    expect(chosen.some((index) => other.includes(index) || own.validation.includes(index))).toBe(false);
  });

  /** The set with wrong labels for some training images. */
  function mislabelled(indices: Uint32Array): Dataset {
    const labels = sharedBytes(DATASET.train.count);
    labels.set(DATASET.train.labels);
    for (const index of indices) labels[index] = (labels[index]! + 1) % DATASET.classes.length;
    return { ...DATASET, train: { ...DATASET.train, labels } };
  }

  it('are not trained on: their labels decide no weight, any other label does', async () => {
    const options = { ...TINY, epochs: 1 };
    const { validation, others } = holdOut(DATASET.train.count, TINY.seed!);
    const hash = async (dataset: Dataset) => weightsHash((await train(NETWORK, dataset, options)).parameters);
    const plain = await hash(DATASET);
    expect(await hash(mislabelled(validation))).toBe(plain);
    expect(await hash(mislabelled(others.slice(0, 1)))).not.toBe(plain);
  });

  it('are what an epoch is judged by; the test images are looked at once', async () => {
    const options = { ...TINY, epochs: 2 };
    const { validation } = holdOut(DATASET.train.count, TINY.seed!);
    const right = await train(NETWORK, DATASET, options);
    const wrong = await train(NETWORK, mislabelled(validation), options);
    for (const [epoch, record] of right.history.entries()) {
      expect(record.validationCount).toBe(validation.length);
      expect(record.trainCount).toBe(DATASET.train.count - validation.length);
      expect(record.validationCorrect + wrong.history[epoch]!.validationCorrect).toBeLessThanOrEqual(
        validation.length,
      );
    }
    expect(right.history.at(-1)!.validationCorrect).toBeGreaterThan(validation.length / 2);
    expect(wrong.test).toEqual(right.test);
    expect(right.test.count).toBe(DATASET.test.count);
  });
});
