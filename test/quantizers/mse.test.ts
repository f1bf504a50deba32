import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { getFormat } from '../../formats/registry.js';
import { scaleOf, tensors } from './calibrated.js';
import { binned, lineOf, mseScale } from './oracle.js';

describe('mse', () => {
  const names = [
    'posit8es2',
    'posit8es0',
    'posit5es1',
    'float8e4m3',
    'float8e5m2fnuz',
    'float5e2m2',
    'float4e2m1f',
    'fixed8q0',
    'fixed5q0',
    'pow2val4',
  ];
  it.each(names)('%s: the least exact error of all candidates, ties by |k| then the larger', (name) => {
    const format = getFormat(name);
    const line = lineOf(format);
    fc.assert(
      fc.property(tensors, (values) => {
        const expected = mseScale(binned(values), line, format.facts, 1);
        expect(scaleOf(values, format, 'linear:mse')).toBe(expected);
        expect(scaleOf(values, format, 'linear')).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  it.each(['posit6es1', 'float6e3m2', 'pow2int6'])('%s pow2: only multiples of 8', (name) => {
    const format = getFormat(name);
    fc.assert(
      fc.property(tensors, (values) => {
        const expected = mseScale(binned(values), lineOf(format), format.facts, 8);
        expect(scaleOf(values, format, 'linear:mse:pow2')).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('equal errors: the smallest |k|, exactness over a long stretch', () => {
    // float32 holds every bin exactly at every power of two: k = 0 wins.
    expect(scaleOf(Float32Array.of(0.3, -7), 'float32', 'linear:mse')).toBe(1);
    expect(scaleOf(Float32Array.of(0.3, -7), 'posit32es2', 'linear:mse')).toBe(1);
    expect(scaleOf(Float32Array.of(0.3, -7), 'float16', 'linear:mse')).toBe(1);
    // For float16 1e6's bin must come down to 65504 at least: the smallest power that does it.
    expect(scaleOf(Float32Array.of(1e6), 'float16', 'linear:mse')).toBe(16);
  });

  it('a posit is ruined by max and not by mse', () => {
    // A bell-shaped tensor: max puts it where posit8es2 has no fraction bits.
    const values = Float32Array.from({ length: 4096 }, (_, i) =>
      Math.fround(((i * 2654435761) % 4096) / 4096 - 0.5),
    );
    const error = (quantizer: string) => {
      const format = getFormat('posit8es2');
      const scale = scaleOf(values, format, quantizer);
      return values.reduce((sum, x) => sum + (format.toNumber(format.encode(x / scale)) * scale - x) ** 2, 0);
    };
    expect(error('linear:max')).toBeGreaterThan(100 * error('linear:mse'));
  });
});
