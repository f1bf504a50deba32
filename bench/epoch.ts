/** From some batches to an epoch of a published set. */
import { validationCount } from '../dist/datasets/validation.js';
import { type Spread, spreadOf } from './statistics.js';

/**
 * Seconds of an epoch over `size` training images: those that are trained on, each as long as in a run of so many
 * `images`, whose milliseconds are `times`; those held out, each classified in `classified` milliseconds.
 */
export function scaledEpoch(
  size: number,
  times: readonly number[],
  images: number,
  classified: number,
): Spread {
  const held = validationCount(size);
  return spreadOf(times.map((time) => ((time / images) * (size - held) + classified * held) / 1000));
}
