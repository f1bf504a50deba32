import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';
import { type Counted, countByKernel, countPlainly, WORTH_KERNEL } from '../../quantizers/count-floats.js';

const stream = new Stream(5, 'dataset');

/** Float32 of any bits: subnormals, zeros of both signs and all exponents but the largest. */
function finite(length: number): Float32Array {
  const words = Uint32Array.from({ length }, () => stream.below(2 ** 32));
  for (let i = 0; i < length; i++) if ((words[i]! & 0x7f800000) === 0x7f800000) words[i]! &= 0x807fffff;
  return new Float32Array(words.buffer);
}

/** The twin: what the kernel is to do, one value at a time. */
function twin(values: Float32Array) {
  const counts = new Uint32Array(0x10000);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) return { wrong, counts, low: 0, high: 0 };
  const bytes = new DataView(values.buffer, values.byteOffset);
  values.forEach((_, i) => void counts[bytes.getUint32(4 * i, true) >>> 16]!++);
  return {
    wrong,
    counts,
    low: values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) + 0,
    high: values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) + 0,
  };
}

function kernel(values: Float32Array) {
  const kernels = createKernels();
  const n = values.length;
  const [at, counts, extremes] = [4 * n, 0x40000, 8].map((bytes) => kernels.allocate(bytes)) as [
    number,
    number,
    number,
  ];
  kernels.f32(at, n).set(values);
  const wrong = kernels.call.countFloat32(n, at, counts, extremes);
  const [low, high] = kernels.f32(extremes, 2);
  return { wrong, counts: kernels.u32(counts, 0x10000).slice(), low: low!, high: high! };
}

describe('countFloat32', () => {
  it.each([0, 1, 2, 3, 4, 5, 7, 8, 63, 1001])('counts and finds the extremes as its twin, n = %i', (n) => {
    for (let again = 0; again < 8; again++) {
      const values = finite(n);
      const [is, should] = [kernel(values), twin(values)];
      expect(is.wrong).toBe(-1);
      expect(Buffer.from(is.counts.buffer).equals(Buffer.from(should.counts.buffer))).toBe(true);
      expect([is.low, is.high]).toEqual([should.low, should.high]);
    }
  });

  it.each([1, 4, 6, 11])('finds an extreme and a value that is not finite in every place, n = %i', (n) => {
    for (let place = 0; place < n; place++) {
      for (const extreme of [-3e38, 3e38]) {
        const values = finite(n).map((value) => value * 1e-30);
        values[place] = extreme;
        const { low, high } = kernel(values);
        expect(extreme < 0 ? low : high).toBe(Math.fround(extreme));
      }
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const values = finite(n);
        values[place] = bad;
        if (place + 2 < n) values[place + 2] = Number.NaN;
        const { wrong, counts } = kernel(values);
        expect(wrong).toBe(place);
        expect(counts.every((count) => count === 0)).toBe(true);
      }
    }
  });

  it.each([[-0], [-0, -0, -0, -0], [0, -0, -0, -0, -0], [-0, 0, 0, 0, -0]])(
    'tells zeros apart in counts alone',
    (...zeros) => {
      const values = Float32Array.from(zeros);
      const { low, high, counts } = kernel(values);
      expect([low, high]).toEqual([0, 0]);
      expect(Buffer.from(counts.buffer).equals(Buffer.from(twin(values).counts.buffer))).toBe(true);
    },
  );

  it('keeps what was counted before', () => {
    const kernels = createKernels();
    const values = kernels.allocate(16);
    const counts = kernels.allocate(0x40000);
    const extremes = kernels.allocate(8);
    kernels.f32(values, 3).set([1, -2, 1]);
    for (let again = 0; again < 2; again++) kernels.call.countFloat32(3, values, counts, extremes);
    expect(kernels.u32(counts, 0x10000)[0x3f80]).toBe(4);
    expect(kernels.u32(counts, 0x10000)[0xc000]).toBe(2);
  });
});

describe('counting many values', () => {
  const both = (values: Float32Array): readonly [Counted, Float64Array][] =>
    [countByKernel, countPlainly].map((count) => {
      const counts = new Float64Array(0x10000).fill(2);
      return [count(values, counts), counts] as const;
    }) as [Counted, Float64Array][];

  it.each([0, 1, WORTH_KERNEL - 1, WORTH_KERNEL, 2 * WORTH_KERNEL + 3])(
    'by the kernel and by the loop, n = %i',
    (n) => {
      const [[is, counts], [should, plain]] = both(finite(n)) as [
        [Counted, Float64Array],
        [Counted, Float64Array],
      ];
      expect(is).toEqual(should);
      expect(Buffer.from(counts.buffer).equals(Buffer.from(plain.buffer))).toBe(true);
    },
  );

  it('and both take −0 for 0', () => {
    for (const [found] of both(new Float32Array(5).fill(-0)))
      expect(found).toEqual({ kind: 'counted', low: 0, high: 0 });
  });

  it('counts nothing where a later piece has a NaN', () => {
    const values = finite(2 * WORTH_KERNEL + 3);
    values[2 * WORTH_KERNEL + 1] = Number.NaN;
    for (const [found, counts] of both(values)) {
      expect(found).toEqual({ kind: 'not finite', index: 2 * WORTH_KERNEL + 1 });
      expect(counts.every((count) => count === 2)).toBe(true);
    }
    // nothing of it is left for the next
    const [[, counts], [, plain]] = both(finite(WORTH_KERNEL)) as [
      [Counted, Float64Array],
      [Counted, Float64Array],
    ];
    expect(Buffer.from(counts.buffer).equals(Buffer.from(plain.buffer))).toBe(true);
  });
});
