import { describe, expect, it } from 'vitest';
import { nextDown, nextUp, toRational } from '../../../arithmetic/float64.js';
import { dyadic, rational } from '../../../arithmetic/rational.js';
import { roundingsOf } from '../../../formats/conformance/probes.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { decodeExact, referenceEncode } from '../../../formats/rounding/reference.js';
import { naiveBoundary, naiveEncode, naiveFormats, naiveLevels, naivePosition } from '../naive.js';

/** Every value, every boundary, half the smallest values, far ends: each with the float64 below and above. */
function points(
  naive: ReturnType<typeof naiveFormats>[number],
  levels: ReturnType<typeof naiveLevels>,
): number[] {
  const exact = levels.map(({ value }) => value);
  for (let index = 1; index < levels.length; index++) {
    exact.push(naiveBoundary(naive, levels[index - 1]!, levels[index]!));
    exact.push((levels[index - 1]!.value + levels[index]!.value) / 2);
  }
  const max = exact[levels.length - 1]!;
  const minpos = exact.find((value) => value > 0)!;
  for (const far of [(max + naive.successor) / 2, naive.successor, 2 * max, 1e300]) exact.push(far, -far);
  for (const tiny of [minpos / 2, minpos / 2 ** (2 ** naive.es), Number.MIN_VALUE]) exact.push(tiny, -tiny);
  const near = exact.filter(Number.isFinite).flatMap((x) => [nextDown(x), x, nextUp(x)]);
  return [...new Set(near), -0].filter(Number.isFinite);
}

describe('the reference against the naive linear scan', () => {
  it.each(naiveFormats())(
    '$name: every code, boundary and neighbouring float64 in every rounding',
    (naive) => {
      const format = getFormat(naive.name);
      const levels = naiveLevels(naive);
      const xs = points(naive, levels);
      for (let code = 0; code < 2 ** naive.bits; code++) {
        if (!Object.is(format.toNumber(code), naive.value(code))) {
          expect({ code, value: format.toNumber(code) }).toEqual({ code, value: naive.value(code) });
        }
      }
      for (const rounding of roundingsOf(format)) {
        for (const x of xs) {
          const randomWords = rounding.mode === 'stochastic' ? wordsAround(levels, x) : [0];
          for (const randomWord of randomWords) {
            const wanted = naiveEncode(naive, levels, x, rounding, randomWord);
            const got = format.encode(x, rounding, randomWord);
            if (got !== wanted)
              expect({ x, randomWord, ...rounding, code: got }).toEqual({
                x,
                randomWord,
                ...rounding,
                code: wanted,
              });
          }
        }
        for (const [place, x] of xs.entries()) {
          if (place % 5 !== 0) continue;
          const wanted = naiveEncode(naive, levels, x, rounding, 0x9e3779b9);
          const negativeZero = Object.is(x, -0);
          const got = referenceEncode(format, toRational(x), rounding, {
            randomWord: 0x9e3779b9,
            negativeZero,
          });
          if (got !== wanted) expect({ x, ...rounding, code: got }).toEqual({ x, ...rounding, code: wanted });
        }
      }
      expect(xs.length).toBeGreaterThan(10);
    },
  );

  /** The random words on both sides of the one that decides. */
  function wordsAround(levels: ReturnType<typeof naiveLevels>, x: number): number[] {
    const index = levels.findLastIndex(({ value }) => value <= x);
    if (index < 0 || index === levels.length - 1) return [0, 2 ** 32 - 1];
    const position = Number(naivePosition(x, levels[index]!.value, levels[index + 1]!.value));
    const critical = 2 ** 32 - position;
    return [critical - 1, critical].filter((randomWord) => randomWord >= 0 && randomWord < 2 ** 32);
  }
});

describe('the reference on reals that are no float64', () => {
  const posit8 = getFormat('posit8es1');
  const affine8 = getFormat('affine8');

  it('rounds a quotient that lies between two float64 numbers by the exact value', () => {
    const boundary = rational(3n, 2n);
    const above = {
      numerator: boundary.numerator * 10n ** 40n + 1n,
      denominator: boundary.denominator * 10n ** 40n,
    };
    const options = { zeroPoint: 0, range: 'full' } as const;
    expect(referenceEncode(affine8, above, NEAREST_EVEN, options)).toBe(2);
    expect(referenceEncode(affine8, rational(5n, 2n), NEAREST_EVEN, options)).toBe(2);
    expect(
      referenceEncode(affine8, rational(5n * 10n ** 30n + 1n, 2n * 10n ** 30n), NEAREST_EVEN, options),
    ).toBe(3);
  });

  it('keeps a positive real of any smallness at minpos', () => {
    expect(referenceEncode(posit8, dyadic(1n, -5000), NEAREST_EVEN)).toBe(1);
    expect(referenceEncode(posit8, dyadic(-1n, -5000), NEAREST_EVEN)).toBe(255);
    expect(referenceEncode(posit8, dyadic(1n, 5000), NEAREST_EVEN)).toBe(127);
  });

  it('takes affine ties by the parity of the quotient, then adds the zero point, then clamps', () => {
    const tie = (numerator: bigint, zeroPoint: number, range: 'full' | 'narrow' = 'full') =>
      referenceEncode(affine8, rational(numerator, 2n), NEAREST_EVEN, { zeroPoint, range });
    expect(tie(5n, 1)).toBe(3);
    expect(tie(7n, 1)).toBe(5);
    expect(tie(-5n, 7)).toBe(5);
    expect(tie(-300n, 7)).toBe(0);
    expect(tie(-300n, 7, 'narrow')).toBe(1);
    expect(tie(3000n, 7)).toBe(255);
  });

  it('says in one line what a rounding lacks', () => {
    const bad = (name: string, rounding: object) => () =>
      getFormat(name).encode(1, { ...NEAREST_EVEN, ...rounding } as typeof NEAREST_EVEN);
    expect(bad('posit8es1', { policy: 'nan' })).toThrow(
      "posit8es1 has no overflow policy 'nan'; use saturate",
    );
    expect(bad('float8e4m3fn', { policy: 'infinity' })).toThrow('use saturate or nan');
    expect(bad('float8e4m3', { underflow: 'half' })).toThrow("no underflow rule 'half'");
    expect(bad('posit8es1', { mode: 'nearest' })).toThrow("rounding mode 'nearest' is unknown");
    expect(bad('posit8es1', { mode: 'stochastic' })).toThrow('needs a random word');
    expect(() => referenceEncode(posit8, rational(1n), NEAREST_EVEN, { zeroPoint: 3 })).toThrow(
      'no zero point',
    );
    expect(() => decodeExact(posit8, 128)).toThrow('is nan');
  });
});
