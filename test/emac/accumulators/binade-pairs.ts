/** Rounding by float64 additions against the reference, on products and sums of drawn codes and at the ends. */
import { expect } from 'vitest';
import { nextDown, nextUp, toRational } from '../../../arithmetic/float64.js';
import { Stream } from '../../../arithmetic/philox.js';
import { add, multiply, type Rational } from '../../../arithmetic/rational.js';
import { binadeRounding, roundBinade } from '../../../emac/accumulators/binades.js';
import { getFormat } from '../../../formats/registry.js';
import { decodeExact, referenceEncode } from '../../../formats/rounding/reference.js';

export const BINADE_FORMATS = [
  'posit9es0',
  'posit10es4',
  'posit11es3',
  'posit16es1',
  'posit16es2',
  'float16',
  'bfloat16',
  'fixed16q8',
  'affine16s',
  'affine9',
  'posit5es2',
  'float9e8m0',
  'float8e4m3fnuz',
  'float32',
  'float20e5m14',
];

export function expectRoundedAsByReference(name: string, pairs: number): void {
  const format = getFormat(name);
  const { levels } = format;
  const stream = new Stream(9, 'dataset');
  const exact = (code: number) => decodeExact(format, code);
  const draw = () => levels.code(stream.below(levels.count));
  for (const underflow of format.underflows) {
    const rounding = binadeRounding(format, underflow)!;
    const expected = (value: Rational) =>
      format.toNumber(
        referenceEncode(format, value, { mode: 'nearest-even', policy: 'saturate', underflow }),
      );
    for (let i = 0; i < pairs; i++) {
      const [a, b] = [draw(), draw()];
      const [va, vb] = [format.toNumber(a), format.toNumber(b)];
      expect([va, vb, roundBinade(rounding, va * vb) + 0]).toEqual([
        va,
        vb,
        expected(multiply(exact(a), exact(b))) + 0,
      ]);
      expect([va, vb, roundBinade(rounding, va + vb) + 0]).toEqual([
        va,
        vb,
        expected(add(exact(a), exact(b))) + 0,
      ]);
    }
    const ends = [format.facts.minPositive, format.facts.max, format.facts.minPositive / 2];
    for (const v of ends.flatMap((end) => [end, nextUp(end), nextDown(end), 2 * end, end / 4, -end])) {
      expect([v, roundBinade(rounding, v) + 0]).toEqual([v, expected(toRational(v)) + 0]);
    }
  }
}
