/** Images to train and to measure on: real ones where there are any, else the built-in set. */
import { checksumOf } from '../../dist/datasets/checksum.js';
import { type Dataset, imageSize, type Split, sharedBytes } from '../../dist/datasets/dataset.js';
import { loadDataset } from '../../dist/datasets/load.js';

export type ImageSet = 'mnist' | 'fashion-mnist' | 'cifar-10' | 'mnist-14' | 'breast-cancer';

export interface Limits {
  readonly train: number;
  readonly test: number;
}

/** `set` from the data directory; the built-in strokes in its place, in its shape, where no directory is given. */
export async function imagesOf(
  set: ImageSet,
  directory: string | undefined,
  limits: Limits,
): Promise<Dataset> {
  if (directory !== undefined) return loadDataset(set, directory, limits);
  const strokes = await loadDataset('strokes', undefined, limits);
  switch (set) {
    case 'mnist':
    case 'fashion-mnist':
      return strokes;
    case 'cifar-10':
      return inColour(strokes);
    case 'mnist-14':
      return thinned(strokes, [196, 1], 10);
    case 'breast-cancer':
      return thinned(strokes, [30], 2);
    default:
      return set satisfies never;
  }
}

const [FROM, TO, CHANNELS] = [28, 32, 3];

/** So many pixels of each grey image, equally far apart, as rows or sequences of `shape`. */
function thinned(grey: Dataset, shape: readonly number[], classes: number): Dataset {
  const size = imageSize({ shape });
  const ofSplit = ({ count, labels, raw }: Split): Split => {
    const out = sharedBytes(count * size);
    const from = raw.length / count;
    for (let i = 0; i < out.length; i++) {
      out[i] = raw[Math.floor(i / size) * from + Math.floor(((i % size) * from) / size)]!;
    }
    return { count, labels: labels.map((label) => label % classes), raw: out };
  };
  const content = {
    shape,
    classes: grey.classes.slice(0, classes),
    train: ofSplit(grey.train),
    test: ofSplit(grey.test),
  };
  // of a row every feature is a channel
  const repeat = (values: readonly number[]): number[] => new Array<number>(shape.at(-1)!).fill(values[0]!);
  const facts = { name: `strokes-${size}`, mean: repeat(grey.mean), std: repeat(grey.std) };
  return { ...content, ...facts, checksum: checksumOf(content) };
}

/** Grey 28 × 28 images in the middle of 32 × 32 × 3. */
function inColour(grey: Dataset): Dataset {
  const shape = [TO, TO, CHANNELS];
  const content = {
    shape,
    classes: grey.classes,
    train: splitInColour(grey.train),
    test: splitInColour(grey.test),
  };
  const repeat = (values: readonly number[]): number[] => new Array<number>(CHANNELS).fill(values[0]!);
  const facts = { name: 'strokes32', mean: repeat(grey.mean), std: repeat(grey.std) };
  return { ...content, ...facts, checksum: checksumOf(content) };
}

function splitInColour({ count, labels, raw }: Split): Split {
  const out = sharedBytes(count * TO * TO * CHANNELS);
  const margin = (TO - FROM) / 2;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < FROM; y++) {
      for (let x = 0; x < FROM; x++) {
        const at = ((image * TO + y + margin) * TO + x + margin) * CHANNELS;
        out.fill(raw[(image * FROM + y) * FROM + x]!, at, at + CHANNELS);
      }
    }
  }
  return { count, labels, raw: out };
}
