/** Datasets by name: the one door through which images come into a run. */

import { basename } from 'node:path';
import { requireWhole, UserError } from '../errors.js';
import { didYouMean } from '../near.js';
import { countRegistration } from '../registrations.js';
import { IMAGE_SETS } from './catalog.js';
import { checksumOf } from './checksum.js';
import { type Dataset, imageSize, type Split } from './dataset.js';
import { HALVED_SETS, loadHalvedSet } from './halved.js';
import { loadImageSet } from './images.js';
import { inRange, rangedName } from './pixels.js';
import { STROKES_TEST, STROKES_TRAIN, strokesDataset } from './strokes/dataset.js';
import type { TableChoices } from './table.js';
import { loadCsv, loadTableSet, TABLE_SETS } from './tables.js';
import { holdOut } from './validation.js';

export interface LoadOptions {
  /** Seed of the built-in set and of the split of tables; 0 where absent. Image files do not depend on it. */
  readonly seed?: number;
  /** Use only the first so many training images or rows (built-in set: make so many). */
  readonly train?: number;
  /** Use only the first so many test images or rows. */
  readonly test?: number;
  /** How a CSV file is read; what is absent is guessed. */
  readonly table?: TableChoices | undefined;
  /** Told what was guessed of a CSV file, one line. */
  readonly tell?: (line: string) => void;
}

const STROKES = 'strokes';

/** Makes a dataset; `directory` is the data directory, where one was given. */
export type DatasetLoader = (
  directory: string | undefined,
  options: LoadOptions,
) => Promise<Dataset> | Dataset;

const loaders = new Map<string, DatasetLoader>([
  [
    STROKES,
    (_, options) =>
      strokesDataset(options.seed ?? 0, options.train ?? STROKES_TRAIN, options.test ?? STROKES_TEST),
  ],
  ...IMAGE_SETS.map(
    (set) => [set.name, (directory) => loadImageSet(set, directory)] as [string, DatasetLoader],
  ),
  ...HALVED_SETS.map(
    (set) => [set.name, (directory) => loadHalvedSet(set, directory)] as [string, DatasetLoader],
  ),
  ...TABLE_SETS.map(
    (set) =>
      [set.name, (directory, options) => loadTableSet(set, directory, options.seed ?? 0)] as [
        string,
        DatasetLoader,
      ],
  ),
]);

const ALIASES = new Map([['builtin', STROKES]]);

/** The one name of a dataset: aliases resolved, a table's file without its folders. */
export function canonicalName(name: string): string {
  const ranged = rangedName(name);
  if (ranged !== undefined) return `${canonicalName(ranged.set)}:${ranged.range}`;
  return ALIASES.get(name) ?? (isTableFile(name) ? basename(name) : name);
}

/** Does the name stand for a CSV file? */
export function isTableFile(name: string): boolean {
  return /\.csv(\.gz)?$/i.test(name) && !loaders.has(name);
}

/** Adds a dataset under a new name. Throws UserError when the name is taken. */
export function registerDataset(name: string, loader: DatasetLoader): void {
  if (loaders.has(name) || ALIASES.has(name)) {
    throw new UserError(`registerDataset: there is a dataset ${name} already; choose another name`);
  }
  loaders.set(name, loader);
  countRegistration();
}

/** Names `loadDataset` knows, besides CSV files. */
export function datasetNames(): string[] {
  return [...loaders.keys()];
}

/**
 * A dataset by name (mnist, fashion-mnist, cifar-10, mnist-14, strokes = builtin, iris, breast-cancer, wine, digits, one
 * registered) or the path of a .csv or .csv.gz file; of images with `:raw`, `:unit` or `:signed` behind it for pixels from 0 to
 * 255, 0 to 1 or −1 to 1. `directory`: where files are, CHEETAH_DATA where absent.
 * Throws UserError, one line, on an unknown name, missing or damaged files, or a limit that is not a whole number
 * of at least 1 (or above what there is, which takes all).
 */
export async function loadDataset(
  name: string,
  directory: string | undefined = process.env.CHEETAH_DATA || undefined,
  options: LoadOptions = {},
): Promise<Dataset> {
  for (const limit of [options.train, options.test]) {
    if (limit !== undefined) requireWhole(`dataset ${name}: a limit of ${limit} images`, limit, 1);
  }
  const ranged = rangedName(name);
  if (ranged !== undefined) {
    const dataset = inRange(await loadDataset(ranged.set, directory, options), ranged.range);
    return { ...dataset, origin: { ...dataset.origin!, dataset: canonicalName(name) } };
  }
  const loader = loaders.get(ALIASES.get(name) ?? name);
  if (loader !== undefined) {
    if (options.table !== undefined) {
      throw new UserError(
        `dataset ${name}: ${Object.keys(options.table).join(', ')} cannot be chosen; it is no CSV file`,
      );
    }
    return limited(withOrigin(await loader(directory, options), name, options), options);
  }
  if (isTableFile(name)) {
    const { seed = 0, table = {}, tell = () => {} } = options;
    return limited(withOrigin(loadCsv(name, seed, table, tell), name, options), options);
  }
  const near = didYouMean(name, datasetNames());
  throw new UserError(
    `dataset ${name} is unknown${near} (known: ${datasetNames().join(', ')}, and the path of any .csv or .csv.gz file)`,
  );
}

/**
 * The built-in set is generated from its seed in any size, so a few images are enough to tell one seed from another.
 */
const STROKES_SAMPLE = 10;

function withOrigin(dataset: Dataset, name: string, { seed = 0, table }: LoadOptions): Dataset {
  const known = canonicalName(name);
  const checksum =
    known === STROKES ? strokesDataset(seed, STROKES_SAMPLE, STROKES_SAMPLE).checksum : dataset.checksum;
  const choices = table === undefined ? {} : { table: table as Readonly<Record<string, string>> };
  return { ...dataset, origin: { dataset: known, seed, ...choices, checksum } };
}

/** The first `options.train` and `options.test` images. */
function limited(dataset: Dataset, options: LoadOptions): Dataset {
  const train = first(dataset.train, options.train, imageSize(dataset));
  const test = first(dataset.test, options.test, imageSize(dataset));
  if (train === dataset.train && test === dataset.test) return dataset;
  const { shape, classes } = dataset;
  return { ...dataset, train, test, checksum: checksumOf({ shape, classes, train, test }) };
}

function first(split: Split, count: number | undefined, size: number): Split {
  if (count === undefined || count >= split.count) return split;
  return { count, labels: split.labels.subarray(0, count), raw: split.raw.subarray(0, count * size) };
}

/**
 * The images calibration reads (docs/numerics.md §3): in the seed's order the first `count` training images behind its
 * validation images; all of them where there are fewer. Never test images, and none of `validation`, the images held out
 * of the training of the weights in use: by default those of this seed.
 */
export function calibrationIndices(
  dataset: Dataset,
  count: number,
  seed: number,
  validation?: Uint32Array,
): Uint32Array {
  requireWhole(`calibration on ${count} images`, count, 1);
  const { others } = holdOut(dataset.train.count, seed);
  if (validation === undefined) return others.slice(0, count);
  const heldOut = new Set(validation);
  return others.filter((index) => !heldOut.has(index)).slice(0, count);
}
