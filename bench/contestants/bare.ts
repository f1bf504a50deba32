/** Our GEMM kernels alone, on packed panels: no packing, no rounding. */
import { createKernels } from '../../dist/kernels/loader.js';
import type { RealProduct } from '../layers.js';
import type { Contestant } from '../race.js';

/** Tiles are padded to these multiples, the largest any kernel asks for. */
const [ROWS, COLUMNS, DEPTH] = [8, 16, 8];

const up = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;

export type BareKind = 'int16' | 'float32' | 'float64';

export function bareProduct(kind: BareKind, { shape, activations, step }: RealProduct): Contestant {
  const kernels = createKernels();
  const [m, n] = [up(shape.m, ROWS), up(shape.n, COLUMNS)];
  // where tiles allow it the shape is the real one
  const exactN = up(shape.n, kind === 'float64' ? 4 : 8);
  const rows = up(shape.m, 4);
  const bytes = kind === 'int16' ? 2 : kind === 'float32' ? 4 : 8;
  const k = kind === 'int16' ? shape.k + (shape.k & 1) : shape.k;
  const room = up(shape.k, DEPTH);
  const a = kernels.allocate(m * room * bytes);
  const b = kernels.allocate(n * room * bytes);
  const start = kernels.allocate(n * 8);
  const c = kernels.allocate(m * n * (kind === 'float64' ? 8 : 4));
  fill(kind, kernels, a, activations, rows * k);
  fill(kind, kernels, b, step.weights, exactN * k);
  const { gemmInt16, gemmFloat32, gemmFloat64 } = kernels.call;
  const name = `bare ${kind}`;
  switch (kind) {
    case 'int16':
      return { name, run: () => void gemmInt16!(rows, exactN, k, a, b, start, c) };
    case 'float32':
      return { name, run: () => void gemmFloat32!(rows, exactN, k, a, b, start, c) };
    case 'float64':
      return { name, run: () => void gemmFloat64!(rows, exactN, k, a, b, c) };
    default:
      throw new Error(`no bare product ${kind satisfies never}`);
  }
}

/** The values over and over: a product takes as long whatever order its operands stand in. */
function fill(
  kind: BareKind,
  kernels: ReturnType<typeof createKernels>,
  pointer: number,
  values: Float32Array,
  count: number,
): void {
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-30);
  switch (kind) {
    case 'int16': {
      const out = kernels.i16(pointer, count);
      // sums of 8-bit integers cannot leave int32
      for (let i = 0; i < count; i++) out[i] = Math.round((values[i % values.length]! / most) * 127);
      return;
    }
    case 'float32': {
      const out = kernels.f32(pointer, count);
      for (let i = 0; i < count; i++) out[i] = values[i % values.length]!;
      return;
    }
    case 'float64': {
      const out = kernels.f64(pointer, count);
      for (let i = 0; i < count; i++) out[i] = values[i % values.length]!;
      return;
    }
    default:
      kind satisfies never;
  }
}
