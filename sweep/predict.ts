/** Images through a plan, batch by batch: never a whole data set's activations at once. */
import { type Dataset, imageSize, normalizedImages, type Split } from '../datasets/dataset.js';
import type { Plan } from '../networks/plan.js';

/** Images of one batch: enough to fill the GEMMs, small enough for the caches. */
export const BATCH = 64;

export interface Predictions {
  /** Class by image; −1 where every logit is NaN. */
  readonly classes: Int32Array;
  readonly ties: number;
  readonly nanLogits: number;
}

/** The first `count` indices. */
export function firstIndices(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}

/** Batches of the images at `indices`, normalised; `images` is overwritten by the next one. */
export function* imageBatches(
  dataset: Dataset,
  split: Split,
  indices: Uint32Array,
): Generator<{ readonly images: Float32Array; readonly count: number; readonly first: number }> {
  const images = new Float32Array(BATCH * imageSize(dataset));
  for (let first = 0; first < indices.length; first += BATCH) {
    const some = indices.subarray(first, first + BATCH);
    normalizedImages(dataset, split, some, images);
    yield { images, count: some.length, first };
  }
}

/** Runs the plan (compiled for `BATCH`) over the images at `indices`. */
export function predict(plan: Plan, dataset: Dataset, split: Split, indices: Uint32Array): Predictions {
  const classes = new Int32Array(indices.length);
  let ties = 0;
  let nanLogits = 0;
  for (const { images, count, first } of imageBatches(dataset, split, indices)) {
    const outcome = plan.run(images, count, first);
    classes.set(outcome.predictions.subarray(0, count), first);
    ties += outcome.ties;
    nanLogits += outcome.nanLogits;
  }
  return { classes, ties, nanLogits };
}

/** Labels of the images at `indices`. */
export function labelsAt(split: Split, indices: Uint32Array): Uint8Array {
  return Uint8Array.from(indices, (index) => split.labels[index]!);
}

/** How many test images are looked at. */
export function testCount(dataset: Dataset, { images }: { readonly images: number | 'all' }): number {
  return images === 'all' ? dataset.test.count : Math.min(images, dataset.test.count);
}
