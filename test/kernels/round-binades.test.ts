/** Codes by binades against a plain search of the thresholds, for every key of float32 numbers; and which roundings have binades. */
import { describe, expect, it } from 'vitest';
import { divide, dyadic } from '../../arithmetic/rational.js';
import { OutputRounder, placeByteThresholds } from '../../emac/certified/round/output.js';
import type { Activation } from '../../emac/layer/layer.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { Float32Buckets } from '../../kernels/layouts.js';
import { createKernels } from '../../kernels/loader.js';
import type { Encoding } from '../../quantizers/encoding.js';

const formats = [
  ...['posit8es0', 'posit8es1', 'posit7es1', 'posit6es1', 'posit5es0', 'posit2es0', 'posit8es4'],
  ...['float8e4m3fn', 'float8e4m3', 'float8e3m4', 'float8e5m2', 'float6e3m2f', 'float6e2m3f', 'float4e2m1f'],
  ...['fixed8q5', 'pow2int8', 'affine8s', 'pow2val7'],
];
const activations: readonly Activation[] = ['identity', 'relu', 'relu6'];

/** Every sign, exponent and 7 fraction bits, with lower bits of which no boundary has any. */
function numbers(): Float32Array {
  const values = new Float32Array(2 ** 16);
  const words = new Uint32Array(values.buffer);
  for (let key = 0; key < words.length; key++) words[key] = (key << 16) | 0x1234;
  return values;
}

describe('codes by binades', () => {
  it.each(formats.flatMap((name) => activations.map((activation) => [name, activation] as const)))(
    '%s, %s',
    (name, activation) => {
      const format = getFormat(name);
      const granularity = { kind: 'tensor' } as const;
      const scales = Float64Array.of(1);
      const encoding: Encoding = {
        format,
        rounding: NEAREST_EVEN,
        scales,
        zeroPoint: 0,
        granularity,
        range: 'full',
      };
      const cap = activation === 'relu6' ? divide(dyadic(6n, 0), dyadic(3n, 0)) : undefined;
      const table = new OutputRounder(encoding, activation, cap).table!;
      const kernels = createKernels();
      const placed = placeByteThresholds(kernels, table)!;
      const { thresholds, buckets, lowest, size, codes, float32Buckets } = placed;
      const record = kernels.i32(float32Buckets, Float32Buckets.LENGTH);
      expect(record[Float32Buckets.BINADES] !== 0).toBe(hasBinades(name, activation));
      // NaN and infinities are no sums; those near the ends of float32 are left to float64
      const values = numbers().filter((x) => Math.abs(x) > 2 ** -100 && Math.abs(x) < 2 ** 100);
      values[0] = 0;
      const m = Math.ceil(values.length / 16);
      const [sums, norms] = [kernels.allocate(m * 16 * 8), kernels.allocate(m * 8)];
      const [columns, scratch] = [kernels.allocate(16 * 32), kernels.allocate(16 * 24)];
      const [out, undecided] = [kernels.allocate(m * 16), kernels.allocate(m * 64 + 4)];
      kernels.f64(sums, m * 16).set(values);
      for (let channel = 0; channel < 16; channel++) kernels.f64(columns + channel * 32, 1)[0] = 1;
      // biome-ignore format: one line of sums, one of the thresholds
      const count = kernels.call.roundBytesCertifiedFloat64(
        m, 16, 16, sums, norms, columns, 0,
        thresholds, buckets, lowest, size, codes, float32Buckets, scratch, out, undecided,
      );
      expect(count).toBe(0);
      const got = kernels.u8(out, values.length);
      for (const [at, x] of values.entries()) {
        const level = table.thresholds.findLastIndex((threshold) => threshold <= x);
        if (got[at] !== table.codes[level]) expect([x, got[at]]).toEqual([x, table.codes[level]]);
      }
    },
  );
});

/** Up to 32 binades and 7 fraction bits, the same steps for both signs or none below 0. */
function hasBinades(name: string, activation: Activation): boolean {
  if (['posit8es4', 'pow2val7'].includes(name)) return false;
  if (name === 'float8e5m2') return activation === 'relu6';
  return activation !== 'identity' || !['fixed8q5', 'pow2int8', 'affine8s'].includes(name);
}
