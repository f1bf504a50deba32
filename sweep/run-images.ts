/** A run: one plan over one set of images, whose batches any number of threads take. */
import type { Dataset, Split } from '../datasets/dataset.js';
import { calibrationIndices } from '../datasets/load.js';
import { firstIndices } from '../networks/batches.js';
import type { Assignment } from '../quantizers/assignment.js';
import { type SeedContext, type SweepContext, seedOf } from './context.js';
import type { Point } from './point.js';
import { labelsAt, rightIn, testCount } from './predict.js';
import { newShare, type Share } from './share.js';

/** Formats a point is tried in, and what its row calls them. */
export interface Candidate {
  readonly label: string;
  readonly assignment: Assignment;
}

/**
 * Which images a run is over. Those of `validation` choose between candidates and are a column of the row; where nobody
 * says which these are, those of `calibration` choose. The `test` images make the row.
 */
export type RunImages = 'validation' | 'calibration' | 'test';

/** The first thread of a run also describes its plan. */
export type Role = 'first' | 'helper';

/** Its share lies in shared buffers. */
export interface Run extends Candidate {
  readonly point: Point;
  readonly images: RunImages;
  readonly share: Share;
}

/** A run with no batch taken yet. */
export function newRun(
  context: SweepContext,
  point: Point,
  { label, assignment }: Candidate,
  images: RunImages,
): Run {
  const { length } = indicesOf(context, point, images);
  return { point, label, assignment, images, share: newShare(length) };
}

export function splitOf(dataset: Dataset, images: RunImages): Split {
  return images === 'test' ? dataset.test : dataset.train;
}

/** Where in its split each image of a run stands. */
export function indicesOf(context: SweepContext, point: Point, images: RunImages): Uint32Array {
  const { dataset } = context;
  switch (images) {
    case 'test':
      return firstIndices(testCount(dataset, point));
    case 'validation':
      return validationOf(context, point)!.indices;
    case 'calibration':
      return calibrationIndices(dataset, point.calibrationImages, point.seed);
    default:
      return images satisfies never;
  }
}

export function validationOf(context: SweepContext, { seed }: Point): SeedContext['validation'] {
  return seedOf(context, seed).validation;
}

/** The images that choose between candidates. */
export function choosingImages(context: SweepContext, point: Point): 'validation' | 'calibration' {
  return validationOf(context, point) ? 'validation' : 'calibration';
}

/** How many images of a finished run are right. */
export function rightOf(context: SweepContext, { point, images, share }: Run): number {
  const split = splitOf(context.dataset, images);
  return rightIn(share.classes, labelsAt(split, indicesOf(context, point, images)));
}
