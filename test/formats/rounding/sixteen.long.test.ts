/** 16-bit formats on every level and every boundary with the float64 numbers beside it. */
import { describe, expect, it } from 'vitest';
import { nextDown, nextUp, toNumber, toRational } from '../../../arithmetic/float64.js';
import { codeArray } from '../../../formats/code-array.js';
import { assertConforms } from '../../../formats/conformance/suite.js';
import { NEAREST_EVEN, type Rounding } from '../../../formats/format.js';
import { UNIT } from '../../../formats/placement.js';
import { getFormat, listFormats } from '../../../formats/registry.js';
import { bulkEncode } from '../../../formats/rounding/bulk.js';
import { referenceEncode } from '../../../formats/rounding/reference.js';
import { positFromBits } from '../naive.js';

const roundings: Rounding[] = [
  NEAREST_EVEN,
  { ...NEAREST_EVEN, mode: 'nearest-away' },
  { ...NEAREST_EVEN, mode: 'down' },
];

describe.each(['posit16es1', 'posit16es2', 'float16', 'bfloat16', 'fixed16q8', 'affine16s'])('%s', (name) => {
  const format = getFormat(name);

  it('every path gives the reference’s code at every level and boundary', () => {
    const exact: number[] = [];
    for (let index = 0; index < format.levels.count; index++) {
      exact.push(format.toNumber(format.levels.code(index)), toNumber(format.boundary(index)));
    }
    const values = Float64Array.from(exact.flatMap((x) => [nextDown(x), x, nextUp(x)])).filter(
      Number.isFinite,
    );
    for (const rounding of roundings) {
      const codes = codeArray(format, values.length);
      bulkEncode(values, format, rounding, UNIT, codes);
      let wrong = 0;
      for (const [index, x] of values.entries()) {
        const negativeZero = Object.is(x, -0);
        if (codes[index] !== referenceEncode(format, toRational(x), rounding, { negativeZero })) wrong++;
      }
      expect(wrong).toBe(0);
    }
  });
});

describe('posit16', () => {
  it.each([0, 1, 2, 3])('es %i decodes every code as its bit string', (es) => {
    const format = getFormat(`posit16es${es}`);
    for (let code = 0; code < 65536; code++) {
      const wanted = positFromBits(code.toString(2).padStart(16, '0'), es);
      if (!Object.is(format.toNumber(code), wanted))
        expect([code, format.toNumber(code)]).toEqual([code, wanted]);
    }
    expect(format.toNumber(0x4000)).toBe(1);
  });
});

describe('formats wider than 8 bits', () => {
  const presets = listFormats().flatMap(({ name, bits }) => (bits > 8 ? [name] : []));
  it.each([...new Set([...presets, 'fixed32q16', 'affine32', 'affine32s', 'pow2int32'])])(
    '%s conforms',
    (name) => {
      assertConforms(getFormat(name));
    },
  );
});
