/**
 * The built-in set `strokes`: handwritten-like digits, 28×28 grey, generated from a seed, so that everything runs
 * without a download. The same seed gives the same bytes on every machine.
 */
import { Stream } from '../../arithmetic/philox.js';
import { requireWhole } from '../../errors.js';
import { checksumOf } from '../checksum.js';
import { type Dataset, type Split, sharedBytes } from '../dataset.js';
import { weighted } from './draws.js';
import { Hand, SIDE, type Style } from './hand.js';
import { type Paper, render } from './render.js';
import { SKELETONS } from './skeletons.js';

export const STROKES_TRAIN = 8000;
export const STROKES_TEST = 2000;

/** More images than this need more memory than they are worth. */
const MOST = 200_000;

/** Streams of test images begin here, so that they do not depend on how many training images there are. */
const FIRST_TEST_STREAM = 0x40000000;

/** Streams that put the ten digits of each ten images in order begin here, counted from the images' own. */
const FIRST_ORDER_STREAM = 0x20000000;

const STYLE: Style = {
  wobble: 0.025,
  slant: 0.16,
  turn: 0.06,
  height: [15, 22],
  aspect: [0.72, 1.1],
  shift: 1.1,
  elastic: 0.8,
  pen: [0.55, 1.6],
  pressure: 0.2,
};

const PAPER: Paper = { ink: [190, 265], softness: [0.9, 1.7], noise: [0, 14], gap: 0.15, stray: 0.15 };

/** Of pixel/255 over the 8,000 training images of seed 0; stated, not measured anew for other seeds. */
const MEAN = 0.10961;
const STD = 0.2462;

/**
 * The built-in set: `train` and `test` images from `seed`, each ten images in a row holding every digit once.
 * Throws UserError when a count is not a whole number from 1 to 200,000.
 */
export function strokesDataset(seed: number, train: number, test: number): Dataset {
  for (const count of [train, test]) requireWhole(`dataset strokes: ${count} images`, count, 1, MOST);
  const shape = [SIDE, SIDE, 1];
  const classes = SKELETONS.map((_, digit) => String(digit));
  const content = {
    shape,
    classes,
    train: write(seed, 0, train),
    test: write(seed, FIRST_TEST_STREAM, test),
  };
  return { name: 'strokes', mean: [MEAN], std: [STD], ...content, checksum: checksumOf(content) };
}

function write(seed: number, firstStream: number, count: number): Split {
  const size = SIDE * SIDE;
  const labels = sharedBytes(count);
  const raw = sharedBytes(count * size);
  const hand = new Hand(STYLE);
  const order = new Uint32Array(10);
  for (let i = 0; i < count; i++) {
    if (i % 10 === 0) {
      order.forEach((_, digit) => {
        order[digit] = digit;
      });
      new Stream(seed, 'dataset', firstStream + FIRST_ORDER_STREAM + i / 10).shuffle(order);
    }
    const digit = order[i % 10]!;
    labels[i] = digit;
    const stream = new Stream(seed, 'dataset', firstStream + i);
    const ways = SKELETONS[digit]!;
    const way =
      ways[
        weighted(
          stream,
          ways.map((skeleton) => skeleton.weight),
        )
      ]!;
    render(hand.write(way, stream), PAPER, stream, raw.subarray(i * size, (i + 1) * size));
  }
  return { count, labels, raw };
}
