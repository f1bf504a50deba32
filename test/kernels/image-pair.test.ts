/** An image of codes as two images of int16, against look-ups one by one. */
import { expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';

const kernels = createKernels();
const stream = new Stream(3, 'dataset');

it.each([
  [3, 4],
  [2, 7],
  [5, 1],
  [1, 26],
])('%i lines of %i codes as two images', (height, run) => {
  const pairs = Int16Array.from({ length: 512 }, () => stream.below(65536) - 32768);
  const codes = Array.from({ length: height * run }, () => stream.below(256));
  const table = kernels.allocate(1024);
  kernels.i16(table, 512).set(pairs);
  const line = run + 3;
  const images = [kernels.allocate(height * line * 2), kernels.allocate(height * line * 2)] as const;
  for (const one of images) kernels.i16(one, height * line).fill(9);
  const image = kernels.allocate(codes.length);
  kernels.u8(image, codes.length).set(codes);
  kernels.call.decodeImagePair(image, height, run, table, images[1], images[0], line * 2);
  for (const [half, one] of images.entries()) {
    const expected = Array.from({ length: height * line }, (_, at) =>
      at % line < run ? pairs[2 * codes[Math.floor(at / line) * run + (at % line)]! + half]! : 9,
    );
    expect([...kernels.i16(one, height * line)]).toEqual(expected);
  }
});
