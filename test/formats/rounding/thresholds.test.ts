import { describe, expect, it } from 'vitest';
import { nextDown, nextUp, toRational } from '../../../arithmetic/float64.js';
import { divide } from '../../../arithmetic/rational.js';
import { roundingsOf } from '../../../formats/conformance/probes.js';
import { NEAREST_EVEN, type Rounding } from '../../../formats/format.js';
import { type Placement, UNIT } from '../../../formats/placement.js';
import { getFormat } from '../../../formats/registry.js';
import { referenceEncode } from '../../../formats/rounding/reference.js';
import { roundingThresholds, thresholdIndex } from '../../../formats/rounding/thresholds.js';

function exact(name: string, x: number, rounding: Rounding, placement: Placement): number {
  const { scale, zeroPoint, range } = placement;
  return referenceEncode(getFormat(name), divide(toRational(x), toRational(scale)), rounding, {
    zeroPoint,
    range,
    negativeZero: Object.is(x, -0),
  });
}

/** At every threshold and the float64 on either side a search gives what the reference gives. */
function differences(name: string, placement: Placement): string[] {
  const format = getFormat(name);
  const wrong: string[] = [];
  for (const rounding of roundingsOf(format)) {
    if (rounding.mode === 'stochastic') continue;
    const table = roundingThresholds(format, rounding, placement);
    for (const threshold of table.thresholds) {
      for (const x of [nextDown(threshold), threshold, nextUp(threshold), -0, 0]) {
        if (!Number.isFinite(x)) continue;
        const code = table.codes[thresholdIndex(table, x)];
        const right = exact(name, x, rounding, placement);
        if (code !== right) wrong.push(`${rounding.mode}/${rounding.policy} ${x}: ${code}, not ${right}`);
      }
    }
  }
  return wrong;
}

const FORMATS = [
  'posit6es2',
  'posit5es0',
  'float6e3m2',
  'float6e3m2fn',
  'float5e3m1fnuz',
  'float7e3m3fn',
  'fixed6q3',
  'pow2val4',
];
// Scales where products round, cancel to subnormals, underflow to nothing or overflow.
const SCALES = [1, 0.1, 3, 1 / 3, 2 ** -30, 1e-300, 5e-324, 2 ** -1060, 1e300, 2 ** 1020, Number.MAX_VALUE];

describe.each(FORMATS)('the thresholds of %s', (name) => {
  it.each(SCALES)('at scale %d equals the reference at every threshold', (scale) => {
    expect(differences(name, { ...UNIT, scale })).toEqual([]);
  });
});

describe.each(['affine4', 'affine4s', 'affine6', 'affine8', 'affine8s'])('the thresholds of %s', (name) => {
  const { min, max } = getFormat(name).facts;
  for (const range of ['full', 'narrow'] as const) {
    const low = range === 'full' ? min : getFormat(name).narrowRange!.min;
    for (const zeroPoint of [low, low + 1, 3, max]) {
      it(`with zero point ${zeroPoint}, ${range} range, equals the reference at every threshold`, () => {
        for (const scale of [1, 0.1, 7 / 3])
          expect(differences(name, { scale, zeroPoint, range })).toEqual([]);
      });
    }
  }
});

describe('rounding thresholds', () => {
  it('ascend, start at −∞ and have +0 as the threshold of +0 just above −0', () => {
    const { codes, thresholds } = roundingThresholds(
      getFormat('float8e4m3'),
      { ...NEAREST_EVEN, policy: 'infinity' },
      UNIT,
    );
    expect(thresholds[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(thresholds.every((threshold, index) => index === 0 || threshold >= thresholds[index - 1]!)).toBe(
      true,
    );
    expect([codes[0], codes.at(-1)]).toEqual([0xf8, 0x78]);
    const zero = codes.indexOf(0);
    expect([codes[zero - 1], thresholds[zero]]).toEqual([0x80, 0]);
  });

  it.each([
    [{ ...UNIT, scale: 0 }, 'posit8es1', 'scale 0 is not usable'],
    [{ ...UNIT, scale: Number.NaN }, 'posit8es1', 'positive, finite'],
    [{ ...UNIT, zeroPoint: 1 }, 'posit8es1', 'has no zero point'],
    [{ ...UNIT, zeroPoint: 256 }, 'affine8', '0 .. 255'],
    [{ ...UNIT, zeroPoint: 0, range: 'narrow' as const }, 'affine8', '1 .. 255'],
    [{ ...UNIT, zeroPoint: 0.5 }, 'affine8', 'not an integer'],
    [UNIT, 'posit32es2', 'tables go up to 16'],
  ])('refuses %j of %s', (placement, name, says) => {
    expect(() => roundingThresholds(getFormat(name), NEAREST_EVEN, placement)).toThrow(says);
  });

  it('refuses stochastic rounding, which has no thresholds', () => {
    const stochastic = { ...NEAREST_EVEN, mode: 'stochastic' } as const;
    expect(() => roundingThresholds(getFormat('posit8es1'), stochastic, UNIT)).toThrow('no thresholds');
  });
});
