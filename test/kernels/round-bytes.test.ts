import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { fillFloat32Columns } from '../../emac/certified/float32-columns.js';
import { OutputRounder, placeByteThresholds } from '../../emac/certified/round/output.js';
import { NEAREST_EVEN, type Rounding } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { type RoundingThresholds, thresholdIndex } from '../../formats/rounding/thresholds.js';
import type { Kernels } from '../../kernels/loader.js';
import { createKernels } from '../../kernels/loader.js';
import type { Encoding } from '../../quantizers/encoding.js';

/** The round stage of bytes against its plain twin: the thresholds at both ends in float64, one output after another. */

const stream = new Stream(23, 'dataset');
const RELATIVE = 2 ** -51;

interface Outputs {
  readonly format: string;
  readonly activation: 'identity' | 'relu';
  readonly mode: Rounding['mode'];
  readonly zeroPoint: number;
}

const outputs: readonly Outputs[] = [
  { format: 'posit8es1', activation: 'relu', mode: 'nearest-even', zeroPoint: 0 },
  { format: 'posit8es4', activation: 'identity', mode: 'nearest-even', zeroPoint: 0 },
  { format: 'posit5es0', activation: 'identity', mode: 'up', zeroPoint: 0 },
  { format: 'float8e4m3', activation: 'identity', mode: 'nearest-even', zeroPoint: 0 },
  { format: 'float8e7m0', activation: 'relu', mode: 'toward-zero', zeroPoint: 0 },
  { format: 'fixed8q5', activation: 'identity', mode: 'nearest-away', zeroPoint: 0 },
  { format: 'affine8', activation: 'identity', mode: 'nearest-even', zeroPoint: 255 },
  { format: 'affine8', activation: 'relu', mode: 'down', zeroPoint: 77 },
  { format: 'pow2val7', activation: 'identity', mode: 'nearest-even', zeroPoint: 0 },
  { format: 'posit2es0', activation: 'relu', mode: 'nearest-even', zeroPoint: 0 },
];

function thresholdsOf({ format, activation, mode, zeroPoint }: Outputs): RoundingThresholds {
  const output: Encoding = {
    format: getFormat(format),
    rounding: { ...NEAREST_EVEN, mode },
    scales: Float64Array.of(1),
    zeroPoint,
    granularity: { kind: 'tensor' },
    range: 'full',
  };
  return new OutputRounder(output, activation, undefined).table!;
}

/** Factors: powers of two, whose ties are exact; any of 16 bits; and what float32 does not reach. */
const factors = [1, 2 ** -7, 40_001 * 2 ** -20, 65_521 * 2 ** -44, 2 ** -105, 3 * 2 ** 90];

/** A sum whose product with `factor`, or one end of its interval of `bound`, lies about a threshold; or any sum. */
function sumAbout(table: RoundingThresholds, factor: number, bound: number): number {
  const threshold = table.thresholds[stream.below(table.thresholds.length)]!;
  const away = stream.below(3) - 1;
  const near = Math.round((threshold + away * bound) / factor) + stream.below(5) - 2;
  if (Number.isFinite(near) && Math.abs(near) < 2 ** 31 - 1 && stream.below(4) > 0) return near;
  return Math.round((stream.uniform() - 0.5) * 2 ** (1 + stream.below(32)));
}

interface Placed {
  readonly kernels: Kernels;
  readonly table: RoundingThresholds;
  readonly m: number;
  readonly n: number;
  readonly stride: number;
  readonly sums: Int32Array;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly pointer: Record<
    'sums' | 'rows' | 'columns' | 'float32Columns' | 'factors' | 'out' | 'undecided',
    number
  >;
  readonly byTable: readonly [number, number, number, number, number, number];
}

/** What a sum's product leaves out, at most, but for its own rounding. */
function boundOf(rows: Float64Array, columns: Float64Array, row: number, column: number): number {
  const [weightNorm, weightResidual, biasResidual] = columns.subarray(4 * column + 1, 4 * column + 4);
  return weightNorm! * rows[2 * row + 1]! + weightResidual! * rows[2 * row]! + biasResidual!;
}

function place(kind: Outputs, n: number, factor: number, spread: number): Placed {
  const table = thresholdsOf(kind);
  const kernels = createKernels();
  const m = 37;
  const stride = Math.ceil(n / 8) * 8;
  const rows = Float64Array.from({ length: 2 * m }, () => stream.uniform() * 300);
  const columns = Float64Array.from({ length: 4 * n }, (_, at) =>
    at % 4 === 0 ? factor : factor * stream.uniform() * spread,
  );
  const sums = Int32Array.from({ length: m * stride }, (_v, at) => {
    const [row, column] = [Math.floor(at / stride), (at % stride) % n];
    return sumAbout(table, factor, boundOf(rows, columns, row, column));
  });
  const bytes = placeByteThresholds(kernels, table)!;
  const pointer = {
    sums: kernels.allocate(m * stride * 4),
    rows: kernels.allocate(m * 16),
    columns: kernels.allocate(n * 32),
    float32Columns: kernels.allocate(stride * 16),
    factors: kernels.allocate(n * 8),
    out: kernels.allocate(m * n + 8),
    undecided: kernels.allocate(m * n * 4 + 4),
  };
  kernels.i32(pointer.sums, m * stride).set(sums);
  kernels.f64(pointer.rows, 2 * m).set(rows);
  kernels.f64(pointer.columns, 4 * n).set(columns);
  kernels.f64(pointer.factors, n).fill(factor);
  kernels.u8(pointer.out, m * n + 8).fill(0xa5);
  fillFloat32Columns(columns, n, kernels.f32(pointer.float32Columns, stride * 4));
  const byTable = [
    bytes.thresholds,
    bytes.buckets,
    bytes.lowest,
    bytes.size,
    bytes.codes,
    bytes.float32Buckets,
  ] as const;
  return { kernels, table, m, n, stride, sums, rows, columns, pointer, byTable };
}

const cases = outputs.flatMap((kind) =>
  [1, 3, 6, 8, 13].map((n) => [`${kind.format} ${kind.activation} ${kind.mode}, n = ${n}`, kind, n] as const),
);

describe('rounding int32 sums to bytes', () => {
  it.each(cases)('exact sums: %s', (_, kind, n) => {
    for (const factor of factors) {
      const { kernels, table, m, stride, sums, pointer, byTable } = place(kind, n, factor, 0);
      const { call } = kernels;
      call.roundBytesExact(
        ...([m, n, stride, pointer.sums, pointer.factors, pointer.float32Columns] as const),
        ...byTable,
        pointer.out,
      );
      const expected = Uint8Array.from({ length: m * n }, (_v, at) => {
        const y = sums[Math.floor(at / n) * stride + (at % n)]! * factor;
        return table.codes[thresholdIndex(table, y)]!;
      });
      expect(kernels.u8(pointer.out, m * n)).toEqual(expected);
      expect(kernels.u8(pointer.out + m * n, 8).every((byte) => byte === 0xa5)).toBe(true);
    }
  });

  it.each(outputs.map((kind) => [`${kind.format} ${kind.activation} ${kind.mode}`, kind] as const))(
    'exact sums, nearly all of them ties or at other ends of buckets: %s',
    (_, kind) => {
      // the third is a power of two in float32 alone; sums of the last leave float32
      for (const [factor, unit] of [
        [2 ** -4, 1],
        [2 ** -20, 2 ** 12],
        [2 ** -4 + 2 ** -34, 1],
        [2 ** -27, 2 ** 20],
        [2 ** -30, 2 ** 20],
      ] as const) {
        const placed = place(kind, 8, factor, 0);
        const { kernels, table, m, n, stride, sums, pointer, byTable } = placed;
        for (let first = -1024; first < 1024; first += m * n) {
          for (let at = 0; at < m * stride; at++) sums[at] = (first + at) * unit + (at % 31 === 0 ? 1 : 0);
          sums.set([2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 64, 2 ** 24 + 1], 3);
          kernels.i32(pointer.sums, m * stride).set(sums);
          kernels.call.roundBytesExact(
            ...([m, n, stride, pointer.sums, pointer.factors, pointer.float32Columns] as const),
            ...byTable,
            pointer.out,
          );
          const expected = Uint8Array.from(sums, (sum) => table.codes[thresholdIndex(table, sum * factor)]!);
          expect(kernels.u8(pointer.out, m * n)).toEqual(expected);
        }
      }
    },
  );

  it.each(cases)(
    'bounded sums, and exactly those left undecided that float64 cannot tell: %s',
    (_, kind, n) => {
      for (const factor of factors) {
        for (const spread of [0, 2 ** -20, 1, 2 ** 12]) {
          const placed = place(kind, n, factor, spread);
          const { kernels, table, m, stride, sums, rows, columns, pointer, byTable } = placed;
          const count = kernels.call.roundBytesCertified(
            ...([
              m,
              n,
              stride,
              pointer.sums,
              pointer.rows,
              pointer.columns,
              pointer.float32Columns,
              RELATIVE,
            ] as const),
            ...byTable,
            ...([pointer.out, pointer.undecided] as const),
          );
          const undecided: number[] = [];
          const codes = kernels.u8(pointer.out, m * n);
          for (let at = 0; at < m * n; at++) {
            const [row, column] = [Math.floor(at / n), at % n];
            const y = sums[row * stride + column]! * factor;
            const e = boundOf(rows, columns, row, column) + RELATIVE * Math.abs(y);
            const level = thresholdIndex(table, y);
            const next = table.thresholds[level + 1] ?? Number.POSITIVE_INFINITY;
            if (!(y - e >= table.thresholds[level]! && y + e < next)) undecided.push(at);
            else if (codes[at] !== table.codes[level])
              expect([at, codes[at]]).toEqual([at, table.codes[level]]);
          }
          expect([...kernels.i32(pointer.undecided, count)]).toEqual(undecided);
          expect(kernels.u8(pointer.out + m * n, 8).every((byte) => byte === 0xa5)).toBe(true);
        }
      }
    },
  );
});
