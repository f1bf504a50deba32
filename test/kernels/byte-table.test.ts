import { describe, expect, it } from 'vitest';
import { roundingsOf } from '../../formats/conformance/probes.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { UNIT } from '../../formats/placement.js';
import { getFormat } from '../../formats/registry.js';
import { byteTable } from '../../formats/rounding/byte-table.js';
import { roundingThresholds, thresholdIndex } from '../../formats/rounding/thresholds.js';
import { createKernels } from '../../kernels/loader.js';

describe('encoding float32 values by a byte table', () => {
  const names = [
    'posit8es0',
    'posit8es2',
    'posit5es1',
    'float8e4m3',
    'float8e5m2fnuz',
    'fixed8q4',
    'pow2val6',
  ];
  it.each([...names, 'affine8', 'affine8s', 'posit8es4'])('%s at every threshold and beside it', (name) => {
    const format = getFormat(name);
    const zeroPoint = format.zeroPoints === 'integer' ? 100 : 0;
    const kernels = createKernels();
    const word = new Uint32Array(1);
    const single = new Float32Array(word.buffer);
    for (const rounding of roundingsOf(format)) {
      if (rounding.mode === 'stochastic') continue;
      for (const scale of [1, 0.3, 3]) {
        const exact = roundingThresholds(format, rounding, { scale, zeroPoint, range: 'full' });
        const table = byteTable(exact);
        if (!table) throw new Error(`${name} has no table at scale ${scale}`);
        const near = [
          ...exact.thresholds,
          ...exact.thresholds.map((x) => -x),
          1e-45,
          -1e-45,
          3e38,
          -3e38,
        ].flatMap((threshold) => {
          single[0] = threshold;
          const bits = word[0]!;
          return [bits - 1, bits, bits + 1, bits ^ 0x80000000].map((each) => {
            word[0] = each >>> 0;
            return single[0]!;
          });
        });
        const values = Float32Array.from([...near, -0, 0].filter(Number.isFinite));
        const n = values.length;
        const [x, entries, out] = [
          kernels.allocate(n * 4),
          kernels.allocate(table.entries.byteLength),
          kernels.allocate(n),
        ] as [number, number, number];
        kernels.f32(x, n).set(values);
        kernels.u32(entries, table.entries.length).set(table.entries);
        const { lowest, highest, shift, size } = table;
        kernels.call.encodeBytesFloat32(n, x, entries, lowest, highest, shift, size, out);
        const wrong = [...kernels.u8(out, n)].findIndex(
          (code, i) => code !== exact.codes[thresholdIndex(exact, values[i]!)],
        );
        expect(wrong === -1 ? 'none' : [rounding, scale, values[wrong]]).toBe('none');
      }
    }
  });

  it('says what the largest magnitude is', () => {
    const kernels = createKernels();
    const table = byteTable(roundingThresholds(getFormat('posit8es1'), NEAREST_EVEN, UNIT))!;
    const entries = kernels.allocate(table.entries.byteLength);
    const [x, out] = [kernels.allocate(64), kernels.allocate(64)] as const;
    const { lowest, highest, shift, size } = table;
    for (const [value, bits] of [
      [-2, 0x40000000],
      [Number.NaN, 0x7fc00000],
      [-Infinity, 0x7f800000],
    ] as const) {
      for (const at of [0, 5, 14]) {
        kernels.f32(x, 16).fill(1)[at] = value;
        expect(kernels.call.encodeBytesFloat32(15, x, entries, lowest, highest, shift, size, out)).toBe(bits);
      }
    }
  });

  it('has no table where three codes would share an entry', () => {
    const codes = Uint32Array.of(0, 1, 2);
    const thresholds = Float64Array.of(Number.NEGATIVE_INFINITY, 1.0001, 1.0002);
    expect(byteTable({ codes, thresholds })).toBeUndefined();
  });
});
