import { describe, expect, it } from 'vitest';
import { standardizedDataset } from '../../datasets/standardize.js';
import { parseTable } from '../../datasets/table.js';

const rows = Array.from({ length: 30 }, (_, i) => `${i},7,${i % 2 ? 'odd' : 'even'}`);
const table = parseTable(rows.join('\n'), 'x.csv');
const facts = { name: 'x', path: 'x.csv', shape: [2] };

describe('a table as a dataset', () => {
  const dataset = standardizedDataset(table, facts, 0);

  it('has a third of the rows as test split, each row once', () => {
    expect([dataset.train.count, dataset.test.count]).toEqual([20, 10]);
    const values = [dataset.train, dataset.test].flatMap((split) =>
      Array.from({ length: split.count }, (_, i) =>
        Math.round(split.raw[2 * i]! * dataset.std[0]! + dataset.mean[0]!),
      ),
    );
    expect(values.map(Math.abs).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  it('keeps labels with their rows', () => {
    for (const split of [dataset.train, dataset.test]) {
      for (let i = 0; i < split.count; i++) {
        const value = Math.round(split.raw[2 * i]! * dataset.std[0]! + dataset.mean[0]!);
        expect(split.labels[i]).toBe(dataset.classes.indexOf(value % 2 ? 'odd' : 'even'));
      }
    }
  });

  it('has training features of mean 0 and deviation 1, and 0 where a feature is constant', () => {
    const feature = Array.from({ length: 20 }, (_, i) => dataset.train.raw[2 * i]!);
    const mean = feature.reduce((sum, x) => sum + x, 0) / 20;
    expect(Math.abs(mean)).toBeLessThan(1e-7);
    expect(Math.abs(feature.reduce((sum, x) => sum + x * x, 0) / 20 - 1)).toBeLessThan(1e-6);
    expect(dataset.mean[1]).toBe(7);
    expect(dataset.std[1]).toBe(1);
    expect(dataset.train.raw[1]).toBe(0);
  });

  it('is the same for a seed and another for another seed', () => {
    expect(standardizedDataset(table, facts, 0).checksum).toBe(dataset.checksum);
    expect(standardizedDataset(table, facts, 1).checksum).not.toBe(dataset.checksum);
  });

  it('has one mean and deviation for all pixels of an image', () => {
    const image = standardizedDataset(table, { ...facts, shape: [2, 1, 1] }, 0);
    expect(image.mean.length).toBe(1);
    expect(image.shape).toEqual([2, 1, 1]);
  });

  it('is refused where a feature is too large or a class is missing from training', () => {
    const large = parseTable('1e200,a\n-1e200,b\n1e200,a\n1,b\n2,a\n', 'x.csv');
    expect(() => standardizedDataset(large, { ...facts, shape: [1] }, 0)).toThrow(/too large to standardise/);
    const lonely = parseTable('1,a\n2,b\n3,c\n', 'x.csv');
    expect(() => standardizedDataset(lonely, { ...facts, shape: [1] }, 0)).toThrow(
      /class . is not among the training rows of seed 0/,
    );
  });
});
