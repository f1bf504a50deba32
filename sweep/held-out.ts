/** The validation images of weights that somebody trained: known only where the model says how they were held out. */
import type { Dataset } from '../datasets/dataset.js';
import { holdOut, validationCount } from '../datasets/validation.js';
import type { ModelData } from '../networks/files/model.js';

/** Whether this is the data a model was trained on, in the same state. */
export function isTrainedOn({ origin }: Dataset, data: ModelData): boolean {
  return origin?.checksum === data.checksum && origin.seed === data.seed;
}

/**
 * Indices of the training images that the training of the model did not see; undefined where nobody knows: another data
 * set, fewer of its training images, or a model that does not say.
 */
export function heldOutOf(data: ModelData | undefined, dataset: Dataset): Uint32Array | undefined {
  if (data?.heldOut === undefined || !isTrainedOn(dataset, data)) return undefined;
  const { seed, images } = data.heldOut;
  if (dataset.train.count < data.train || validationCount(data.train) !== images) return undefined;
  return holdOut(data.train, seed).validation;
}
