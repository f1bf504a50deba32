import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { getFormat } from '../../formats/registry.js';
import { calibrate } from '../../quantizers/calibrate.js';
import { Histogram } from '../../quantizers/histogram.js';
import { parseQuantizer } from '../../quantizers/quantizer.js';
import { scaleOf, tensors } from './calibrated.js';
import { big, binned, integerLine, mseScale, quotient, zeroPointOf } from './oracle.js';

describe('affine', () => {
  it.each([
    ['affine8', 'activations', 0, 255],
    ['affine8s', 'activations', -128, 127],
    ['affine8', 'weights', 1, 255],
    ['affine4', 'activations', 0, 15],
  ] as const)(
    '%s %s: [lo, hi] with 0 in it onto %i..%i, ties of the zero point to even',
    (name, role, low, high) => {
      const format = getFormat(name);
      fc.assert(
        fc.property(tensors, fc.constantFrom('max', 'mse'), (values, calibrator) => {
          const lo = Math.min(0, ...values);
          const hi = Math.max(0, ...values);
          const scale = lo === hi ? 1 : quotient(big(hi) - big(lo), BigInt(high - low) << 1100n);
          const zeroPoint = zeroPointOf(low, high, { a: big(lo), b: big(scale) });
          const encoding = calibrate(
            Histogram.of('t', values),
            format,
            role,
            parseQuantizer(`linear:${calibrator}`),
          );
          expect(encoding.zeroPoint).toBe(zeroPoint);
          expect(encoding.range).toBe(role === 'weights' ? 'narrow' : 'full');
          if (calibrator === 'max') expect(encoding.scales[0]).toBe(scale);
          else {
            const line = integerLine(low - zeroPoint, high - zeroPoint);
            expect(encoding.scales[0]).toBe(mseScale(binned(values), line, format.facts, 1));
          }
        }),
        { numRuns: 40 },
      );
    },
  );

  it('a zero point half way between integers goes to the even one', () => {
    // lo/scale = −(127.5): width 3·2^-1·255 … hi − lo = 255 s with lo = −127.5 s, s = 2.
    const { scales, zeroPoint } = calibrate(
      Histogram.of('t', Float32Array.of(-255, 255)),
      getFormat('affine8'),
      'activations',
      parseQuantizer('linear:max'),
    );
    expect([scales[0], zeroPoint]).toEqual([2, 128]);
  });

  it('signed weights: zero point 0, scale max|w|/127, codes within ±127', () => {
    const encoding = calibrate(
      Histogram.of('t', Float32Array.of(-3, 1)),
      getFormat('int8'),
      'weights',
      parseQuantizer('linear:max'),
    );
    expect(encoding).toMatchObject({ zeroPoint: 0, range: 'narrow', granularity: { kind: 'tensor' } });
    expect(encoding.scales[0]).toBe(quotient(big(3), big(127)));
  });

  it('signed weights by mse: all integers of the narrow range, zero point 0', () => {
    const format = getFormat('affine5s');
    fc.assert(
      fc.property(tensors, (values) => {
        const expected = mseScale(binned(values), integerLine(-15, 15), format.facts, 1);
        expect(scaleOf(values, format, 'linear:mse', 'weights')).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('percentile clips both ends to ±T', () => {
    const values = new Float32Array(100).fill(1);
    values.set([-90, 70]);
    const encoding = calibrate(
      Histogram.of('t', values),
      getFormat('affine8'),
      'activations',
      parseQuantizer('linear:percentile90'),
    );
    const t = 1 + 2 ** -8;
    expect(encoding.scales[0]).toBe(quotient(2n * big(t), big(255)));
    expect(encoding.zeroPoint).toBe(128);
  });

  it('pow2: the power of two not below the width', () => {
    const values = Float32Array.of(-1, 254.5);
    const encoding = calibrate(
      Histogram.of('t', values),
      getFormat('affine8'),
      'activations',
      parseQuantizer('linear:max:pow2'),
    );
    // 255.5 / 255 is above 1, so the scale is 2 and −lo/scale = ½ ties to 0.
    expect([encoding.scales[0], encoding.zeroPoint]).toEqual([2, 0]);
  });
});
