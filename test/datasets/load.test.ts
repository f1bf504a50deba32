import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetNames, loadDataset, registerDataset } from '../../datasets/load.js';
import { cifarRecord, idxImages, idxLabels, temporaryFolder, write } from './made.js';

/** The four files of an MNIST-like set, 3 training and 2 test images. */
function mnistLike(folder: string, ending: '' | '.gz', separator: '-' | '.' = '-'): void {
  mkdirSync(folder, { recursive: true });
  write(folder, `train-images${separator}idx3-ubyte${ending}`, idxImages(3));
  write(folder, `train-labels${separator}idx1-ubyte${ending}`, idxLabels([2, 0, 1]));
  write(folder, `t10k-images${separator}idx3-ubyte${ending}`, idxImages(2));
  write(folder, `t10k-labels${separator}idx1-ubyte${ending}`, idxLabels([9, 3]));
}

describe('loadDataset', () => {
  it('finds MNIST in the usual folders, raw and .gz, and reads the same from each', async () => {
    const checksums = new Set<string>();
    for (const [place, ending] of [
      ['', ''],
      ['mnist', '.gz'],
      ['MNIST/raw', ''],
    ] as const) {
      const directory = temporaryFolder();
      mnistLike(join(directory, place), ending, place === '' ? '.' : '-');
      const dataset = await loadDataset('mnist', directory);
      expect(dataset).toMatchObject({ name: 'mnist', shape: [28, 28, 1], mean: [0.13066], std: [0.30811] });
      expect([...dataset.train.labels, ...dataset.test.labels]).toEqual([2, 0, 1, 9, 3]);
      expect(dataset.train.raw.buffer).toBeInstanceOf(SharedArrayBuffer);
      checksums.add(dataset.checksum);
    }
    expect(checksums.size).toBe(1);
  });

  it('finds CIFAR-10 unpacked beside the rest', async () => {
    const directory = temporaryFolder();
    const folder = join(directory, 'cifar-10-batches-bin');
    mkdirSync(folder);
    for (let i = 1; i <= 5; i++) write(folder, `data_batch_${i}.bin`, cifarRecord(i));
    write(folder, 'test_batch.bin.gz', cifarRecord(9));
    const dataset = await loadDataset('cifar-10', directory);
    expect([...dataset.train.labels, ...dataset.test.labels]).toEqual([1, 2, 3, 4, 5, 9]);
    expect(dataset.shape).toEqual([32, 32, 3]);
  });

  it('makes mnist-14 of the files of MNIST', async () => {
    const directory = temporaryFolder();
    mnistLike(directory, '');
    const [whole, small] = [await loadDataset('mnist', directory), await loadDataset('mnist-14', directory)];
    expect(small).toMatchObject({ name: 'mnist-14', shape: [196, 1], classes: whole.classes });
    expect(small.origin).toMatchObject({ dataset: 'mnist-14', checksum: small.checksum });
    expect([...small.train.labels, ...small.test.labels]).toEqual([2, 0, 1, 9, 3]);
    for (const split of ['train', 'test'] as const) {
      const { count, raw } = whole[split];
      const pixel = (image: number, y: number, x: number) => raw[(image * 28 + y) * 28 + x]!;
      const expected = Array.from({ length: count * 196 }, (_, i) => {
        const [image, y, x] = [Math.floor(i / 196), 2 * Math.floor((i % 196) / 14), 2 * (i % 14)];
        const block = [
          pixel(image, y, x),
          pixel(image, y, x + 1),
          pixel(image, y + 1, x),
          pixel(image, y + 1, x + 1),
        ];
        return Math.floor((block.reduce((sum, one) => sum + one, 0) + 2) / 4);
      });
      expect([...small[split].raw]).toEqual(expected);
    }
    await expect(loadDataset('mnist-14', temporaryFolder())).rejects.toThrow(
      /cheetah data fetch mnist --to DIR/,
    );
  });

  it('takes the first images only where a limit is given, with a checksum of its own', async () => {
    const directory = temporaryFolder();
    mnistLike(directory, '');
    const whole = await loadDataset('mnist', directory);
    const part = await loadDataset('mnist', directory, { train: 2, test: 50 });
    expect([part.train.count, part.test.count]).toEqual([2, 2]);
    expect([...part.train.raw]).toEqual([...whole.train.raw.subarray(0, 2 * 784)]);
    expect(part.checksum).not.toBe(whole.checksum);
    await expect(loadDataset('mnist', directory, { train: 0 })).rejects.toThrow(/at least 1/);
  });

  it('says in one line what was looked for, and how to get it', async () => {
    const directory = temporaryFolder();
    await expect(loadDataset('mnist', join(directory, 'gone'))).rejects.toThrow(
      /^dataset mnist: there is no directory .*gone; give --data DIR.*cheetah data fetch mnist --to DIR/,
    );
    await expect(loadDataset('mnist', directory)).rejects.toThrow(
      /no train-images-idx3-ubyte or train-images-idx3-ubyte.gz in .*; get it by `cheetah data fetch/,
    );
    await expect(loadDataset('iris', directory)).rejects.toThrow(/no iris.csv or iris.csv.gz in/);
    await expect(loadDataset('mnits', directory)).rejects.toThrow(/mnits is unknown; did you mean mnist/);
    await expect(loadDataset(join(directory, 'no.csv'))).rejects.toThrow(
      /no\.csv does not exist; give a CSV table/,
    );
  });

  it('refuses counts and image sizes that do not belong together', async () => {
    const directory = temporaryFolder();
    mnistLike(directory, '');
    write(directory, 't10k-images-idx3-ubyte', idxImages(3));
    await expect(loadDataset('mnist', directory)).rejects.toThrow(/3 images, but .* has 2 labels/);
    write(directory, 't10k-images-idx3-ubyte', idxImages(2, 20, 20));
    await expect(loadDataset('mnist', directory)).rejects.toThrow(/images of 20×20; mnist has 28×28/);
  });

  it('reads any CSV file, named after it', async () => {
    const path = join(temporaryFolder(), 'my-table.csv');
    writeFileSync(path, Array.from({ length: 30 }, (_, i) => `${i},${i * i},${i % 3}`).join('\n'));
    const dataset = await loadDataset(path);
    expect(dataset).toMatchObject({ name: 'my-table', shape: [2], classes: ['0', '1', '2'] });
    expect((await loadDataset(path, undefined, { seed: 1 })).checksum).not.toBe(dataset.checksum);
    expect((await loadDataset(path, undefined, { table: { label: '3' } })).checksum).toBe(dataset.checksum);
  });

  it('knows datasets registered by a plug-in, once', async () => {
    const strokes = await loadDataset('builtin', undefined, { train: 1, test: 1 });
    registerDataset('tiny', () => ({ ...strokes, name: 'tiny' }));
    expect((await loadDataset('tiny')).name).toBe('tiny');
    expect(datasetNames()).toContain('tiny');
    expect(() => registerDataset('tiny', () => strokes)).toThrow(/a dataset tiny already/);
    expect(() => registerDataset('builtin', () => strokes)).toThrow(/already/);
  });
});
