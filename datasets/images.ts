/** Loading an image set of the catalog from a data directory. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { isDirectory } from '../input/bounded-file.js';
import { type CatalogFile, IMAGE_SETS, type ImageSet } from './catalog.js';
import { checksumOf } from './checksum.js';
import { readCifarBatches } from './cifar.js';
import { type Dataset, type Split, sharedBytes } from './dataset.js';
import { findFile } from './files.js';
import { readIdxImages, readIdxLabels } from './idx.js';

/**
 * The set, whole. Throws UserError, one line each: no such directory, a file not found (what was looked for, and
 * how to get it), a truncated, over-long or foreign file, a label out of range.
 */
export function loadImageSet(set: ImageSet, directory: string | undefined): Dataset {
  const paths = locate(set, directory);
  const train = readSplit(set, paths.train);
  const test = readSplit(set, paths.test);
  const { name, shape, classes, mean, std } = set;
  const content = { shape, classes, train, test };
  return { name, mean, std, ...content, checksum: checksumOf(content) };
}

/** The paths of the set's files, all of them, in the catalog's order. Throws UserError when any is missing. */
export function locate(
  set: ImageSet,
  directory: string | undefined,
): { train: readonly string[]; test: readonly string[] } {
  const remedy = `get it by \`cheetah data fetch ${set.name} --to DIR\`, or use the built-in set strokes`;
  if (directory === undefined) {
    throw new UserError(
      `dataset ${set.name}: no data directory; give --data DIR or set CHEETAH_DATA (${remedy})`,
    );
  }
  if (!isDirectory(directory)) {
    throw new UserError(
      `dataset ${set.name}: there is no directory ${directory}; give --data DIR or set CHEETAH_DATA (${remedy})`,
    );
  }
  const find = (file: CatalogFile): string => {
    const path = findFile(directory, set.folders, file.names);
    if (path === undefined) {
      const places = set.folders.map((folder) => join(directory, folder)).join(', ');
      throw new UserError(
        `dataset ${set.name}: no ${file.names[0]} or ${file.names[0]}.gz in ${places}; ${remedy}`,
      );
    }
    return path;
  };
  return { train: set.train.map(find), test: set.test.map(find) };
}

function readSplit(set: ImageSet, paths: readonly string[]): Split {
  switch (set.layout) {
    case 'idx':
      return readIdxSplit(set, paths[0]!, paths[1]!);
    case 'cifar':
      return readCifarBatches(paths);
    default:
      throw set.layout satisfies never;
  }
}

function readIdxSplit(set: ImageSet, imagePath: string, labelPath: string): Split {
  const stored = readIdxLabels(labelPath, set.classes.length);
  refuseNamesake(set, labelPath, stored);
  const images = readIdxImages(imagePath);
  const [height, width] = set.shape;
  if (images.rows !== height || images.columns !== width) {
    throw new UserError(
      `${imagePath}: images of ${images.rows}×${images.columns}; ${set.name} has ${height}×${width}`,
    );
  }
  if (images.count !== stored.length) {
    throw new UserError(`${imagePath}: ${images.count} images, but ${labelPath} has ${stored.length} labels`);
  }
  const labels = sharedBytes(stored.length);
  labels.set(stored);
  const raw = sharedBytes(images.pixels.length);
  raw.set(images.pixels);
  return { count: images.count, labels, raw };
}

/** MNIST and Fashion-MNIST name their files alike; labels known to be the other's must not pass for ours. */
function refuseNamesake(set: ImageSet, path: string, labels: Uint8Array): void {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x801);
  view.setUint32(4, labels.length);
  const digest = createHash('sha256').update(header).update(labels).digest('hex');
  const owner = IMAGE_SETS.find((other) =>
    [...other.train, ...other.test].some((file) => file.sha256 === digest),
  );
  if (owner !== undefined && owner.name !== set.name) {
    throw new UserError(
      `${path}: these are the labels of ${owner.name}, not of ${set.name}; put each set in a folder of its name`,
    );
  }
}
