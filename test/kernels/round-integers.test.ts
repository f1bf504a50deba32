/** Exact sums rounded to integer formats against their thresholds in float64: sums on, about and far from every one. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { divide, dyadic } from '../../arithmetic/rational.js';
import { fillFloat32Columns } from '../../emac/certified/float32-columns.js';
import { OutputRounder, placeRounding } from '../../emac/certified/round/output.js';
import type { Activation } from '../../emac/layer/layer.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { thresholdIndex } from '../../formats/rounding/thresholds.js';
import { createKernels } from '../../kernels/loader.js';
import type { Encoding } from '../../quantizers/encoding.js';

const stream = new Stream(41, 'dataset');

const outputs: readonly (readonly [
  format: string,
  zeroPoint: number,
  activation: Activation,
  range: 'full' | 'narrow',
])[] = [
  ['fixed8q5', 0, 'identity', 'full'],
  ['fixed8q0', 0, 'relu', 'full'],
  ['fixed5q3', 0, 'relu6', 'full'],
  ['affine8', 255, 'identity', 'full'],
  ['affine8', 0, 'relu', 'full'],
  ['affine8', 77, 'relu6', 'full'],
  ['affine8s', -128, 'identity', 'full'],
  ['affine8s', 127, 'relu', 'narrow'],
  ['affine2', 1, 'identity', 'full'],
  ['pow2int8', 0, 'identity', 'full'],
];

/** Powers of two, whose products tie; any of 16 bits, large sums and small; beyond float32's buckets and below. */
const factors = [1, 2 ** -7, 40_001 * 2 ** -20, 65_521 * 2 ** -37, 32_769 * 2 ** -15, 2 ** -105, 3 * 2 ** 90];

describe('exact sums to integers under any scale', () => {
  for (const [name, zeroPoint, activation, range] of outputs) {
    it.each([1, 3, 8, 13, 16])(
      `${name}, zero point ${zeroPoint}, ${activation}, ${range}: %i channels`,
      (n) => {
        const format = getFormat(name);
        const granularity = { kind: 'tensor' } as const;
        const scales = Float64Array.of(1);
        const output: Encoding = { format, rounding: NEAREST_EVEN, scales, zeroPoint, granularity, range };
        const cap = activation === 'relu6' ? divide(dyadic(6n, 0), dyadic(3n, -3)) : undefined;
        const rounder = new OutputRounder(output, activation, cap);
        const table = rounder.table!;
        for (const factor of factors) {
          const kernels = createKernels();
          const placed = placeRounding(kernels, rounder);
          if (placed.kind !== 'bytes' || !placed.integers)
            throw new Error(`${name} is not rounded to integers`);
          const [m, stride] = [41, Math.ceil(n / 8) * 8];
          const own = Float64Array.from({ length: n }, (_, j) => (j % 3 === 2 ? factor / 3.25 : factor));
          const exact = own.map((f) => Math.fround(f));
          const sums = Int32Array.from({ length: m * stride }, (_, at) => {
            const threshold = table.thresholds[stream.below(table.thresholds.length)]!;
            const near = Math.round(threshold / exact[(at % stride) % n]!) + stream.below(5) - 2;
            if (Math.abs(near) < 2 ** 31 - 1 && stream.below(5) > 0) return near;
            return Math.round((stream.uniform() - 0.5) * 2 ** (1 + stream.below(32)));
          });
          const columns = Float64Array.from({ length: 4 * n }, (_, at) =>
            at % 4 === 0 ? exact[at >> 2]! : 0,
          );
          const sumsAt = kernels.allocate(m * stride * 4);
          kernels.i32(sumsAt, m * stride).set(sums);
          const factorsAt = kernels.allocate(n * 8);
          kernels.f64(factorsAt, n).set(exact);
          const columnsAt = kernels.allocate(stride * 16);
          fillFloat32Columns(columns, n, kernels.f32(columnsAt, stride * 4));
          const out = kernels.allocate(m * n + 8);
          kernels.u8(out, m * n + 8).fill(0xa5);
          const { integers, thresholds, buckets, lowest, size, codes } = placed;
          // biome-ignore format: sums, integers, thresholds
          kernels.call.roundIntegersExact(
          m, n, stride, sumsAt, factorsAt, columnsAt,
          2 ** -integers.lsbExponent, integers.zeroPoint, integers.lowest, integers.highest, integers.mask,
          thresholds, buckets, lowest, size, codes, out,
        );
          const got = kernels.u8(out, m * n);
          for (let at = 0; at < m * n; at++) {
            const y = sums[Math.floor(at / n) * stride + (at % n)]! * exact[at % n]!;
            const wanted = table.codes[thresholdIndex(table, y)]!;
            if (got[at] !== wanted) expect([factor, y, got[at]]).toEqual([factor, y, wanted]);
          }
          expect(kernels.u8(out + m * n, 8).every((byte) => byte === 0xa5)).toBe(true);
        }
      },
    );
  }
});
