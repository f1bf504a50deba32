/** Images of a split through a plan, batch by batch: never a whole data set's activations at once. */
import { type Dataset, imageSize, normalizedImages, type Split } from '../datasets/dataset.js';
import type { Outcome, Plan } from './plan.js';

/**
 * An error in a batch, and which batch it was: where batches fail on several threads, the error of the first one is
 * reported.
 */
export class BatchError extends Error {
  constructor(
    readonly batch: number,
    override readonly cause: unknown,
  ) {
    super(`batch ${batch} failed`);
  }
}

export interface Batch {
  /** count × image size, normalised; overwritten by the next batch. */
  readonly images: Float32Array;
  readonly count: number;
  /** Place of its first image among the indices. */
  readonly first: number;
}

/** The first `count` indices. */
export function firstIndices(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}

/**
 * A function that gives 0, 1, 2, … and then undefined: the numbers of the batches of `size` images that `indices`
 * make.
 */
export function everyBatch(indices: Uint32Array, size: number): () => number | undefined {
  let next = 0;
  return () => (next * size < indices.length ? next++ : undefined);
}

/**
 * The images at `indices`, in batches of up to `size`; `next` says which batch comes, undefined where none is left: all
 * in order, or those that other threads leave.
 */
export function* imageBatches(
  dataset: Dataset,
  split: Split,
  indices: Uint32Array,
  size: number,
  next = everyBatch(indices, size),
): Generator<Batch> {
  const images = new Float32Array(size * imageSize(dataset));
  for (let batch = next(); batch !== undefined; batch = next()) {
    const first = batch * size;
    const some = indices.subarray(first, first + size);
    try {
      normalizedImages(dataset, split, some, images);
    } catch (error) {
      throw new BatchError(batch, error);
    }
    yield { images, count: some.length, first };
  }
}

/**
 * Runs `plan` on each batch and hands batch and outcome to `tell`; yields after each batch, so that the caller can
 * pause between them. Stochastic draws are keyed by the place among the indices: it does not matter which thread
 * takes which batch. Throws BatchError.
 */
export function* runBatches(
  plan: Plan,
  batches: Iterable<Batch>,
  tell: (batch: Batch, outcome: Outcome) => void,
): Generator<void> {
  for (const batch of batches) {
    try {
      tell(batch, plan.run(batch.images, batch.count, batch.first));
    } catch (error) {
      throw new BatchError(batch.first / plan.batch, error);
    }
    yield;
  }
}

/** Runs a generator to its end and gives what it returns. */
export function atOnce<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The error itself, without the batch it was in. */
export function causeOf(error: unknown): unknown {
  return error instanceof BatchError ? error.cause : error;
}
