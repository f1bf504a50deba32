/**
 * Training images moved, mirrored and cut, each from draws keyed by (seed, epoch, image): the same on any machine and
 * whoever makes them. Draws, in order: vertical and horizontal move, mirror, vertical and horizontal place of the cut.
 */
import { randomWord } from '../../arithmetic/philox.js';
import { UserError } from '../../errors.js';
import type { Shape } from '../tensor.js';
import type { TrainingOptions } from './options.js';

export type Augmentation = Pick<TrainingOptions, 'shift' | 'crop' | 'flip' | 'cutout' | 'seed'>;

/** Changes an image of [height, width, channels] in place, `image` its index in the training split. */
export type Augment = (pixels: Float32Array, epoch: number, image: number) => void;

/** Place −1 is pixel 0, −2 is pixel 1, …: the border pixel is seen twice. */
function mirrored(place: number, extent: number): number {
  if (place < 0) return -1 - place;
  return place < extent ? place : 2 * extent - 1 - place;
}

/**
 * `black`: the normalised value of a pixel of 0, per channel, which comes in where an image is shifted away. Undefined
 * where nothing is asked for. Throws UserError for inputs that are no images, or too small, and for both ways of moving.
 */
export function augmentation(
  options: Augmentation,
  shape: Shape,
  black: readonly number[],
): Augment | undefined {
  const { shift, crop, flip, cutout, seed } = options;
  if (shift === 0 && crop === 0 && flip === 'never' && cutout === 0) return undefined;
  const [height = 0, width = 0, channels = 0] = shape;
  const most = Math.max(shift, crop, cutout);
  if (shape.length !== 3 || most > Math.min(height, width)) {
    throw new UserError(
      `training: shift, crop, flip and cutout need images of at least ${Math.max(most, 1)} × ${Math.max(most, 1)} pixels, got inputs of shape [${shape.join(', ')}]`,
    );
  }
  if (shift > 0 && crop > 0) {
    throw new UserError(`training: shift ${shift} and crop ${crop} both move images; give one of them`);
  }
  const copy = new Float32Array(height * width * channels);
  return (pixels, epoch, image) => {
    const below = (bound: number, element: number): number =>
      Math.floor((randomWord(seed, 'augmentation', epoch, image, element) / 0x100000000) * bound);
    const reach = shift + crop;
    const [dy, dx] =
      reach === 0 ? [0, 0] : [below(2 * reach + 1, 0) - reach, below(2 * reach + 1, 1) - reach];
    const turned = flip === 'horizontal' && below(2, 2) === 1;
    if (dy !== 0 || dx !== 0 || turned) {
      copy.set(pixels);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          move(y, x, y + dy, (turned ? width - 1 - x : x) + dx);
        }
      }
    }
    if (cutout > 0) cut(below(height, 3), below(width, 4));

    function move(y: number, x: number, fromY: number, fromX: number): void {
      const to = (y * width + x) * channels;
      // beyond what crop mirrors, a shift brings in black
      const [outY, outX] = [outside(fromY, height), outside(fromX, width)];
      if (outY > crop || outX > crop) {
        for (let c = 0; c < channels; c++) pixels[to + c] = black[c]!;
        return;
      }
      const from = (mirrored(fromY, height) * width + mirrored(fromX, width)) * channels;
      for (let c = 0; c < channels; c++) pixels[to + c] = copy[from + c]!;
    }

    /** A square around (y, x), as much of it as lies in the image, becomes the data's mean (DeVries and Taylor 2017). */
    function cut(y: number, x: number): void {
      const [top, left] = [y - (cutout >> 1), x - (cutout >> 1)];
      for (let row = Math.max(top, 0); row < Math.min(top + cutout, height); row++) {
        for (let column = Math.max(left, 0); column < Math.min(left + cutout, width); column++) {
          const at = (row * width + column) * channels;
          pixels.fill(0, at, at + channels);
        }
      }
    }
  };
}

/** How far a place is outside 0 .. extent − 1. */
function outside(place: number, extent: number): number {
  return place < 0 ? -place : Math.max(place - extent + 1, 0);
}
