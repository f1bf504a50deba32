/** A plan over a whole split, batch by batch. */
import type { Dataset, Split } from '../datasets/dataset.js';
import { UserError } from '../errors.js';
import { atOnce, causeOf, firstIndices, imageBatches, runBatches } from './batches.js';
import type { Plan } from './plan.js';

export interface Evaluation {
  /** [count]: class of each image, −1 where all its logits are NaN. */
  readonly predictions: Int32Array;
  readonly correct: number;
  readonly ties: number;
  readonly nanLogits: number;
}

/** Throws UserError unless the network takes the dataset's images and tells its classes apart. */
export function checkFits(
  network: { readonly name: string; readonly input: readonly number[]; readonly classes: number },
  dataset: Dataset,
): void {
  if (network.input.join() !== dataset.shape.join() || network.classes !== dataset.classes.length) {
    throw new UserError(
      `network ${network.name} takes [${network.input.join(', ')}] to ${network.classes} classes, but dataset ${dataset.name} has [${dataset.shape.join(', ')}] and ${dataset.classes.length}; use a network made for it`,
    );
  }
}

/** Runs `plan` on the images at `indices` of a split, all of them in order by default. */
export function evaluatePlan(
  plan: Plan,
  dataset: Dataset,
  split: Split,
  indices = firstIndices(split.count),
): Evaluation {
  const predictions = new Int32Array(indices.length);
  let [correct, ties, nanLogits] = [0, 0, 0];
  const batches = imageBatches(dataset, split, indices, plan.batch);
  const steps = runBatches(plan, batches, ({ count, first }, outcome) => {
    predictions.set(outcome.predictions.subarray(0, count), first);
    ties += outcome.ties;
    nanLogits += outcome.nanLogits;
  });
  try {
    atOnce(steps);
  } catch (error) {
    throw causeOf(error);
  }
  predictions.forEach((prediction, i) => {
    if (prediction === split.labels[indices[i]!]) correct++;
  });
  return { predictions, correct, ties, nanLogits };
}
