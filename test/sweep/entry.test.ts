import { expect, it } from 'vitest';
import { accuracyColumns } from '../../sweep/entry.js';

const labels = new Uint8Array(20).fill(1);
/** Right on the first `right` of the images, else 0. */
const classes = (right: number): Int32Array => Int32Array.from(labels, (label, i) => (i < right ? label : 0));

it('a point that is worse than float32 has a positive drop, one that is better a negative one', () => {
  const worse = accuracyColumns(classes(8), classes(18), labels);
  expect(worse).toMatchObject({
    accuracy: 0.4,
    baseline: 0.9,
    drop: 0.5,
    gained: 0,
    lost: 10,
    mcnemarP: 2 / 1024,
  });
  const better = accuracyColumns(classes(18), classes(8), labels);
  expect(better).toMatchObject({
    accuracy: 0.9,
    baseline: 0.4,
    drop: -0.5,
    gained: 10,
    lost: 0,
    mcnemarP: 2 / 1024,
  });
});

it('the interval is that of the point, not of the baseline, lower end first', () => {
  const { accuracyLow: low, accuracyHigh: high } = accuracyColumns(classes(2), classes(20), labels);
  expect(low).toBeGreaterThan(0);
  expect(low).toBeLessThan(0.1);
  expect(high).toBeGreaterThan(0.1);
  expect(high).toBeLessThan(0.5);
});
