/** Images to train and to measure on: real ones where there are any, else the built-in set. */
import { checksumOf } from '../../dist/datasets/checksum.js';
import { type Dataset, type Split, sharedBytes } from '../../dist/datasets/dataset.js';
import { loadDataset } from '../../dist/datasets/load.js';

export type ImageSet = 'mnist' | 'fashion-mnist' | 'cifar-10';

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
  return set === 'cifar-10' ? inColour(strokes) : strokes;
}

const [FROM, TO, CHANNELS] = [28, 32, 3];

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
