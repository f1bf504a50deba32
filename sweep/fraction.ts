/** `fraction: best`: the fraction bits of `fixed<n>` with most of the calibration images right, by the same dataflow. */
import type { Dataset } from '../datasets/dataset.js';
import type { Point } from './plan.js';
import { labelsAt } from './predict.js';
import { type Candidate, indicesOf, type Run } from './run-images.js';
import { bitsOf } from './sizes.js';

/** What is tried, most fraction bits first. */
export function fractionCandidates({ choice }: Point): Candidate[] {
  const { bits } = bitsOf(choice.formats.weights);
  return Array.from({ length: bits }, (_, index) => {
    const label = `fixed${bits}q${bits - 1 - index}`;
    return { label, formats: { weights: label, activations: label, layers: {} } };
  });
}

/** Index of the candidate with most images right; of equals the first, which costs range that nobody missed. */
export function bestFraction(right: readonly number[]): number {
  return right.indexOf(Math.max(...right));
}

/** How many images of a finished run over the calibration images are right. */
export function rightOf(dataset: Dataset, { point, images, share }: Run): number {
  const labels = labelsAt(dataset.train, indicesOf(dataset, point, images));
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (share.classes[i] === labels[i]) right++;
  return right;
}
