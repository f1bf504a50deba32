import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaleOf } from './calibrated.js';
import { big, binned, quotient } from './oracle.js';

describe('percentile', () => {
  /** T by sorting magnitudes: the bin of the value at which p % is reached. */
  function expectedT(values: Float32Array, tenthsOfPercent: number): number {
    const { values: bins, maxMagnitude } = binned(values);
    const sorted = bins.map(Math.abs).sort((a, b) => a - b);
    const top = sorted.at(-1)!;
    for (const [i, bin] of sorted.entries()) {
      const last = i + 1 === sorted.length || sorted[i + 1] !== bin;
      if (last && (i + 1) * 1000 >= tenthsOfPercent * sorted.length) return bin === top ? maxMagnitude : bin;
    }
    throw new Error('no percentile');
  }

  it('is the middle of the first magnitude bin that reaches p % exactly, zeros included', () => {
    const few = fc.array(fc.constantFrom(0, -0, 1, -1, 2.5, -3, 100, 1e-20), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 1000 }), (list, tenths) => {
        const values = Float32Array.from(list);
        const t = expectedT(values, tenths);
        const expected = t === 0 ? 1 : quotient(big(t), big(127));
        expect(scaleOf(values, 'fixed8q0', `linear:percentile${tenths / 10}`)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('takes p as the decimal it is written as: 999 of 1,000 reach 99.9 %', () => {
    const values = new Float32Array(1000).fill(1);
    values[17] = -50;
    expect(scaleOf(values, 'fixed8q0', 'linear:percentile99.9')).toBe((1 + 2 ** -8) / 127);
    expect(scaleOf(values, 'fixed8q0', 'linear:percentile99.91')).toBe(50 / 127);
  });

  it('the top bin stands at max|x|', () => {
    expect(scaleOf(Float32Array.of(1, 1.001), 'fixed8q0', 'linear:percentile50')).toBe(
      Math.fround(1.001) / 127,
    );
  });
});
