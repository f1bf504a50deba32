/**
 * Image sets made of others at half the height and width: a pixel is ⌊(sum of its 2×2 block + 2) / 4⌋, the mean of the
 * block, halves up. Lines stand one after another as a sequence [pixels, channels], so that a Conv1D runs along them.
 */
import { type ImageSet, MNIST } from './catalog.js';
import { checksumOf } from './checksum.js';
import { type Dataset, type Split, sharedBytes } from './dataset.js';
import { loadImageSet } from './images.js';

export interface HalvedSet {
  readonly name: string;
  readonly title: string;
  readonly source: ImageSet;
  /** Per channel, of pixel/255 over the training images as they are here. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** `checksumOf` the set where its source is as published. */
  readonly checksum: string;
}

export const MNIST_14: HalvedSet = {
  name: 'mnist-14',
  title: 'MNIST at 14×14, its lines one after another',
  source: MNIST,
  mean: [0.13079],
  std: [0.28028],
  checksum: '0deeb85af3c53854f9a2c9a03d7d75e18eaa32fbb50f8b951a4cfe169ee22ca0',
};

export const HALVED_SETS: readonly HalvedSet[] = [MNIST_14];

/** The set, whole, from the files of its source. Throws UserError as the source does. */
export function loadHalvedSet(set: HalvedSet, directory: string | undefined): Dataset {
  const source = loadImageSet(set.source, directory);
  const [height, width, channels] = set.source.shape;
  const shape = [(height / 2) * (width / 2), channels];
  const content = {
    shape,
    classes: source.classes,
    train: halved(source.train, set.source.shape),
    test: halved(source.test, set.source.shape),
  };
  const { name, mean, std } = set;
  const drawnAs = [height / 2, width / 2, channels] as const;
  return { name, mean, std, drawnAs, ...content, checksum: checksumOf(content) };
}

/** Of images [height, width, channels] of bytes with an even height and width. */
export function halved({ count, labels, raw }: Split, shape: readonly [number, number, number]): Split {
  const [height, width, channels] = shape;
  const line = width * channels;
  const small = sharedBytes((count * height * line) / 4);
  let to = 0;
  // images follow one another, so their lines do
  for (let top = 0; top < count * height; top += 2) {
    for (let left = 0; left < width; left += 2) {
      for (let channel = 0; channel < channels; channel++) {
        const at = top * line + left * channels + channel;
        const above = raw[at]! + raw[at + channels]!;
        const below = raw[at + line]! + raw[at + line + channels]!;
        small[to++] = (above + below + 2) >> 2;
      }
    }
  }
  return { count, labels, raw: small };
}
