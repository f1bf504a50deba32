import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';

const stream = new Stream(24, 'dataset');
const bell = () => stream.uniform() + stream.uniform() - 1;

/** m, n, k, and what stands between rows of A and of C, in values. The last ones take several blocks of rows. */
const shapes = [
  [1, 1, 1, 0, 0],
  [3, 5, 1, 2, 1],
  [4, 8, 25, 0, 0],
  [7, 10, 151, 5, 3],
  [9, 17, 9, 100, 50],
  [41, 12, 8191, 1, 4],
  [262, 3, 1030, 0, 2],
] as const;

describe('the float32 GEMM on rows as they lie', () => {
  it.each(shapes)(
    '%i × %i × %i, %i and %i apart: bias first, k ascending, every rounding',
    (m, n, k, gapA, gapC) => {
      const kernels = createKernels();
      const [strideA, strideC] = [k + gapA, n + gapC];
      const padded = Math.ceil(n / 8) * 8;
      const a = Float32Array.from({ length: m * strideA }, bell);
      const b = Float32Array.from({ length: n * k }, bell);
      const start = Float32Array.from({ length: n }, bell);
      const [pa, pb, packed, ps, pc] = [
        kernels.allocate(a.length * 4 + 32),
        kernels.allocate(b.length * 4 + 32),
        kernels.allocate(padded * k * 4),
        kernels.allocate(padded * 4),
        kernels.allocate(m * strideC * 4 + 32),
      ] as const;
      kernels.f32(pa, a.length).set(a);
      kernels.f32(pb, b.length).set(b);
      kernels.f32(ps, n).set(start);
      kernels.f32(pc, m * strideC).fill(7);
      kernels.call.packPanelsFloat32(n, k, pb, k * 4, 4, packed);
      kernels.call.gemmRowsFloat32(m, n, k, pa, strideA * 4, packed, ps, pc, strideC * 4);
      const expected = new Float32Array(m * strideC).fill(7);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = start[j]!;
          for (let p = 0; p < k; p++)
            sum = Math.fround(sum + Math.fround(a[i * strideA + p]! * b[j * k + p]!));
          expected[i * strideC + j] = sum;
        }
      }
      expect(kernels.f32(pc, m * strideC)).toEqual(expected);
    },
  );
});
