/**
 * Which training images train, which choose, which set scales (docs/numerics.md §3): in a seed's order the first are the
 * validation images, those after them calibrate; all but the validation images train.
 */
import { Stream } from '../arithmetic/philox.js';

export interface HeldOut {
  /** Validation images, in the seed's order: never trained on, never calibrated on. */
  readonly validation: Uint32Array;
  /** All others, in the seed's order: the first of them calibrate, all of them train. */
  readonly others: Uint32Array;
}

/** Fewest validation images, where a quarter of the training images is as many. */
const LEAST = 200;

/** How many of `count` training images are for validation: ⌊count/12⌋, at least 200, at most a quarter; 0 of fewer than 4. */
export function validationCount(count: number): number {
  return Math.min(Math.max(Math.floor(count / 12), LEAST), Math.floor(count / 4));
}

/** Indices into a training split of `count` images. */
export function holdOut(count: number, seed: number): HeldOut {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  new Stream(seed, 'calibration').shuffle(order);
  const first = validationCount(count);
  return { validation: order.slice(0, first), others: order.slice(first) };
}
