import { describe, expect, it } from 'vitest';
import { PURPOSES, randomWord } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';

describe('the random words of stochastic rounding', () => {
  it('are those of the generator, word by word', () => {
    const kernels = createKernels();
    const out = kernels.allocate(40);
    const big = 0xfffffff0;
    for (const [seed, tensor, image, first] of [
      [0, 0, 0, 0],
      [7, 65536, 3, 5],
      [0xffffffff, 0x80000000, big, big],
    ] as const) {
      kernels.call.randomWords(10, seed, PURPOSES.rounding, tensor, image, first, out);
      const wanted = Array.from({ length: 10 }, (_, i) =>
        randomWord(seed, 'rounding', tensor, image, first + i),
      );
      expect([...kernels.u32(out, 10)]).toEqual(wanted);
    }
  });
});
