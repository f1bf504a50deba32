import { describe, expect, it } from 'vitest';
import { imagesOf } from '../../bench/networks/images.js';
import { zooImages, zooNames } from '../../bench/networks/zoo.js';
import type { BenchRow } from '../../bench/rows.js';
import { summaryRows } from '../../bench/summary.js';
import { loadModel } from '../../networks/files/model.js';
import { listNetworks } from '../../networks/zoo/registry.js';

describe('the zoo in the benches', () => {
  it.each(listNetworks())(
    '$name has images of the shape of its weights, without a data directory too',
    async (facts) => {
      const images = zooImages(facts.name);
      const { shape, classes, train, test } = await imagesOf(images, undefined, { train: 12, test: 8 });
      const size = shape.reduce((product, extent) => product * extent, 1);
      const { network } = await loadModel(`${facts.name}-${images}`);
      expect({ shape, classes: classes.length }).toEqual({ shape: network.input, classes: network.classes });
      expect([train.count, train.raw.length, test.raw.length]).toEqual([12, 12 * size, 8 * size]);
      expect(Math.max(...train.labels)).toBeLessThan(network.classes);
      // images differ, and so do the pixels of one
      expect(new Set(train.raw.subarray(0, size)).size).toBeGreaterThan(1);
      expect(train.raw.subarray(0, size)).not.toEqual(train.raw.subarray(size, 2 * size));
    },
  );

  it('all of it is measured', () => {
    expect(zooNames()).toEqual(listNetworks().map(({ name }) => name));
  });

  it('formats are judged beside our float32, two threads beside one; other engines are not judged', () => {
    const row = (changes: BenchRow): BenchRow => ({
      network: 'resnet8',
      quantizer: 'linear',
      threads: 1,
      ...changes,
    });
    const rows = [
      row({ format: 'float32', quantizer: 'n/a', per_float32_median: 0.5 }),
      row({ format: 'affine8', per_float32_median: 0.9 }),
      row({ format: 'posit8es1', per_float32_median: 1.2 }),
      row({ format: 'posit8es1', threads: 2, per_one_thread_median: 1.7 }),
    ];
    const summary = summaryRows(new Map([['zoo', rows]]));
    expect(summary.map(({ worst, middle, met }) => ({ worst, middle, met }))).toEqual([
      { worst: '0.90 (resnet8 affine8 linear)', middle: '1.20, 1 of 2 reach it', met: 'no' },
      { worst: '1.70', middle: '', met: 'no' },
    ]);
  });
});
