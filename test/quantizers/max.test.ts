import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { getFormat } from '../../formats/registry.js';
import { scaleOf, tensors } from './calibrated.js';
import { big, binned, quotient } from './oracle.js';

describe('max', () => {
  const names = [
    'posit8es2',
    'posit5es0',
    'float8e4m3',
    'float8e4m3fn',
    'fixed8q0',
    'pow2val4',
    'float16e5m10',
  ];
  it.each(names)('%s: the exact quotient max|x|/M, rounded once', (name) => {
    const format = getFormat(name);
    fc.assert(
      fc.property(tensors, (values) => {
        const { maxMagnitude } = binned(values);
        const expected = maxMagnitude === 0 ? 1 : quotient(big(maxMagnitude), big(format.facts.max));
        expect(scaleOf(values, format, 'linear:max')).toBe(expected);
      }),
    );
  });

  it('pow2: the smallest power of two not below it', () => {
    expect(scaleOf(Float32Array.of(127), 'fixed8q0', 'linear:max:pow2')).toBe(1);
    expect(scaleOf(Float32Array.of(127.00001), 'fixed8q0', 'linear:max:pow2')).toBe(2);
    expect(scaleOf(Float32Array.of(-63.5), 'fixed8q0', 'linear:max:pow2')).toBe(0.5);
  });

  it('pow2int has a power of two whatever is asked', () => {
    expect(scaleOf(Float32Array.of(3), 'pow2int8', 'linear:max')).toBe(2 ** -5);
    fc.assert(
      fc.property(
        tensors,
        fc.constantFrom('linear:mse', 'linear:kl', 'linear:percentile90'),
        (values, name) => {
          const scale = scaleOf(values, 'pow2int8', name);
          expect(scale).toBe(scaleOf(values, 'pow2int8', `${name}:pow2`));
          expect(Number.isInteger(Math.log2(scale))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});
