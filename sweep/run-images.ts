/** A run: one plan over one set of images, whose batches any number of threads take. */
import type { Dataset, Split } from '../datasets/dataset.js';
import { calibrationIndices } from '../datasets/load.js';
import { firstIndices } from '../networks/batches.js';
import type { Assignment } from '../quantizers/assignment.js';
import type { Point } from './point.js';
import { testCount } from './predict.js';
import { newShare, type Share } from './share.js';

/** Formats a point is tried in, and what its row calls them. */
export interface Candidate {
  readonly label: string;
  readonly assignment: Assignment;
}

/** The calibration images, of the training split, choose fraction bits; the test images make the row. */
export type RunImages = 'calibration' | 'test';

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
  dataset: Dataset,
  point: Point,
  { label, assignment }: Candidate,
  images: RunImages,
): Run {
  const count =
    images === 'test' ? testCount(dataset, point) : Math.min(point.calibrationImages, dataset.train.count);
  return { point, label, assignment, images, share: newShare(count) };
}

export function splitOf(dataset: Dataset, images: RunImages): Split {
  return images === 'test' ? dataset.test : dataset.train;
}

/** Where in its split each image of a run stands. */
export function indicesOf(dataset: Dataset, point: Point, images: RunImages): Uint32Array {
  return images === 'test'
    ? firstIndices(testCount(dataset, point))
    : calibrationIndices(dataset, point.calibrationImages, point.seed);
}
