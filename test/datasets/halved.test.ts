/** Halves and rounding of blocks of pixels. */
import { describe, expect, it } from 'vitest';
import { sharedBytes } from '../../datasets/dataset.js';
import { halved } from '../../datasets/halved.js';

const split = (pixels: readonly number[], count: number) => {
  const raw = sharedBytes(pixels.length);
  raw.set(pixels);
  return { count, labels: sharedBytes(count), raw };
};

describe('half the height and width', () => {
  it('a pixel is ⌊(sum of its block + 2) / 4⌋, for every sum', () => {
    for (let sum = 0; sum <= 1020; sum++) {
      const block = [0, 1, 2, 3].map((i) => Math.floor((sum + i) / 4));
      const small = halved(split(block, 1), [2, 2, 1]);
      expect([sum, ...small.raw]).toEqual([sum, Math.floor((sum + 2) / 4)]);
    }
  });

  it('keeps images, lines and channels apart', () => {
    // two images of 2 × 4 pixels and two channels; pixel p of channel c of image i is 10 p + c + 100 i
    const pixels = [0, 1].flatMap((image) =>
      Array.from({ length: 16 }, (_, at) => 10 * Math.floor(at / 2) + (at % 2) + 100 * image),
    );
    // blocks of pixels 0, 1, 4, 5 and 2, 3, 6, 7: means 25 and 45
    expect([...halved(split(pixels, 2), [2, 4, 2]).raw]).toEqual([25, 26, 45, 46, 125, 126, 145, 146]);
  });
});
