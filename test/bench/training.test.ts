import { describe, expect, it } from 'vitest';
import { trainer, trainingProfile } from '../../bench/contestants/trainer.js';
import { scaledEpoch } from '../../bench/epoch.js';
import { imagesOf } from '../../bench/networks/images.js';
import { lessonOf, TRAININGS } from '../../bench/networks/lessons.js';
import { summaryRows } from '../../bench/summary.js';
import '../../dist/platform/kernel-files.js';

const lenet = TRAININGS.find(({ network }) => network === 'lenet5')!;
const lessonOn = async (train: number) =>
  lessonOf(lenet, await imagesOf('mnist', undefined, { train, test: 4 }));

describe('an epoch from some batches', () => {
  it('has the images that train and those held out: 55,000 and 5000 of 60,000', () => {
    const epoch = scaledEpoch(60_000, [1000, 2000, 4000], 500, 0.25);
    expect(epoch).toEqual({ median: 220 + 1.25, min: 110 + 1.25, max: 440 + 1.25, count: 3 });
  });
});

describe('trainings that are measured', () => {
  it('go from batch to batch and, at the end of an epoch, over again', async () => {
    // 400 images, of which 100 are held out: five batches of up to 64
    const one = trainer(await lessonOn(400), 1, 2);
    for (let run = 0; run < 3; run++) await one.run();
    await one.classify(100);
    await one.close();
  });

  it('more batches than an epoch has are refused', async () => {
    const one = trainer(await lessonOn(400), 1, 6);
    await expect(one.run()).rejects.toThrow('an epoch has 5 batches, fewer than 6');
    await one.close();
  });

  it('a profile names the kernels of the products, forward and backward, and of the update', async () => {
    const { kernels } = trainingProfile(await lessonOn(400), 2);
    expect([...kernels.keys()]).toEqual(
      expect.arrayContaining(['gemmRowsFloat32', 'gemmOuterFloat32', 'im2colFloat32', 'sgdFloat32']),
    );
  });
});

it('two threads are judged, against the seconds asked for', () => {
  const row = (network: string, threads: number, seconds: number) => ({
    network,
    threads,
    seconds_per_epoch_median: seconds,
  });
  const rows = [
    row('lenet5', 1, 12),
    row('lenet5', 2, 7.5),
    row('dcnn-large', 2, 151),
    row('resnet8', 2, 150),
  ];
  expect(summaryRows(new Map([['training', rows]])).map(({ worst, met }) => [worst, met])).toEqual([
    ['7.50', 'yes'],
    ['151.00', 'no'],
    ['150.00', 'yes'],
  ]);
});
