/** A run's share of images through a plan, by whichever threads have time for it. */
import type { Dataset, Split } from '../datasets/dataset.js';
import { imageBatches, runBatches } from '../networks/batches.js';
import type { Plan } from '../networks/plan.js';
import { BATCH, type Share, takeBatch } from './share.js';

/** What was counted over some batches. */
export interface Counted {
  readonly ties: number;
  readonly nanLogits: number;
}

/**
 * Takes batches of the images at `indices` until the share has none left, and runs the plan (compiled for `BATCH`)
 * over them; classes go into the share. The counts are of this thread's batches. A step is a batch. Throws BatchError.
 */
export function* predictShare(
  plan: Plan,
  dataset: Dataset,
  split: Split,
  indices: Uint32Array,
  share: Share,
): Generator<void, Counted> {
  let ties = 0;
  let nanLogits = 0;
  const batches = imageBatches(dataset, split, indices, BATCH, () => takeBatch(share));
  yield* runBatches(plan, batches, ({ count, first }, outcome) => {
    share.classes.set(outcome.predictions.subarray(0, count), first);
    ties += outcome.ties;
    nanLogits += outcome.nanLogits;
  });
  return { ties, nanLogits };
}

/** Labels of the images at `indices`. */
export function labelsAt(split: Split, indices: Uint32Array): Uint8Array {
  return Uint8Array.from(indices, (index) => split.labels[index]!);
}

/** How many of the classes are the labels. */
export function rightIn(classes: Int32Array, labels: Uint8Array): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (classes[i] === labels[i]) right++;
  return right;
}

/** How many test images are looked at. */
export function testCount(dataset: Dataset, { testImages }: { readonly testImages: number | 'all' }): number {
  return testImages === 'all' ? dataset.test.count : Math.min(testImages, dataset.test.count);
}
