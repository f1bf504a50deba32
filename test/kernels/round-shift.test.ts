import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';

const stream = new Stream(83, 'dataset');

/** clamp(zeroPoint + round(c / 2^shift)) & mask, ties to even, in BigInt. */
function twin(
  c: number,
  shift: number,
  zeroPoint: number,
  lowest: number,
  highest: number,
  mask: number,
): number {
  const steps = 1n << BigInt(shift);
  const below = BigInt(c) >> BigInt(shift);
  const twice = 2n * (BigInt(c) - below * steps);
  const up = twice > steps || (twice === steps && (below & 1n) === 1n);
  const code = Number(below + (up ? 1n : 0n)) + zeroPoint;
  return Math.min(Math.max(code, lowest), highest) & mask;
}

describe('rounding integers by a shift is its plain twin', () => {
  it.each([
    [1, 1, 4],
    [2, 3, 4],
    [3, 16, 16],
    [5, 17, 24],
    [4, 84, 88],
    [0, 8, 8],
  ] as const)('%i × %i sums with stride %i', (m, n, stride) => {
    for (const shift of [0, 1, 2, 5, 10, 20]) {
      for (const [zeroPoint, lowest, highest, mask] of [
        [0, -128, 127, 255],
        [7, 0, 255, 255],
        [255, 0, 255, 255],
        [-128, -128, 127, 255],
        [0, 0, 15, 31],
        [3, 3, 12, 15],
        [0, -2, 1, 3],
      ] as const) {
        const kernels = createKernels();
        const [c, out] = [kernels.allocate(m * stride * 4), kernels.allocate(m * n + 8)];
        const ends = [2 ** 31 - 1, -(2 ** 31), 0, -1, 1];
        const sums = Int32Array.from({ length: m * stride }, (_, i) => {
          if (stream.below(6) === 0) return ends[i % 5]!;
          // halves of steps, and one beside them
          return (stream.below(1200) - 600) * 2 ** Math.max(0, shift - 1) + stream.below(3) - 1;
        });
        kernels.i32(c, sums.length).set(sums);
        const behind = kernels.u8(out + m * n, 8);
        behind.fill(171);
        kernels.call.roundShift(m, n, stride, c, shift, zeroPoint, lowest, highest, mask, out);
        const wanted = Array.from({ length: m * n }, (_, at) => {
          const sum = sums[Math.floor(at / n) * stride + (at % n)]!;
          return twin(sum, shift, zeroPoint, lowest, highest, mask);
        });
        expect([...kernels.u8(out, m * n)]).toEqual(wanted);
        expect([...behind]).toEqual(new Array(8).fill(171));
      }
    }
  });
});
