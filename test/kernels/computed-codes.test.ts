import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { probesOf, roundingsOf } from '../../formats/conformance/probes.js';
import { UNIT } from '../../formats/placement.js';
import { getFormat } from '../../formats/registry.js';
import { type Codec, codecOf } from '../../formats/rounding/codec.js';
import { type Clamp, codecRecord, placeRecord } from '../../formats/rounding/codec-record.js';
import { codeOf, codeOfQuotient, UNDECIDED } from '../../formats/rounding/computed.js';
import { createKernels, type Kernels } from '../../kernels/loader.js';
import { COMPUTED_FORMATS } from './computed-formats.js';

const stream = new Stream(31, 'dataset');
const bell = () => stream.uniform() + stream.uniform() + stream.uniform() - 1.5;

function codesAt(kernels: Kernels, pointer: number, bytes: number, n: number): number[] {
  if (bytes === 1) return [...kernels.u8(pointer, n)];
  return [...(bytes === 2 ? kernels.u16(pointer, n) : kernels.u32(pointer, n))];
}

describe('encoding by computed codes', () => {
  it.each(COMPUTED_FORMATS)('%s is the plain twin, value by value', (name) => {
    const format = getFormat(name);
    const kernels = createKernels();
    const bytes = format.bits <= 8 ? 1 : format.bits <= 16 ? 2 : 4;
    const zeroPoint = format.zeroPoints === 'integer' ? 7 : 0;
    const [codec, values, randomWords, out, undecided] = [1 << 15, 1 << 14, 1 << 13, 1 << 13, 1 << 13].map(
      (size) => kernels.allocate(size),
    ) as [number, number, number, number, number];
    for (const rounding of roundingsOf(format)) {
      for (const scale of [1, 0.5, 0.3]) {
        const twin = codecOf(format, format.layout!, rounding, { scale, zeroPoint, range: 'full' });
        placeRecord(kernels, codecRecord(twin), codec);
        const probes = [...probesOf(format)].map((x) => x * scale);
        const given = [Number.NaN, Number.POSITIVE_INFINITY, ...probes].slice(0, 1023);
        for (const [wide, n] of [
          [1, given.length],
          [0, given.length],
          [1, 0],
          [0, 1],
          [1, 17],
        ] as const) {
          const x = wide ? Float64Array.from(given.slice(0, n)) : Float32Array.from(given.slice(0, n));
          const words = Uint32Array.from(x, () => stream.word());
          if (wide) kernels.f64(values, n).set(x);
          else kernels.f32(values, n).set(x);
          kernels.u32(randomWords, n).set(words);
          const count = kernels.call.encodeComputed(
            n,
            values,
            wide,
            codec,
            randomWords,
            bytes,
            out,
            undecided,
          );
          const wanted = [...x].map((value, i) =>
            Number.isFinite(value) ? codeOfQuotient(twin, value, words[i]) : UNDECIDED,
          );
          const left = wanted.flatMap((code, i) => (code === UNDECIDED ? [i] : []));
          expect([...kernels.i32(undecided, count)]).toEqual(left);
          const codes = codesAt(kernels, out, bytes, n);
          expect(codes.filter((_, i) => wanted[i] !== UNDECIDED)).toEqual(
            wanted.filter((code) => code !== UNDECIDED),
          );
        }
      }
    }
  });
});

/** The certified code, or UNDECIDED, of reals within e of y. */
function certain(codec: Codec, clamp: Clamp, y: number, e: number, word: number): number {
  if (!(Math.abs(y) + e < Number.POSITIVE_INFINITY)) return UNDECIDED;
  const end = (x: number) =>
    x > clamp.cap ? clamp.capCode : codeOf(codec, Math.max(x, clamp.bottom) + 0, word);
  const [low, high] = [end(y - e), end(y + e)];
  if (y - e < 0 && y + e > 0 && low === codec.nan) return UNDECIDED;
  return low === high ? low : UNDECIDED;
}

const CLAMPS: readonly Clamp[] = [
  { bottom: Number.NEGATIVE_INFINITY, cap: Number.POSITIVE_INFINITY, capCode: UNDECIDED },
  { bottom: 0, cap: Number.POSITIVE_INFINITY, capCode: UNDECIDED },
  { bottom: 0, cap: 1.3, capCode: 77 },
];

describe.each(['posit16es1', 'float32', 'affine16s', 'float8e4m3'])('certified rounding to %s', (name) => {
  const format = getFormat(name);
  const bytes = format.bits <= 8 ? 1 : format.bits <= 16 ? 2 : 4;
  const policy = format.policies.includes('nan') ? 'nan' : 'saturate';

  it.each([
    [1, 1, 4],
    [3, 5, 8],
    [7, 12, 12],
  ] as const)('is the plain twin on %i × %i sums with stride %i', (m, n, stride) => {
    const kernels = createKernels();
    const room = (size: number) => kernels.allocate(size);
    const [codec, floats, integers, norms, pairs, columns, randomWords, out, undecided] = [
      room(1 << 15),
      room(m * stride * 8),
      room(m * stride * 4),
      room(m * 8),
      room(m * 16),
      room(n * 32),
      room(m * n * 4),
      room(m * n * 4),
      room((m * n + 1) * 4),
    ] as [number, number, number, number, number, number, number, number, number];
    for (const mode of ['nearest-even', 'up', 'stochastic'] as const) {
      for (const clamp of CLAMPS) {
        const twin = codecOf(format, format.layout!, { mode, policy, underflow: 'none' }, UNIT);
        placeRecord(kernels, codecRecord(twin, clamp), codec);
        const large = [1e300, -1e300, Number.MAX_VALUE, Number.POSITIVE_INFINITY, 0];
        const c = Float64Array.from({ length: m * stride }, (_, i) => large[i % 9] ?? bell() * 2);
        const whole = Int32Array.from({ length: m * stride }, () => stream.below(4001) - 2000);
        const norm = Float64Array.from({ length: m }, (_, i) => (i === 2 ? 1e305 : stream.uniform()));
        const pair = Float64Array.from({ length: 2 * m }, () => stream.uniform());
        const column = Float64Array.from({ length: 4 * n }, (_, i) => {
          return [0.01 + stream.uniform(), bell(), 2 ** -18 * stream.uniform(), i === 3 ? 1e-3 : 0][i % 4]!;
        });
        const words = Uint32Array.from({ length: m * n }, () => stream.word());
        kernels.f64(floats, m * stride).set(c);
        kernels.i32(integers, m * stride).set(whole);
        kernels.f64(norms, m).set(norm);
        kernels.f64(pairs, 2 * m).set(pair);
        kernels.f64(columns, 4 * n).set(column);
        kernels.u32(randomWords, m * n).set(words);
        const relative = 2 ** -50;
        const check = (count: number, yOf: (i: number, j: number) => readonly [number, number]) => {
          const wanted = Array.from({ length: m * n }, (_, at) => {
            const [y, e] = yOf(Math.floor(at / n), at % n);
            return certain(twin, clamp, y, e, words[at]!);
          });
          const left = wanted.flatMap((code, i) => (code === UNDECIDED ? [i] : []));
          expect([...kernels.i32(undecided, count)]).toEqual(left);
          const codes = codesAt(kernels, out, bytes, m * n);
          expect(codes.filter((_, i) => wanted[i] !== UNDECIDED)).toEqual(
            wanted.filter((code) => code !== UNDECIDED),
          );
        };
        check(
          kernels.call.roundComputedFloat64(
            ...([
              m,
              n,
              stride,
              floats,
              norms,
              columns,
              relative,
              codec,
              randomWords,
              bytes,
              out,
              undecided,
            ] as const),
          ),
          (i, j) => {
            const [s, b, w, least] = column.subarray(4 * j, 4 * j + 4) as unknown as [
              number,
              number,
              number,
              number,
            ];
            const sum = c[i * stride + j]!;
            const y = s * (sum + b);
            const parts = s * (Math.abs(sum) + Math.abs(b)) + Math.abs(y);
            return [y, s * w * norm[i]! + relative * parts + least];
          },
        );
        for (const exact of [0, 1] as const) {
          check(
            kernels.call.roundComputedInt32(
              ...([m, n, stride, integers, pairs, columns, relative, exact] as const),
              ...([codec, randomWords, bytes, out, undecided] as const),
            ),
            (i, j) => {
              const [s, w, residual, b] = column.subarray(4 * j, 4 * j + 4) as unknown as [
                number,
                number,
                number,
                number,
              ];
              const y = whole[i * stride + j]! * s;
              const e = w * pair[2 * i + 1]! + residual * pair[2 * i]! + b + relative * Math.abs(y);
              return [y, exact ? 0 : e];
            },
          );
        }
      }
    }
  });
});
