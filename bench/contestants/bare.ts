/** Our GEMM kernels alone, on packed panels: no packing, no rounding. */
import { createKernels } from '../../dist/kernels/loader.js';
import type { RealProduct } from '../layers.js';
import type { Contestant } from '../race.js';

/** Tiles are padded to these multiples, the largest any kernel asks for. */
const [ROWS, COLUMNS, DEPTH] = [8, 16, 8];

const up = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;

export type BareKind = 'int8' | 'int16' | 'float32' | 'float64';

const BYTES: Readonly<Record<BareKind, number>> = { int8: 1, int16: 2, float32: 4, float64: 8 };

/** int16 takes K in pairs, int8 in fours. */
const MULTIPLE_OF_K: Readonly<Record<BareKind, number>> = { int8: 4, int16: 2, float32: 1, float64: 1 };

/** Steps of four values of k whose int8 products stay in int16: 8 · 2 · 31² < 2^15. */
const INT8_STEPS = 8;
const INT8 = 31;

/** Undefined for int8 where the engine has no relaxed SIMD. */
export function bareProduct(
  kind: BareKind,
  { shape, activations, step }: RealProduct,
): Contestant | undefined {
  const kernels = createKernels();
  const [m, n] = [up(shape.m, ROWS), up(shape.n, COLUMNS)];
  // where tiles allow it the shape is the real one
  const exactN = up(shape.n, kind === 'float64' ? 4 : 8);
  const rows = up(shape.m, 4);
  const bytes = BYTES[kind];
  const k = up(shape.k, MULTIPLE_OF_K[kind]);
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
    case 'int8': {
      const gemmInt8 = kernels.relaxed?.gemmInt8;
      return gemmInt8 && { name, run: () => void gemmInt8(rows, exactN, k, INT8_STEPS, a, b, start, c) };
    }
    case 'int16':
      return { name, run: () => void gemmInt16(rows, exactN, k, a, b, start, c) };
    case 'float32':
      return { name, run: () => void gemmFloat32(rows, exactN, k, a, b, start, c) };
    case 'float64':
      return { name, run: () => void gemmFloat64(rows, exactN, k, a, b, c) };
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
    case 'int8': {
      // 0 or more: what a negative second operand does is each machine's own affair
      const out = kernels.u8(pointer, count);
      for (let i = 0; i < count; i++)
        out[i] = Math.round((Math.abs(values[i % values.length]!) / most) * INT8);
      return;
    }
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
