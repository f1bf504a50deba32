/** The depthwise kernel against plain loops, and sums of two slices joined. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';

const stream = new Stream(8, 'dataset');
const kernels = createKernels();
const many = (n: number, most: number) => Array.from({ length: n }, () => stream.below(2 * most + 1) - most);

describe('depthwise convolutions', () => {
  it.each([
    [1, 1, 1, 1, 1, 1, 1],
    [3, 3, 3, 1, 1, 4, 5],
    [8, 3, 3, 2, 2, 3, 4],
    [9, 5, 1, 1, 2, 2, 3],
    [17, 2, 2, 3, 1, 2, 1],
    [24, 7, 7, 1, 1, 1, 2],
  ])(
    '%i channels, %i × %i taps, strides %i and %i',
    (channels, kernelHeight, kernelWidth, strideY, strideX, outHeight, outWidth) => {
      kernels.clear();
      const height = (outHeight - 1) * strideY + kernelHeight;
      const width = (outWidth - 1) * strideX + kernelWidth;
      const taps = kernelHeight * kernelWidth;
      const pairs = Math.ceil(taps / 2);
      const n = Math.ceil(channels / 8) * 8;
      const most = Math.floor(Math.sqrt(2 ** 30 / taps));
      const image = many(height * width * channels, Math.min(32_767, most));
      const weights = many(channels * taps, Math.min(32_767, most));
      const bias = many(channels, 2 ** 30);
      const at = {
        image: kernels.allocate(image.length * 2 + 16),
        taps: kernels.allocate(pairs * 8),
        weights: kernels.allocate(n * pairs * 4),
        start: kernels.allocate(n * 4),
        sums: kernels.allocate(outHeight * outWidth * n * 4 + 16),
      };
      kernels.i16(at.image, image.length).set(image);
      const offsets = Array.from({ length: pairs * 2 }, (_, i) => Math.min(i, taps - 1)).map(
        (tap) => (Math.floor(tap / kernelWidth) * width + (tap % kernelWidth)) * channels * 2,
      );
      kernels.i32(at.taps, pairs * 2).set(offsets);
      const panels = kernels.i16(at.weights, n * pairs * 2);
      for (let c = 0; c < channels; c++) {
        for (let tap = 0; tap < taps; tap++)
          panels[(c >> 3) * pairs * 16 + (tap >> 1) * 16 + (c & 7) * 2 + (tap & 1)] =
            weights[c * taps + tap]!;
      }
      kernels.i32(at.start, n).set(bias);
      const guard = kernels.i32(at.sums + outHeight * outWidth * n * 4, 4).fill(5);
      // biome-ignore format: image, windows, weights, sums
      kernels.call.depthwiseInt16(
      at.image, width * channels * 2, channels * 2, strideY, strideX, outHeight, outWidth,
      n, pairs, at.taps, at.weights, at.start, at.sums,
    );
      const sums = kernels.i32(at.sums, outHeight * outWidth * n);
      for (let pixel = 0; pixel < outHeight * outWidth; pixel++) {
        const ox = pixel % outWidth;
        const oy = (pixel - ox) / outWidth;
        for (let c = 0; c < channels; c++) {
          let sum = bias[c]!;
          for (let tap = 0; tap < taps; tap++) {
            const y = oy * strideY + Math.floor(tap / kernelWidth);
            const x = ox * strideX + (tap % kernelWidth);
            sum += weights[c * taps + tap]! * image[(y * width + x) * channels + c]!;
          }
          expect([pixel, c, sums[pixel * n + c]]).toEqual([pixel, c, sum]);
        }
      }
      expect([...guard]).toEqual([5, 5, 5, 5]);
    },
  );

  it('joins the sums of two slices without a rounding', () => {
    kernels.clear();
    const [high, low] = [many(64, 2 ** 31 - 1), many(64, 2 ** 31 - 1)];
    const at = { high: kernels.allocate(256), low: kernels.allocate(256), out: kernels.allocate(512) };
    kernels.i32(at.high, 64).set(high);
    kernels.i32(at.low, 64).set(low);
    for (const split of [0, 1, 9, 15]) {
      kernels.call.joinSums(64, at.high, at.low, 2 ** split, at.out);
      expect([...kernels.f64(at.out, 64)]).toEqual(high.map((h, i) => h * 2 ** split + low[i]!));
    }
  });
});
