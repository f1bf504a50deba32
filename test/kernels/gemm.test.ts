import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';
import { panels } from './panels.js';

/** Plain twins of the matrix products: every sum in its stated order, over matrices as they are written down. */

const stream = new Stream(23, 'dataset');
const integer = (bound: number) => stream.below(2 * bound + 1) - bound;
const bell = () => stream.uniform() + stream.uniform() - 1;

/** m, n, k; the last ones take several blocks of rows (kernels/assembly/gemm-blocks.ts), the last of them short. */
const shapes = [
  [4, 8, 2],
  [8, 8, 6],
  [12, 24, 150],
  [4, 16, 1000],
  [44, 16, 8192],
  [12, 8, 40_000],
] as const;
/** k of floats need not be even. */
const floatShapes = [...shapes, [8, 16, 1], [16, 8, 25], [1028, 8, 151]] as const;

describe('packed GEMMs', () => {
  it.each(shapes)('int16, %i × %i × %i', (m, n, k) => {
    const a = Int16Array.from({ length: m * k }, () => integer(300));
    const b = Int16Array.from({ length: n * k }, () => integer(300));
    const start = Int32Array.from({ length: n }, () => integer(1 << 20));
    const kernels = createKernels();
    const [pa, pb, ps, pc] = [
      kernels.allocate(m * k * 2),
      kernels.allocate(n * k * 2),
      kernels.allocate(n * 4),
      kernels.allocate(m * n * 4),
    ] as const;
    kernels.i16(pa, m * k).set(panels(a, m, k, 4, 2));
    kernels.i16(pb, n * k).set(panels(b, n, k, 8, 2));
    kernels.i32(ps, n).set(start);
    kernels.call.gemmInt16(m, n, k, pa, pb, ps, pc);
    const expected = Int32Array.from({ length: m * n }, (_, at) => {
      let sum = start[at % n]!;
      for (let p = 0; p < k; p++) sum += a[Math.floor(at / n) * k + p]! * b[(at % n) * k + p]!;
      return sum;
    });
    expect(kernels.i32(pc, m * n)).toEqual(expected);
  });

  it('int16 at the ends of its range and of int32', () => {
    const kernels = createKernels();
    const k = 2;
    const [pa, pb, ps, pc] = [
      kernels.allocate(64),
      kernels.allocate(64),
      kernels.allocate(64),
      kernels.allocate(256),
    ] as const;
    kernels.i16(pa, 4 * k).fill(32767);
    kernels.i16(pb, 8 * k).fill(-32767);
    kernels.i32(ps, 8).fill(-131069);
    kernels.call.gemmInt16(4, 8, k, pa, pb, ps, pc);
    expect(kernels.i32(pc, 32)[31]).toBe(-2 * 32767 * 32767 - 131069);
  });

  it.each(floatShapes)('float32, %i × %i × %i, every rounding in its order', (m, n, k) => {
    const a = Float32Array.from({ length: m * k }, bell);
    const b = Float32Array.from({ length: n * k }, bell);
    const start = Float32Array.from({ length: n }, bell);
    const kernels = createKernels();
    const [pa, pb, ps, pc] = [
      kernels.allocate(m * k * 4),
      kernels.allocate(n * k * 4),
      kernels.allocate(n * 4),
      kernels.allocate(m * n * 4),
    ] as const;
    kernels.f32(pa, m * k).set(panels(a, m, k, 4, 1));
    kernels.f32(pb, n * k).set(panels(b, n, k, 8, 1));
    kernels.f32(ps, n).set(start);
    kernels.call.gemmFloat32(m, n, k, pa, pb, ps, pc);
    const expected = Float32Array.from({ length: m * n }, (_, at) => {
      let sum = start[at % n]!;
      for (let p = 0; p < k; p++) {
        sum = Math.fround(sum + Math.fround(a[Math.floor(at / n) * k + p]! * b[(at % n) * k + p]!));
      }
      return sum;
    });
    expect(kernels.f32(pc, m * n)).toEqual(expected);
  });

  it.each(floatShapes)('float64, %i × %i × %i, packed by the kernel', (m, n, k) => {
    const a = Float64Array.from({ length: m * k }, bell);
    const b = Float64Array.from({ length: n * k }, bell);
    const kernels = createKernels();
    const [rows, pa, pb, pc] = [
      kernels.allocate(m * k * 8),
      kernels.allocate(m * k * 8),
      kernels.allocate(n * k * 8),
      kernels.allocate(m * n * 8),
    ] as const;
    kernels.f64(rows, m * k).set(a);
    kernels.call.packFloat64(m, k, rows, pa);
    expect([...kernels.f64(pa, m * k)]).toEqual(panels(a, m, k, 4, 1));
    kernels.f64(pb, n * k).set(panels(b, n, k, 4, 1));
    kernels.call.gemmFloat64(m, n, k, pa, pb, pc);
    const expected = Float64Array.from({ length: m * n }, (_, at) => {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[Math.floor(at / n) * k + p]! * b[(at % n) * k + p]!;
      return sum;
    });
    expect(kernels.f64(pc, m * n)).toEqual(expected);
  });
});
