/** Fetching a named set whole: its files, checked, and read once to see that they are sound. */

import { UserError } from '../errors.js';
import { didYouMean } from '../near.js';
import { IMAGE_SETS } from './catalog.js';
import type { Dataset } from './dataset.js';
import { type FetchCalls, fetchImageSet } from './fetch.js';
import { HALVED_SETS, loadHalvedSet } from './halved.js';
import { loadImageSet } from './images.js';

export interface FetchedData {
  readonly dataset: Dataset;
  /** Whether the checksum is that of the set as published. */
  readonly published: boolean;
}

/**
 * Fetches `mnist`, `fashion-mnist` or `cifar-10` into a folder of its name in `directory`, or what `mnist-14` is made of
 * into that of `mnist`; files that are there and right are kept. Throws UserError for another name, a wrong checksum, no connection, a folder that cannot be written.
 */
export async function fetchData(
  name: string,
  directory: string,
  calls: FetchCalls = {},
): Promise<FetchedData> {
  const halved = HALVED_SETS.find((known) => known.name === name);
  const set = halved?.source ?? IMAGE_SETS.find((known) => known.name === name);
  if (set === undefined) {
    const names = [...IMAGE_SETS, ...HALVED_SETS].map((known) => known.name);
    throw new UserError(`data fetch ${name}: can fetch ${names.join(', ')}${didYouMean(name, names)}`);
  }
  await fetchImageSet(set, directory, calls);
  const dataset = halved ? loadHalvedSet(halved, directory) : loadImageSet(set, directory);
  return { dataset, published: dataset.checksum === (halved ?? set).checksum };
}
