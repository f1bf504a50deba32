/** How sure an accuracy over few training seeds and many test images is: both are drawn again, many times. */
import { Stream } from '../../arithmetic/philox.js';
import type { Interval } from './interval.js';

/** Draws of a table; `bounds` takes the 51st and the 1950th of as many. */
export const DRAWS = 2000;

/** Every table draws with this seed: rows of tables of one size meet the same draws. */
const SEED = 0;

/**
 * `shared`: every seed is tested on the same images, so a draw takes its images once, for all seeds. `by-seed`: seeds
 * have test images of their own, so each drawn seed draws anew.
 */
export type DrawnImages = 'shared' | 'by-seed';

/**
 * The two-stage bootstrap: for each row `draws` mean accuracies in 0 .. 1. `rows[r][s][i]` is 1 where row r with training
 * seed s gets test image i right and 0 where it does not; all rows have the same S ≥ 1 seeds and n ≥ 1 images.
 *
 * A draw takes S − 1 of the S seeds with replacement, one fewer than there are, which makes the variance between seeds
 * that of a mean of S (Rao and Wu, JASA 83, 1988, 231–241), and n images with replacement. Of one seed only the images are
 * drawn, from the first word on. The accuracy of a draw is a count over (S − 1)·n, or n, rounded once: rows with equal counts are equal.
 *
 * What is drawn depends on S, n and the number of the draw alone, never on the rows: rows can be compared draw by draw,
 * and may be computed in any parts and order. Throws RangeError for rows of different shapes, without seeds or images.
 */
export function resampleAccuracies(
  rows: readonly (readonly Uint8Array[])[],
  drawnImages: DrawnImages,
  draws = DRAWS,
): Float64Array[] {
  const accuracies = rows.map(() => new Float64Array(draws));
  const first = rows[0];
  if (!first) return accuracies;
  const seeds = first.length;
  const images = first[0]?.length ?? 0;
  checkShapes(rows, seeds, images);
  const tallies = rows.map((row) => row.map(tallyOf));
  // of one seed always that one, which takes no word
  const drawnSeeds = new Uint32Array(Math.max(1, seeds - 1));
  const times = new Uint32Array(images);
  for (let draw = 0; draw < draws; draw++) {
    const words = new Stream(SEED, 'resampling', draw);
    for (let i = 0; i < seeds - 1; i++) drawnSeeds[i] = words.below(seeds);
    for (const [i, seed] of drawnSeeds.entries()) {
      if (i === 0 || drawnImages === 'by-seed') drawImages(words, times);
      for (const [r, tally] of tallies.entries()) accuracies[r]![draw]! += rightOf(tally[seed]!, times);
    }
    for (const row of accuracies) row[draw]! /= drawnSeeds.length * images;
  }
  return accuracies;
}

/** The images that a row gets right with a seed, or those that it gets wrong: whichever are fewer. */
interface Tally {
  readonly listed: 'right' | 'wrong';
  readonly images: Uint32Array;
}

function tallyOf(right: Uint8Array): Tally {
  const count = right.reduce((sum, bit) => sum + bit, 0);
  const listed = 2 * count <= right.length ? 'right' : 'wrong';
  const bit = listed === 'right' ? 1 : 0;
  const images = new Uint32Array(listed === 'right' ? count : right.length - count);
  let at = 0;
  for (let i = 0; i < right.length; i++) if (right[i] === bit) images[at++] = i;
  return { listed, images };
}

/** How often each image is drawn; together as often as there are images. */
function drawImages(words: Stream, times: Uint32Array): void {
  times.fill(0);
  for (let i = 0; i < times.length; i++) times[words.below(times.length)]!++;
}

function rightOf({ listed, images }: Tally, times: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < images.length; i++) sum += times[images[i]!]!;
  return listed === 'right' ? sum : times.length - sum;
}

function checkShapes(rows: readonly (readonly Uint8Array[])[], seeds: number, images: number): void {
  if (seeds === 0 || images === 0) {
    throw new RangeError('resampleAccuracies: no seeds or no images; give at least one of each');
  }
  for (const [r, row] of rows.entries()) {
    if (row.length !== seeds || row.some(({ length }) => length !== images)) {
      throw new RangeError(
        `resampleAccuracies: row ${r} is not ${seeds} seeds × ${images} images, as row 0 is`,
      );
    }
    if (row.some((bits) => bits.some((bit) => bit > 1))) {
      throw new RangeError(
        `resampleAccuracies: row ${r} has a value above 1; give 1 for right and 0 for wrong`,
      );
    }
  }
}

/** a − b, draw by draw, of two rows of the same draws. */
export function drawnDifferences(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((accuracy, draw) => accuracy - b[draw]!);
}

/**
 * The 95 % percentile interval of draws in any order: a fortieth of them, rounded down, lies on each side of it; of 2,000
 * its ends are the 51st and the 1950th. Throws RangeError without draws.
 *
 * The bootstrap of few seeds, or of a row that is nearly always right, is too narrow: widen it by `atLeast` to the score
 * interval of one seed, `wilson` or, of a difference, `tango`, at the mean counts over the seeds on n images.
 */
export function bounds(draws: Float64Array): Interval {
  if (draws.length === 0) throw new RangeError('bounds: no draws; give at least one');
  const sorted = Float64Array.from(draws).sort();
  const outside = Math.floor(sorted.length / 40);
  return { low: sorted[outside]!, high: sorted[sorted.length - 1 - outside]! };
}
