/** Images of a split through a plan, batch by batch: never a whole data set's activations at once. */
import { type Dataset, imageSize, normalizedImages, type Split } from '../datasets/dataset.js';
import type { Outcome, Plan } from './plan.js';

/** What a batch threw, and which one: where several batches fail, the first one's error is told. */
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

/** 0, 1, 2, … as many as the indices make of `size` images each. */
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
 * Runs the plan over batches of its own size and tells of each; a step is a batch. Draws of stochastic rounding are
 * keyed by the place among the indices, so it does not matter who takes which. Throws BatchError.
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

/** All steps of some work in one go. */
export function atOnce<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** What went wrong, whichever batch it was in. */
export function causeOf(error: unknown): unknown {
  return error instanceof BatchError ? error.cause : error;
}
