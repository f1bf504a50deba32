/** From a table to a dataset: rows split into training and test by a seeded shuffle, features standardised. */
import { Stream } from '../arithmetic/philox.js';
import { UserError } from '../errors.js';
import { checksumOf } from './checksum.js';
import { type Dataset, type Split, sharedBytes, sharedFloats } from './dataset.js';
import type { Table } from './table.js';

export interface TableFacts {
  readonly name: string;
  /** The file, for errors. */
  readonly path: string;
  /** [features], or [height, width, 1] where the features are the pixels of an image. */
  readonly shape: readonly number[];
}

/**
 * A seeded third of the rows, rounded to nearest, is the test split (the 50 and 190 test rows of the Deep
 * Positron line for Iris and Breast Cancer); the order within the splits is the shuffle's.
 */
const TEST_SHARE = 1 / 3;

/**
 * The dataset of a table. Feature and pixel channels (last axis of the shape) become (value − mean)/std, mean and
 * population std taken over the training rows in float64 in the splits' order, the result rounded once to
 * float32; a channel that is constant in training has std 1. Throws UserError when a class is absent
 * from training, or a channel is too large to be standardised.
 */
export function standardizedDataset(table: Table, facts: TableFacts, seed: number): Dataset {
  const { name, path, shape } = facts;
  const order = new Stream(seed, 'dataset').shuffle(
    Uint32Array.from({ length: table.rows }, (_, row) => row),
  );
  const testRows = Math.max(1, Math.round(table.rows * TEST_SHARE));
  const training = order.subarray(testRows);
  const channels = shape[shape.length - 1]!;
  const { mean, std } = moments(table, training, channels, path);
  const place = (rows: Uint32Array) => standardize(table, rows, mean, std, path);
  const train = place(training);
  const test = place(order.subarray(0, testRows));
  const absent = table.classes.findIndex((_, index) => !train.labels.includes(index));
  if (absent >= 0) {
    throw new UserError(
      `${path}: class ${table.classes[absent]} is not among the training rows of seed ${seed}; give more rows or another seed`,
    );
  }
  const content = { shape, classes: table.classes, train, test };
  return { name, mean, std, ...content, checksum: checksumOf(content) };
}

function moments(
  table: Table,
  rows: Uint32Array,
  channels: number,
  path: string,
): { mean: number[]; std: number[] } {
  const mean: number[] = [];
  const std: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const values: number[] = [];
    for (const row of rows) {
      for (let f = channel; f < table.features; f += channels)
        values.push(table.values[row * table.features + f]!);
    }
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance =
      values.reduce((sum, value) => sum + (value - average) * (value - average), 0) / values.length;
    if (!Number.isFinite(variance)) {
      throw new UserError(
        `${path}: feature ${channel + 1} is too large to standardise; scale that column down`,
      );
    }
    mean.push(average);
    std.push(values.every((value) => value === values[0]) || variance === 0 ? 1 : Math.sqrt(variance));
  }
  return { mean, std };
}

function standardize(
  table: Table,
  rows: Uint32Array,
  mean: readonly number[],
  std: readonly number[],
  path: string,
): Split {
  const { features } = table;
  const raw = sharedFloats(rows.length * features);
  const labels = sharedBytes(rows.length);
  rows.forEach((row, i) => {
    labels[i] = table.labels[row]!;
    for (let f = 0; f < features; f++) {
      const channel = f % mean.length;
      const value = (table.values[row * features + f]! - mean[channel]!) / std[channel]!;
      raw[i * features + f] = value;
      if (!Number.isFinite(raw[i * features + f])) {
        throw new UserError(`${path}: feature ${f + 1} of a test row is beyond float32 once standardised`);
      }
    }
  });
  return { count: rows.length, labels, raw };
}
