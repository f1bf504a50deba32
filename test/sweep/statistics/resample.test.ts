import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { atLeast } from '../../../sweep/statistics/interval.js';
import {
  bounds,
  DRAWS,
  type DrawnImages,
  drawnDifferences,
  resampleAccuracies,
} from '../../../sweep/statistics/resample.js';
import { wilson } from '../../../sweep/statistics/wilson.js';

/** `rows × seeds × images` bits, of which about `percent` are 1. */
function randomRows(rows: number, seeds: number, images: number, percent: number): Uint8Array[][] {
  const words = new Stream(7, 'shuffle');
  return Array.from({ length: rows }, () =>
    Array.from({ length: seeds }, () =>
      Uint8Array.from({ length: images }, () => (words.below(100) < percent ? 1 : 0)),
    ),
  );
}

/** Draws as lists of seeds and of images, and the plain mean of the bits they name. */
function slow(row: readonly Uint8Array[], drawnImages: DrawnImages, draw: number): number {
  const words = new Stream(0, 'resampling', draw);
  const images = row[0]!.length;
  const drawn = Array.from({ length: row.length - 1 }, () => words.below(row.length));
  const seeds = row.length === 1 ? [0] : drawn;
  const list = (): number[] => Array.from({ length: images }, () => words.below(images));
  const shared = drawnImages === 'shared' ? list() : undefined;
  const bits = seeds.flatMap((seed) => (shared ?? list()).map((image) => row[seed]![image]!));
  return bits.filter((bit) => bit === 1).length / bits.length;
}

function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

describe('resampleAccuracies', () => {
  for (const drawnImages of ['shared', 'by-seed'] as const) {
    it.each([
      [1, 10, 50],
      [2, 33, 90],
      [3, 40, 20],
      [5, 17, 98],
    ])(
      `is the mean of what is drawn, images ${drawnImages}, %i seeds, %i images`,
      (seeds, images, percent) => {
        const rows = randomRows(4, seeds, images, percent);
        const drawn = resampleAccuracies(rows, drawnImages, 60);
        for (const [r, row] of rows.entries()) {
          const expected = Float64Array.from({ length: 60 }, (_, draw) => slow(row, drawnImages, draw));
          expect(drawn[r]).toEqual(expected);
        }
      },
    );
  }

  it('gives a row the same draws whatever stands beside it, and fewer draws are the first of more', () => {
    const rows = randomRows(5, 3, 50, 80);
    const together = resampleAccuracies(rows, 'shared', 40);
    for (const [r, row] of rows.entries()) {
      expect(resampleAccuracies([row], 'shared', 40)[0]).toEqual(together[r]);
    }
    expect(resampleAccuracies(rows, 'shared', 10)[2]).toEqual(together[2]!.slice(0, 10));
  });

  it('of one seed has the variance of a share', () => {
    const images = 400;
    const row = [Uint8Array.from({ length: images }, (_, i) => (i < 300 ? 1 : 0))];
    const drawn = resampleAccuracies([row], 'shared')[0]!;
    expect(drawn.length).toBe(DRAWS);
    const expected = (0.75 * 0.25) / images;
    // the variance of 2,000 draws is known to 3 %
    expect(Math.abs(variance(drawn) / expected - 1)).toBeLessThan(0.15);
  });

  it('of seeds alone has the variance of their mean, s² / S', () => {
    // images of a seed are all right or all wrong: nothing but the seeds varies
    const row = [1, 0, 1, 1].map((bit) => new Uint8Array(5).fill(bit));
    const s2 = (3 * 0.25 ** 2 + 0.75 ** 2) / 3;
    for (const drawnImages of ['shared', 'by-seed'] as const) {
      const drawn = resampleAccuracies([row], drawnImages)[0]!;
      expect(Math.abs(variance(drawn) / (s2 / 4) - 1)).toBeLessThan(0.15);
    }
  });

  it('seeds with images of their own vary less together than seeds that share them', () => {
    const one = randomRows(1, 1, 300, 50)[0]![0]!;
    const row = [one, one, one];
    const shared = variance(resampleAccuracies([row], 'shared')[0]!);
    const own = variance(resampleAccuracies([row], 'by-seed')[0]!);
    expect(Math.abs(shared / (2 * own) - 1)).toBeLessThan(0.2);
  });

  it('all right is 1 in every draw, all wrong 0; no rows give none', () => {
    const all = [new Uint8Array(9).fill(1), new Uint8Array(9).fill(1)];
    const none = [new Uint8Array(9), new Uint8Array(9)];
    const [ones, zeros] = resampleAccuracies([all, none], 'shared', 20);
    expect(ones).toEqual(new Float64Array(20).fill(1));
    expect(zeros).toEqual(new Float64Array(20));
    expect(resampleAccuracies([], 'shared')).toEqual([]);
  });

  it('refuses rows of other shapes and bits that are none', () => {
    const bits = new Uint8Array(4);
    for (const rows of [
      [[bits], [bits, bits]],
      [[bits, new Uint8Array(5)]],
      [[]],
      [[new Uint8Array(0)]],
      [[Uint8Array.of(0, 2)]],
    ]) {
      expect(() => resampleAccuracies(rows, 'shared', 3)).toThrow(RangeError);
    }
  });
});

describe('bounds', () => {
  it('are the 51st and the 1950th of 2,000 in order, and leave the draws as they are', () => {
    const order = new Stream(3, 'shuffle').shuffle(Uint32Array.from({ length: 2000 }, (_, i) => i + 1));
    const draws = Float64Array.from(order, (value) => value - 1000);
    const before = draws.slice();
    expect(bounds(draws)).toEqual({ low: 51 - 1000, high: 1950 - 1000 });
    expect(draws).toEqual(before);
  });

  it('of fewer than 40 are the ends; without draws there are none', () => {
    expect(bounds(Float64Array.of(3, 1, 2))).toEqual({ low: 1, high: 3 });
    expect(() => bounds(new Float64Array(0))).toThrow(RangeError);
  });

  it('of a row compared with itself are 0', () => {
    const [row] = resampleAccuracies(randomRows(1, 3, 30, 70), 'shared', 50);
    expect(bounds(drawnDifferences(row!, row!))).toEqual({ low: 0, high: 0 });
    expect(drawnDifferences(Float64Array.of(1, 0.5), Float64Array.of(0.5, 1))).toEqual(
      Float64Array.of(0.5, -0.5),
    );
  });
});

describe('atLeast', () => {
  it('widens to the other interval and never narrows', () => {
    const point = { low: 1, high: 1 };
    expect(atLeast(point, wilson(10, 10))).toEqual({ low: wilson(10, 10).low, high: 1 });
    expect(atLeast({ low: 0.1, high: 0.3 }, { low: 0.2, high: 0.25 })).toEqual({ low: 0.1, high: 0.3 });
    expect(atLeast({ low: 0.1, high: 0.2 }, { low: 0.3, high: 0.4 })).toEqual({ low: 0.1, high: 0.4 });
  });
});
