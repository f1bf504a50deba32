import { describe, expect, it } from 'vitest';
import { checksumOf } from '../../datasets/checksum.js';
import { type Dataset, labelHistogram, normalizedImages } from '../../datasets/dataset.js';
import { calibrationIndices } from '../../datasets/load.js';
import { holdOut } from '../../datasets/validation.js';

function made(raw: Uint8Array | Float32Array, labels: Uint8Array): Dataset {
  const split = { count: labels.length, labels, raw };
  const content = { shape: [2, 1, 2], classes: ['a', 'b'], train: split, test: split };
  return { name: 'made', mean: [0.1, 0.5], std: [0.3, 0.7], ...content, checksum: checksumOf(content) };
}

const pixels = Uint8Array.from([0, 1, 2, 3, 252, 253, 254, 255]);
const dataset = made(pixels, Uint8Array.of(1, 0));

describe('normalised images', () => {
  it('are float32 of (pixel/255 − mean)/std in float64, by channel, in the order asked for', () => {
    const out = new Float32Array(8);
    normalizedImages(dataset, dataset.train, Uint32Array.of(1, 0), out);
    const expected = [252, 253, 254, 255, 0, 1, 2, 3].map((pixel, i) =>
      Math.fround((pixel / 255 - dataset.mean[i % 2]!) / dataset.std[i % 2]!),
    );
    expect([...out]).toEqual(expected);
  });

  it('of tables are the features as they are', () => {
    const table = made(Float32Array.from([1.5, -0, 3, 4]), Uint8Array.of(0));
    const out = new Float32Array(4);
    normalizedImages(table, table.test, Uint32Array.of(0), out);
    expect([...out]).toEqual([1.5, -0, 3, 4]);
  });

  it('are refused outside the split and where they do not fit', () => {
    const out = new Float32Array(4);
    expect(() => normalizedImages(dataset, dataset.train, Uint32Array.of(2), out)).toThrow(RangeError);
    expect(() => normalizedImages(dataset, dataset.train, Uint32Array.of(0, 1), out)).toThrow(RangeError);
  });
});

describe('the checksum', () => {
  it('changes with any pixel, label, or shape, and not with the name', () => {
    expect(made(pixels, Uint8Array.of(1, 0)).checksum).toBe(dataset.checksum);
    expect(made(pixels, Uint8Array.of(0, 0)).checksum).not.toBe(dataset.checksum);
    expect(made(pixels.with(3, 9), Uint8Array.of(1, 0)).checksum).not.toBe(dataset.checksum);
    expect(checksumOf({ ...dataset, shape: [4, 1, 1] })).not.toBe(dataset.checksum);
  });
});

describe('calibration images', () => {
  const many = made(new Uint8Array(4 * 50), new Uint8Array(50));

  it('are the first of one seeded order of the training images behind the validation images, each once', () => {
    const all = calibrationIndices(many, 50, 3);
    const { validation } = holdOut(50, 3);
    expect(validation).toHaveLength(12);
    expect([...validation, ...all].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i),
    );
    expect([...calibrationIndices(many, 10, 3)]).toEqual([...all.subarray(0, 10)]);
    expect([...calibrationIndices(many, 50, 4)]).not.toEqual([...all]);
    expect(calibrationIndices(many, 1000, 3)).toEqual(all);
  });

  it('cannot be none', () => {
    expect(() => calibrationIndices(many, 0, 0)).toThrow(/at least 1/);
  });
});

it('the label histogram counts every class', () => {
  expect([...labelHistogram(dataset.train, 2)]).toEqual([1, 1]);
});
