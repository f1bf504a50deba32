import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { picture } from '../../cli/data-show.js';
import { CIFAR_10, FASHION_MNIST, MNIST } from '../../datasets/catalog.js';
import { type Dataset, imageSize, labelHistogram, type Split } from '../../datasets/dataset.js';
import { MNIST_14 } from '../../datasets/halved.js';
import { loadDataset } from '../../datasets/load.js';
import { temporaryFolder } from './made.js';

const directory = process.env.CHEETAH_DATA ?? '';
const absent = directory === '';

function histogram(dataset: Dataset, split: Split): number[] {
  return [...labelHistogram(split, dataset.classes.length)];
}

/** Mean and deviation of pixel/255 of one channel of the training images. */
function moments(dataset: Dataset, channel: number): [number, number] {
  const { raw, count } = dataset.train;
  const step = dataset.shape[2]!;
  const n = (count * imageSize(dataset)) / step;
  let [sum, squares] = [0, 0];
  for (let i = channel; i < raw.length; i += step) {
    sum += raw[i]!;
    squares += raw[i]! * raw[i]!;
  }
  const mean = sum / n;
  return [mean / 255, Math.sqrt(squares / n - mean * mean) / 255];
}

function checkStated(dataset: Dataset): void {
  dataset.mean.forEach((stated, channel) => {
    const [mean, std] = moments(dataset, channel);
    expect(stated).toBe(Math.round(mean * 1e5) / 1e5);
    expect(dataset.std[channel]).toBe(Math.round(std * 1e5) / 1e5);
  });
}

describe.skipIf(absent)('published data (skipped: set CHEETAH_DATA to a folder with the sets)', () => {
  it('MNIST is the published one', async () => {
    const dataset = await loadDataset('mnist', directory);
    expect(histogram(dataset, dataset.train)).toEqual([
      5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]);
    expect(histogram(dataset, dataset.test)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expect(dataset.checksum).toBe(MNIST.checksum);
    checkStated(dataset);
  });

  it('Fashion-MNIST is the published one', async () => {
    const dataset = await loadDataset('fashion-mnist', directory);
    expect(histogram(dataset, dataset.train)).toEqual(Array(10).fill(6000));
    expect(histogram(dataset, dataset.test)).toEqual(Array(10).fill(1000));
    expect(dataset.checksum).toBe(FASHION_MNIST.checksum);
    checkStated(dataset);
  });

  it('CIFAR-10 is the published one', async () => {
    const dataset = await loadDataset('cifar-10', directory);
    expect(histogram(dataset, dataset.train)).toEqual(Array(10).fill(5000));
    expect(histogram(dataset, dataset.test)).toEqual(Array(10).fill(1000));
    expect(dataset.checksum).toBe(CIFAR_10.checksum);
    checkStated(dataset);
  });

  it('MNIST at 14×14 is what its rule makes of the published one, drawn as a picture', async () => {
    const dataset = await loadDataset('mnist-14', directory);
    const { train, test } = await loadDataset('mnist', directory);
    expect([dataset.train.count, dataset.test.count]).toEqual([60_000, 10_000]);
    expect([dataset.shape, dataset.checksum]).toEqual([[196, 1], MNIST_14.checksum]);
    expect([dataset.train.labels, dataset.test.labels]).toEqual([train.labels, test.labels]);
    expect(picture(dataset, dataset.test, 0, 'shades').map((line) => line.length)).toEqual(
      new Array(7).fill(14),
    );
    const [mean, std] = moments({ ...dataset, shape: [14, 14, 1] }, 0);
    expect([dataset.mean[0], dataset.std[0]]).toEqual([mean, std].map((x) => Math.round(x * 1e5) / 1e5));
  });

  it('the tables have their rows and classes', async () => {
    const facts = {
      iris: [[50, 50, 50], [4]],
      'breast-cancer': [[212, 357], [30]],
      wine: [[59, 71, 48], [13]],
      digits: [
        [178, 182, 177, 183, 181, 182, 181, 179, 174, 180],
        [8, 8, 1],
      ],
    };
    for (const [name, [counts, shape]] of Object.entries(facts)) {
      const dataset = await loadDataset(name, directory);
      const test = histogram(dataset, dataset.test);
      expect(histogram(dataset, dataset.train).map((count, i) => count + test[i]!)).toEqual(counts);
      expect(dataset.shape).toEqual(shape);
    }
    expect((await loadDataset('iris', directory)).classes).toEqual(['setosa', 'versicolor', 'virginica']);
  });

  it('MNIST does not pass for Fashion-MNIST', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'fashion-mnist'));
    for (const name of readdirSync(join(directory, 'mnist'))) {
      symlinkSync(join(directory, 'mnist', name), join(folder, 'fashion-mnist', name));
    }
    await expect(loadDataset('fashion-mnist', folder)).rejects.toThrow(
      /these are the labels of mnist, not of fashion-mnist/,
    );
  });
});
