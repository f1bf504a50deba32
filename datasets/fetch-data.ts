/** Fetching a named set whole: its files, checked, and read once to see that they are sound. */

import { UserError } from '../errors.js';
import { didYouMean } from '../near.js';
import { IMAGE_SETS } from './catalog.js';
import type { Dataset } from './dataset.js';
import { type FetchCalls, fetchImageSet } from './fetch.js';
import { loadImageSet } from './images.js';

export interface FetchedData {
  readonly dataset: Dataset;
  /** Whether the checksum is that of the set as published. */
  readonly published: boolean;
}

/**
 * Fetches `mnist`, `fashion-mnist` or `cifar-10` into a folder of its name in `directory`; files that are there and
 * right are kept. Throws UserError for another name, a wrong checksum, no connection, a folder that cannot be written.
 */
export async function fetchData(
  name: string,
  directory: string,
  calls: FetchCalls = {},
): Promise<FetchedData> {
  const set = IMAGE_SETS.find((known) => known.name === name);
  if (set === undefined) {
    const names = IMAGE_SETS.map((known) => known.name);
    throw new UserError(`data fetch ${name}: can fetch ${names.join(', ')}${didYouMean(name, names)}`);
  }
  await fetchImageSet(set, directory, calls);
  const dataset = loadImageSet(set, directory);
  return { dataset, published: dataset.checksum === set.checksum };
}
