import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toNumber, toRational } from '../../arithmetic/float64.js';
import { divide } from '../../arithmetic/rational.js';
import { NEAREST_EVEN, type Underflow } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { referenceEncode } from '../../formats/rounding/reference.js';
import { formatRounder, integerRounder } from '../../quantizers/quotient-rounder.js';
import { big } from './oracle.js';

const scales = fc.oneof(
  fc.constantFrom(1, 2 ** -7, 2 ** 9, 3, 0.75, 2 ** (1 / 8)),
  fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
);

function quotientCode(name: string, x: number, scale: number, underflow: Underflow): number {
  const format = getFormat(name);
  return referenceEncode(format, divide(toRational(x), toRational(scale)), { ...NEAREST_EVEN, underflow });
}

describe('rounding quotients to a format', () => {
  const cases: readonly (readonly [string, Underflow])[] = [
    ['posit8es1', 'none'],
    ['posit8es1', 'half'],
    ['posit6es0', 'bitstring'],
    ['float8e4m3', 'none'],
    ['float8e5m2fnuz', 'none'],
    ['fixed8q3', 'none'],
    ['pow2val5', 'none'],
    ['pow2int4', 'none'],
    ['posit16es1', 'none'],
    ['float16', 'none'],
    ['posit20es2', 'none'],
    ['float32', 'none'],
    ['fixed32q9', 'none'],
    ['pow2int20', 'none'],
  ];

  it.each(cases)(
    '%s (underflow %s) gives the value of the reference, ties and near ties included',
    (name, underflow) => {
      const format = getFormat(name);
      const rounder = formatRounder(format, underflow);
      const { count } = format.levels;
      // Values placed on a boundary times the scale, or one float64 beside it, or anywhere.
      const near = fc.tuple(fc.integer({ min: 0, max: count - 2 }), fc.constantFrom(-1, 0, 1));
      const anywhere = fc.double({ min: -1e9, max: 1e9, noNaN: true }).filter((x) => Math.abs(x) > 1e-40);
      fc.assert(
        fc.property(
          scales,
          fc.array(near, { maxLength: 12 }),
          fc.array(anywhere, { maxLength: 6 }),
          (scale, places, others) => {
            const onBoundaries = places.map(([index, ulps]) => {
              const float = new Float64Array([toNumber(format.boundary(index)) * scale]);
              if (float[0] !== 0) new BigInt64Array(float.buffer)[0]! += BigInt(ulps);
              return float[0]!;
            });
            const values = Float64Array.from([...onBoundaries, ...others].filter((x) => x !== 0))
              .sort()
              .reverse();
            const out = new Float64Array(values.length);
            const middle = values.length >> 1;
            rounder(values, scale, 0, middle, out);
            rounder(values, scale, middle, values.length, out);
            for (const [i, x] of values.entries()) {
              const expected = format.toNumber(quotientCode(name, x, scale, underflow)) + 0;
              if (out[i]! + 0 !== expected) expect(out[i], `${x} / ${scale}`).toBe(expected);
            }
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  it('a range of integers rounds every quotient to the nearest, ties to even, and clamps', () => {
    const rounder = integerRounder({ low: -5, high: 9 });
    const halves = fc.integer({ min: -30, max: 30 });
    fc.assert(
      fc.property(scales, halves, fc.constantFrom(-1n, 0n, 1n), (scale, half, ulps) => {
        const float = new Float64Array([(half / 2) * scale]);
        if (half === 0) return;
        new BigInt64Array(float.buffer)[0]! += ulps;
        const out = new Float64Array(1);
        rounder(float, scale, 0, 1, out);
        // |x/s − n| compared as integers: 2|x − n·s|, all multiples of 2^-2200.
        let best: number | undefined;
        const distance = (n: number) => {
          const difference = (big(float[0]!) << 1100n) - big(n) * big(scale);
          return difference < 0n ? -difference : difference;
        };
        for (let n = -20; n <= 20; n++) {
          if (best === undefined || distance(n) < distance(best)) best = n;
          else if (distance(n) === distance(best) && n % 2 === 0) best = n;
        }
        expect(out[0]).toBe(Math.min(9, Math.max(-5, best!)) + 0);
      }),
      { numRuns: 400 },
    );
  });
});
