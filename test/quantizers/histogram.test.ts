import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { BINS, binValue, Histogram } from '../../quantizers/histogram.js';

const finiteFloats = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 60 });

/** The same, the slow way: one Map entry a value, from the bytes of the float32. */
function counted(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) {
    const bytes = new DataView(new ArrayBuffer(4));
    bytes.setFloat32(0, value);
    const pattern = bytes.getUint16(0);
    counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  }
  return counts;
}

describe('histogram', () => {
  it('counts the upper 16 bits and keeps the exact extremes', () => {
    fc.assert(
      fc.property(finiteFloats, (values) => {
        const histogram = Histogram.of('t', Float32Array.from(values));
        const expected = counted(values);
        for (let bin = 0; bin < BINS; bin++) {
          if (histogram.counts[bin] !== (expected.get(bin) ?? 0)) throw new Error(`bin ${bin}`);
        }
        expect(histogram.total).toBe(values.length);
        expect(histogram.min).toBe(values.length ? Math.min(...values) + 0 : 0);
        expect(histogram.max).toBe(values.length ? Math.max(...values) + 0 : 0);
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on order, batches or merging, byte for byte', () => {
    fc.assert(
      fc.property(finiteFloats, fc.nat(), fc.nat(), (values, rotation, cut) => {
        const whole = Histogram.of('t', Float32Array.from(values));
        const turn = values.length ? rotation % values.length : 0;
        const turned = [...values.slice(turn), ...values.slice(0, turn)].reverse();
        const at = values.length ? cut % values.length : 0;
        const parts = Histogram.of('t', Float32Array.from(turned.slice(0, at)));
        parts.add(Float32Array.from(turned.slice(at)));
        const merged = Histogram.of('t', Float32Array.from(turned.slice(at)));
        merged.merge(Histogram.of('t', Float32Array.from(turned.slice(0, at))));
        const bytes = (histogram: Histogram) => Buffer.from(histogram.data.buffer);
        expect(bytes(parts).equals(bytes(whole))).toBe(true);
        expect(bytes(merged).equals(bytes(whole))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('puts the bins of zeros at 0 and every other at its middle', () => {
    expect(binValue(0)).toBe(0);
    expect(Object.is(binValue(0x8000), 0)).toBe(true);
    expect(binValue(0x3f80)).toBe(1 + 2 ** -8);
    expect(binValue(0xbf80)).toBe(-1 - 2 ** -8);
    expect(binValue(1)).toBe(2 ** -133 + 2 ** -134);
  });

  it('lists occupied bins in descending order of value, without zeros', () => {
    const { values, counts } = Histogram.of('t', Float32Array.of(-3, 0, 1, -0, 1, -1e-5, 2)).occupied();
    expect([...values]).toEqual([...values].sort((a, b) => b - a));
    expect([...counts]).toEqual([1, 2, 1, 1]);
    expect(Math.sign(values[2]!)).toBe(-1);
  });

  it('lists bins anew after more values came', () => {
    const histogram = Histogram.of('t', Float32Array.of(1));
    expect(histogram.occupied().values.length).toBe(1);
    histogram.add(Float32Array.of(2));
    expect(histogram.occupied().values.length).toBe(2);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %s, naming tensor and index, and counts nothing of it',
    (bad) => {
      const histogram = new Histogram('conv1');
      expect(() => histogram.add(Float32Array.of(1, 2, bad, bad))).toThrow(UserError);
      expect(() => histogram.add(Float32Array.of(1, 2, bad, bad))).toThrow(/'conv1' has .* at index 2;/);
      expect(histogram.total).toBe(0);
      expect(histogram.occupied().values.length).toBe(0);
    },
  );

  it('is one buffer that another thread can read', () => {
    const histogram = Histogram.of('t', Float32Array.of(1, -2));
    const other = Histogram.from(structuredClone(histogram.data));
    expect([other.min, other.max, other.total, other.tensor]).toEqual([-2, 1, 2, 't']);
    expect(other.occupied()).toEqual(histogram.occupied());
  });
});
