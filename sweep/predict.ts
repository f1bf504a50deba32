/** Images through a plan, batch by batch: never a whole data set's activations at once. */
import { type Dataset, imageSize, normalizedImages, type Split } from '../datasets/dataset.js';
import type { Plan } from '../networks/plan.js';
import { BATCH, newShare, type Share, takeBatch } from './share.js';

export interface Predictions {
  /** Class by image; −1 where every logit is NaN. */
  readonly classes: Int32Array;
  readonly ties: number;
  readonly nanLogits: number;
}

/** What a batch threw, and which one: where several batches fail, the first one's error is told. */
export class BatchError extends Error {
  constructor(
    readonly batch: number,
    override readonly cause: unknown,
  ) {
    super(`batch ${batch} failed`);
  }
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

/**
 * Takes batches of the images at `indices` until the share has none left, and runs the plan (compiled for `BATCH`)
 * over them. Draws of stochastic rounding are keyed by the place in `indices`, so it does not matter who takes which.
 * The counts are of this thread's batches. A step is a batch. Throws BatchError.
 */
export function* predictShare(
  plan: Plan,
  dataset: Dataset,
  split: Split,
  indices: Uint32Array,
  share: Share,
): Generator<void, Omit<Predictions, 'classes'>> {
  const images = new Float32Array(BATCH * imageSize(dataset));
  let ties = 0;
  let nanLogits = 0;
  for (let batch = takeBatch(share); batch !== undefined; batch = takeBatch(share)) {
    const first = batch * BATCH;
    const some = indices.subarray(first, first + BATCH);
    try {
      normalizedImages(dataset, split, some, images);
      const outcome = plan.run(images, some.length, first);
      share.classes.set(outcome.predictions.subarray(0, some.length), first);
      ties += outcome.ties;
      nanLogits += outcome.nanLogits;
    } catch (error) {
      throw new BatchError(batch, error);
    }
    yield;
  }
  return { ties, nanLogits };
}

/** All steps of some work in one go. */
export function atOnce<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Runs the plan (compiled for `BATCH`) over the images at `indices` in this thread. */
export function predict(plan: Plan, dataset: Dataset, split: Split, indices: Uint32Array): Predictions {
  const share = newShare(indices.length);
  try {
    const { ties, nanLogits } = atOnce(predictShare(plan, dataset, split, indices, share));
    return { classes: share.classes, ties, nanLogits };
  } catch (error) {
    throw error instanceof BatchError ? error.cause : error;
  }
}

/** Labels of the images at `indices`. */
export function labelsAt(split: Split, indices: Uint32Array): Uint8Array {
  return Uint8Array.from(indices, (index) => split.labels[index]!);
}

/** How many test images are looked at. */
export function testCount(dataset: Dataset, { images }: { readonly images: number | 'all' }): number {
  return images === 'all' ? dataset.test.count : Math.min(images, dataset.test.count);
}
