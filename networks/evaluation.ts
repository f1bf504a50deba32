/** A plan over a whole split, batch by batch. */
import { type Dataset, imageSize, normalizedImages, type Split } from '../datasets/dataset.js';
import { UserError } from '../errors.js';
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

/** Runs `plan` on the first `count` images of `split` (all by default). */
export function evaluatePlan(plan: Plan, dataset: Dataset, split: Split, count = split.count): Evaluation {
  const predictions = new Int32Array(count);
  const images = new Float32Array(plan.batch * imageSize(dataset));
  let [correct, ties, nanLogits] = [0, 0, 0];
  for (let from = 0; from < count; from += plan.batch) {
    const now = Math.min(plan.batch, count - from);
    normalizedImages(
      dataset,
      split,
      Uint32Array.from({ length: now }, (_, i) => from + i),
      images,
    );
    const outcome = plan.run(images, now, from);
    for (let i = 0; i < now; i++) {
      predictions[from + i] = outcome.predictions[i]!;
      if (outcome.predictions[i] === split.labels[from + i]) correct++;
    }
    ties += outcome.ties;
    nanLogits += outcome.nanLogits;
  }
  return { predictions, correct, ties, nanLogits };
}
