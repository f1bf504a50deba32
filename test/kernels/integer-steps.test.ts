/** Kernels of integer networks against their definitions: requantization four at a time, and quantized inputs. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';
import { yaoCode } from '../../quantizers/yao.js';
import { EDGES, integers, multipliedTwice } from '../networks/integer/gemmlowp.js';

const kernels = createKernels();

describe('requantizeTwiceRight', () => {
  const MULTIPLIERS = [0, 1, 2 ** 30, 2 ** 30 + 1, 3 * 2 ** 29, 2 ** 31 - 1, 1518500250];

  it.each([1, 3, 4, 9])('of %i channels is what gemmlowp defines, for every shift', (n) => {
    const random = integers(n);
    const stride = Math.ceil(n / 8) * 8;
    for (let shift = -30; shift <= 0; shift++) {
      kernels.clear();
      // halves of the shift behind a multiplication by 1/2, too
      const halves = [-3, -1, 1, 3, 5].map((odd) => Math.trunc(odd * 2 ** Math.max(-shift, 1)));
      const near = halves.flatMap((x) => [x - 1, x, x + 1]).filter((x) => Math.abs(x) < 2 ** 31);
      const values = [...EDGES, ...near, ...Array.from({ length: 100 }, random)];
      const m = values.length;
      const [sums, factors, rights, out] = [m * stride * 4, stride * 4, stride * 4, m * n + 16].map((bytes) =>
        kernels.allocate(bytes),
      ) as [number, number, number, number];
      const own = Array.from({ length: n }, (_, c) => MULTIPLIERS[(c - shift) % MULTIPLIERS.length]!);
      const shifts = own.map((_, c) => Math.max(shift - c, -30));
      values.forEach((value, i) => {
        kernels.i32(sums + i * stride * 4, n).fill(value);
      });
      kernels.i32(factors, n).set(own);
      kernels.i32(rights, n).set(shifts.map((of) => 2 ** (30 + of)));
      for (const [zero, low, high] of [
        [-5, -128, 127],
        [128, 0, 255],
        [7, 7, 90],
      ] as const) {
        kernels.call.requantizeTwiceRight(m, n, stride, sums, factors, rights, zero, low, high, out);
        const expected = values.flatMap((value) =>
          own.map((factor, c) => {
            const code = multipliedTwice(BigInt(value), BigInt(factor), shifts[c]!) + BigInt(zero);
            return Number(code < BigInt(low) ? low : code > BigInt(high) ? high : code) & 255;
          }),
        );
        expect([...kernels.u8(out, m * n)], `shift ${shift}, zero ${zero}`).toEqual(expected);
      }
    }
  });
});

/** Values of all magnitudes, at halves and beside them. */
function hardValues(stream: Stream, unit: number): Float32Array {
  const halves = Array.from({ length: 70_000 }, (_, i) => (i - 35_000) / 2);
  const beside = halves
    .filter((x) => Math.abs(x) < 300)
    .flatMap((x) => [x * (1 + 2 ** -23), x * (1 - 2 ** -24)]);
  const random = Array.from({ length: 500 }, () => (stream.uniform() - 0.5) * 2 ** (stream.below(260) - 130));
  const odd = [
    0,
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
    2 ** -149,
    -(2 ** -149),
    0.49999997,
    -0.49999997,
    3.4e38,
  ];
  return Float32Array.from([...[...halves, ...beside].map((x) => x * unit), ...random, ...odd]);
}

describe('quantized inputs', () => {
  const placed = (values: Float32Array): number => {
    kernels.clear();
    const pointer = kernels.allocate(values.length * 4 + 64);
    kernels.f32(pointer, values.length).set(values);
    return pointer;
  };
  const differing = (values: Float32Array, got: ArrayLike<number>, code: (x: number) => number) =>
    [...values].filter((x, i) => got[i] !== code(x));

  it('as bytes: the float32 quotient to the nearest, ties away from 0, NaN as the zero point', () => {
    const stream = new Stream(3, 'dataset');
    for (const scale of [1, 0.5, Math.fround(0.0392157), Math.fround(1 / 3), 2 ** -100, Math.fround(7e20)]) {
      const values = hardValues(stream, scale);
      for (const [zero, low, high] of [
        [-128, -128, 127],
        [3, -128, 127],
        [128, 0, 255],
        [0, 0, 255],
      ] as const) {
        const pointer = placed(values);
        const out = kernels.allocate(values.length + 64);
        kernels.call.quantizeBytes(values.length, pointer, scale, zero, low, high, out);
        const got = low < 0 ? new Int8Array(kernels.u8(out, values.length)) : kernels.u8(out, values.length);
        const code = (x: number): number => {
          const q = Math.fround(x / scale);
          if (Number.isNaN(q)) return zero;
          // of float32 the sum with a half is exact in float64, or far from a half
          const size = Math.floor(Math.abs(q) + 0.5);
          return Math.min(Math.max((q < 0 ? -size : size) + zero, low), high);
        };
        expect(differing(values, got, code), `scale ${scale}, zero ${zero}`).toEqual([]);
      }
    }
  });

  it('as int16, under powers of two', () => {
    const stream = new Stream(4, 'dataset');
    for (const bits of [4, 8, 11, 16]) {
      const most = 2 ** (bits - 1) - 1;
      for (const exponent of [-126, -20, -1, 0, 1, 7, 15, 60, 126]) {
        const values = hardValues(stream, 2 ** -exponent);
        const pointer = placed(values);
        const out = kernels.allocate(values.length * 2 + 64);
        kernels.call.quantizeInt16(values.length, pointer, 2 ** exponent, -most - 1, most, out);
        const code = (x: number): number => (Number.isNaN(x) ? 0 : yaoCode(x, exponent, bits) + 0);
        expect(differing(values, kernels.i16(out, values.length), code), `${bits} bits, ${exponent}`).toEqual(
          [],
        );
      }
    }
  });
});
