import { describe, expect, it } from 'vitest';
import { powerOfTwo } from '../../arithmetic/float64.js';
import { Stream } from '../../arithmetic/philox.js';
import { probesOf } from '../../formats/conformance/probes.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { quantizeExact } from '../../formats/rounding/exact.js';
import { createKernels } from '../../kernels/loader.js';
import { HeapEncoder } from '../../quantizers/heap-encoder.js';

const stream = new Stream(47, 'dataset');
const { NaN: NAN, POSITIVE_INFINITY: INFINITE } = Number;

/** To the nearest integer, ties to even. */
function nearest(x: number): number {
  const below = Math.floor(x);
  const away = x - below;
  if (away !== 0.5) return away < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** The kernel in plain numbers: a code, or undefined where it is left undecided. */
function twin(
  x: number,
  step: number,
  exact: boolean,
  limit: number,
  zero: number,
  [low, high, mask]: readonly number[],
) {
  const q = Math.min(Math.max(x / step, -limit), limit);
  const error = exact ? 0 : powerOfTwo(-51);
  if (!Number.isFinite(x) || !(Math.abs(q - nearest(q)) + Math.abs(q) * error <= 0.5)) return undefined;
  return Math.min(Math.max(nearest(q) + zero, low!), high!) & mask!;
}

const FORMATS = ['fixed16q10', 'fixed9q3', 'fixed12q0', 'affine16', 'affine16s', 'affine10'];

/** Every boundary of the format times scale and its neighbours in float32, values of all sizes, and 0. */
function valuesFor(name: string, scale: number): Float32Array {
  const format = getFormat(name);
  const bits = new Uint32Array(1);
  const neighbour = new Float32Array(bits.buffer);
  const probes = [...probesOf(format)].flatMap((x) => {
    neighbour[0] = x * scale;
    const at = bits[0]!;
    return [-2, -1, 0, 1, 2].map((away) => {
      bits[0] = at + away;
      return Number.isFinite(neighbour[0]!) ? neighbour[0]! : 0;
    });
  });
  const any = Array.from(
    { length: 200 },
    () => (stream.uniform() - 0.5) * scale * powerOfTwo(stream.below(40) - 8),
  );
  return Float32Array.from([0, -0, 1e38, -1e38, 1e-45, ...any, ...probes.slice(0, 20_000)]);
}

describe.each(FORMATS)('integers of %s', (name) => {
  const format = getFormat(name);
  const zeroPoints = format.zeroPoints === 'integer' ? [7, 100] : [0];

  it.each([1, 0.25, 0.3, 0.0000613, 1e-30])('at scale %f on the heap as by the exact rule', (scale) => {
    for (const zeroPoint of zeroPoints) {
      const placement = { scale, zeroPoint, range: 'full' } as const;
      const values = valuesFor(name, scale);
      const n = values.length;
      const kernels = createKernels();
      const [from, out] = [kernels.allocate(n * 4 + 64), kernels.allocate(n * 2 + 64)];
      const encoding = {
        format,
        rounding: NEAREST_EVEN,
        zeroPoint,
        range: 'full' as const,
        granularity: { kind: 'tensor' as const },
        scales: Float64Array.of(scale),
      };
      const encoder = new HeapEncoder(kernels, encoding, { seed: 0, tensor: 0 }, n, 1);
      kernels.f32(from, n).set(values);
      expect(encoder.encode(1, from, out, 0)).toBe('done');
      const wanted = [...values].map((x) => quantizeExact(format, x, NEAREST_EVEN, placement));
      expect([...kernels.u16(out, n)]).toEqual(wanted);
      for (const special of [NAN, INFINITE, -INFINITE]) {
        kernels.f32(from, n)[n - 1] = special;
        expect(encoder.encode(1, from, out, 0)).toBe('refused');
      }
    }
  });
});

describe('the integer kernel is its plain twin', () => {
  it.each([0, 1, 7, 8, 9, 1000])('on %i values', (n) => {
    const kernels = createKernels();
    const [from, out, undecided] = [n * 4 + 32, n * 2 + 16, n * 4 + 4].map((size) => kernels.allocate(size));
    for (const [step, exact, limit, zero, ends] of [
      [0.25, true, 1024, 0, [-256, 255, 511]],
      [0.3, false, 131_072, 7, [0, 65_535, 65_535]],
      [powerOfTwo(-30) * 3, false, 131_072, -5, [-32_768, 32_767, 65_535]],
    ] as const) {
      const special = [NAN, INFINITE, -INFINITE, 0, -0, 1e30, -1e30];
      const values = Float32Array.from({ length: n }, (_, i) => {
        if (stream.below(9) === 0) return special[i % 7]!;
        // half of them ties, or as near as float32 has it
        return (stream.below(3000) - 1500 + (stream.below(2) === 0 ? 0.5 : stream.uniform())) * step;
      });
      kernels.f32(from!, n).set(values);
      const [low, high, mask] = ends;
      const count = kernels.call.encodeIntegers(
        ...([n, from!, step, exact ? 1 : 0, limit, zero, low, high, mask, out!, undecided!] as const),
      );
      const wanted = [...values].map((x) => twin(x, step, exact, limit, zero, ends));
      expect([...kernels.i32(undecided!, count)]).toEqual(
        wanted.flatMap((code, i) => (code === undefined ? [i] : [])),
      );
      const codes = [...kernels.u16(out!, n)];
      expect(codes.filter((_, i) => wanted[i] !== undefined)).toEqual(
        wanted.filter((code) => code !== undefined),
      );
    }
  });
});
