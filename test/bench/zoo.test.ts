import { describe, expect, it } from 'vitest';
import { imagesOf } from '../../bench/networks/images.js';
import { zooNames, zooRecipe } from '../../bench/networks/zoo.js';
import type { BenchRow } from '../../bench/rows.js';
import { summaryRows } from '../../bench/summary.js';
import { listNetworks } from '../../networks/zoo/registry.js';

describe('the zoo in the benches', () => {
  it.each(listNetworks())(
    '$name has images of its largest input, without a data directory too',
    async (facts) => {
      const { build, images } = zooRecipe(facts.name);
      const { shape, classes, train, test } = await imagesOf(images, undefined, { train: 12, test: 8 });
      const size = (input: readonly number[]): number =>
        input.reduce((product, extent) => product * extent, 1);
      const largest = Math.max(...facts.uses.map(({ input }) => size(input)));
      const use = facts.uses.find(({ input }) => size(input) === largest)!;
      expect({ shape, classes: classes.length }).toEqual({ shape: use.input, classes: use.classes });
      expect([train.count, train.raw.length, test.raw.length]).toEqual([12, 12 * largest, 8 * largest]);
      expect(Math.max(...train.labels)).toBeLessThan(use.classes);
      // images differ, and so do the pixels of one
      expect(new Set(train.raw.subarray(0, largest)).size).toBeGreaterThan(1);
      expect(train.raw.subarray(0, largest)).not.toEqual(train.raw.subarray(largest, 2 * largest));
      expect(build(shape, classes.length).input).toEqual(use.input);
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
