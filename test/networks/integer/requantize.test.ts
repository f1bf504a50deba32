import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { REQUANTIZATIONS } from '../../../emac/layer/choices.js';
import { UserError } from '../../../errors.js';
import {
  fixedMultiplier,
  multiplyOnce,
  multiplyTwice,
  type RealMultiplier,
  type RequantizeMode,
  realOf,
  requantizer,
  roundEven,
} from '../../../networks/integer/requantize.js';
import { EDGES, integers, multipliedOnce, multipliedTwice } from './gemmlowp.js';

const MIN = -(2 ** 31);

/** One multiplier that is `real` in every way of forming it, where it is a float32. */
const whole = (real: number): RealMultiplier => ({ input: real, weight: 1, output: 1, product: 'float64' });
const result = (mode: RequantizeMode, sum: number, real: number): number =>
  requantizer(mode, [whole(real)])(sum, 0);
const floats = (seed: number): (() => number) => {
  const stream = new Stream(seed, 'dataset');
  return () => Math.fround((1 + stream.uniform()) * 2 ** -stream.below(24));
};

/** Numerator and power of two of a float64. */
function exactly(x: number): readonly [bigint, number] {
  let shift = 0;
  let value = x;
  while (!Number.isInteger(value)) {
    value *= 2;
    shift++;
  }
  return [BigInt(value), shift];
}

/** Nearest even integer of sum · input · weight / output. */
function exactWanted(sum: number, { input, weight, output }: RealMultiplier): bigint {
  const [[i, a], [w, b], [o, c]] = [input, weight, output].map(exactly) as [
    [bigint, number],
    [bigint, number],
    [bigint, number],
  ];
  const above = (BigInt(sum) * i * w) << BigInt(c);
  const below = o << BigInt(a + b);
  const floor = above / below - (above % below < 0n ? 1n : 0n);
  const twice = 2n * (above - floor * below);
  return twice > below || (twice === below && floor % 2n !== 0n) ? floor + 1n : floor;
}

describe('fixedMultiplier', () => {
  it('is QuantizeMultiplier: 31 bits, ties away from 0, and the exponent', () => {
    const next = floats(11);
    const denominators = floats(12);
    for (let i = 0; i < 20_000; i++) {
      const real = (next() * next()) / denominators();
      const { multiplier, shift } = fixedMultiplier(real);
      const [n, places] = exactly(real);
      const scaled = (n << BigInt(Math.max(31 - shift, 0) + 1)) >> BigInt(places);
      const rounded = (scaled + 1n) >> 1n;
      expect(BigInt(multiplier), `${real}`).toBe(rounded);
      expect((multiplier >= 2 ** 30 && multiplier < 2 ** 31) || real < 2 ** -32, `${real}`).toBe(true);
    }
  });

  it('knows powers of two, what rounds up to one, 0 and what is too small', () => {
    expect(fixedMultiplier(1)).toEqual({ multiplier: 2 ** 30, shift: 1 });
    expect(fixedMultiplier(0.5)).toEqual({ multiplier: 2 ** 30, shift: 0 });
    expect(fixedMultiplier(1 - 2 ** -40)).toEqual({ multiplier: 2 ** 30, shift: 1 });
    expect(fixedMultiplier(0.75 + 2 ** -32)).toEqual({ multiplier: 3 * 2 ** 29 + 1, shift: 0 });
    expect(fixedMultiplier(0)).toEqual({ multiplier: 0, shift: 0 });
    expect(fixedMultiplier(2 ** -32)).toEqual({ multiplier: 2 ** 30, shift: -31 });
    expect(fixedMultiplier(2 ** -33)).toEqual({ multiplier: 0, shift: 0 });
  });
});

describe('the two fixed-point products are their C definitions', () => {
  it('at edges and 100,000 random sums', () => {
    const check = (x: number, multiplier: number, shift: number): void => {
      const [big, factor] = [BigInt(x), BigInt(multiplier)];
      const twice = multiplyTwice(x, { multiplier, shift });
      const once = multiplyOnce(x, { multiplier, shift });
      const wanted = [multipliedTwice(big, factor, shift), multipliedOnce(big, factor, shift)].map(Number);
      if (Object.is(twice, wanted[0]) && Object.is(once, wanted[1])) return;
      throw new Error(`${x} · ${multiplier} · 2^(${shift} − 31): ${twice} and ${once}, not ${wanted}`);
    };
    for (let shift = -31; shift <= 30; shift++) {
      for (const x of EDGES) for (const m of [2 ** 30, 2 ** 30 + 1, 2 ** 31 - 1]) check(x, m, shift);
    }
    const next = integers(13);
    const stream = new Stream(14, 'dataset');
    for (let i = 0; i < 100_000; i++) check(next(), 2 ** 30 + stream.below(2 ** 30), stream.below(62) - 31);
  });
});

describe('requantization', () => {
  it('gives 7 for 585 · 0.0111…, and 6 where the scales are multiplied in float32', () => {
    const real = 0.011111111910680305;
    expect(['gemmlowp', 'single', 'exact'].map((mode) => result(mode as RequantizeMode, 585, real))).toEqual([
      7, 7, 7,
    ]);
    const [factor] = new Float32Array(new Uint32Array([0x3c360b61]).buffer);
    expect(Math.fround(585 * factor!)).toBe(6.5);
    expect(result('float32', 585, factor!)).toBe(6);
  });

  it('differs by its name: ties, negative too, and the two roundings', () => {
    const all = (sum: number, real: number): number[] =>
      REQUANTIZATIONS.map((mode) => result(mode, sum, real));
    // gemmlowp, single, float32, exact
    expect(all(1, 0.5)).toEqual([1, 1, 0, 0]);
    expect(all(-1, 0.5)).toEqual([0, 0, 0, 0]);
    expect(all(-1, 0.25)).toEqual([0, 0, 0, 0]);
    expect(all(-6, 0.25)).toEqual([-2, -1, -2, -2]);
    expect(all(-10, 0.25)).toEqual([-3, -2, -2, -2]);
    // 5 · 0.3 = 1.5 less a little; the first rounding of gemmlowp makes 3 of 2.999…, the second 2 of 3/2
    expect(all(5, 0.3 - 2 ** -30)).toEqual([2, 1, 2, 1]);
    expect(all(MIN, 0.5)).toEqual([-(2 ** 30), -(2 ** 30), -(2 ** 30), -(2 ** 30)]);
    expect(all(MIN, 1 - 2 ** -31)).toEqual([MIN + 1, MIN + 1, MIN, MIN + 1]);
  });

  it('forms multipliers as the kernels do', () => {
    const [input, weight, output] = [Math.fround(0.1), Math.fround(0.3), Math.fround(0.7)];
    const both = { input, weight, output };
    expect(realOf({ ...both, product: 'float64' })).toBe((input * weight) / output);
    expect(realOf({ ...both, product: 'float32' })).toBe(Math.fround(input * weight) / output);
    expect(realOf({ ...both, product: 'float32' })).not.toBe(realOf({ ...both, product: 'float64' }));
  });

  it('takes the multiplier of the channel, or the one there is', () => {
    for (const mode of REQUANTIZATIONS) {
      const several = requantizer(mode, [whole(0.5), whole(0.25)]);
      expect([several(100, 0), several(100, 1)]).toEqual([50, 25]);
      expect(requantizer(mode, [whole(0.5)])(100, 7)).toBe(50);
    }
  });

  it('float32 is a float32 product to the nearest even integer', () => {
    const [sums, scales] = [integers(15), floats(16)];
    const cells = new Float32Array(1);
    const float = (x: number): number => {
      cells[0] = x;
      return cells[0]!;
    };
    for (let i = 0; i < 100_000; i++) {
      const multiplier = { input: scales(), weight: scales(), output: scales(), product: 'float64' } as const;
      const sum = sums();
      const factor = float(float(multiplier.input * multiplier.weight) / multiplier.output);
      const wanted = exactWanted(1, whole(float(float(sum) * factor)));
      const got = requantizer('float32', [multiplier])(sum, 0);
      if (!Object.is(got, Number(wanted))) throw new Error(`${sum} of ${JSON.stringify(multiplier)}: ${got}`);
    }
  });

  it('exact is the nearest even integer of the rational, with ties and beside them', () => {
    const check = (sum: number, multiplier: RealMultiplier): void => {
      const got = requantizer('exact', [multiplier])(sum, 0);
      const wanted = exactWanted(sum, multiplier);
      if (!Object.is(got, Number(wanted))) {
        throw new Error(`${sum} of ${JSON.stringify(multiplier)}: ${got}, not ${wanted}`);
      }
    };
    const [sums, scales] = [integers(17), floats(18)];
    for (let i = 0; i < 100_000; i++) {
      check(sums(), { input: scales(), weight: scales(), output: scales(), product: 'float64' });
    }
    // sum · input / output = odd / 2: output = 2 · input, or 3 and 6 times a float that holds them
    const stream = new Stream(19, 'dataset');
    let ties = 0;
    for (let i = 0; i < 20_000; i++) {
      const unit = (1 + stream.below(2 ** 20)) * 2 ** -20;
      const sum = (2 * stream.below(5000) - 4999) * 3;
      const exact = { input: unit, weight: 1, output: 6 * unit, product: 'float64' } as const;
      check(sum, exact);
      ties += Number(Math.abs((sum / 6) % 1) === 0.5);
      for (const by of [1 - 2 ** -23, 1 + 2 ** -23]) check(sum, { ...exact, weight: Math.fround(by) });
    }
    expect(ties).toBe(20_000);
  });

  it('refuses multipliers that no left shift holds', () => {
    for (const mode of REQUANTIZATIONS) {
      expect(result(mode, 1, 2 ** 30 - 64)).toBe(2 ** 30 - 64);
      for (const real of [2 ** 30, Number.POSITIVE_INFINITY, Number.NaN, -0.5]) {
        expect(() => result(mode, 1, real)).toThrow(UserError);
      }
    }
  });

  it('roundEven takes ties to the even integer', () => {
    expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5].map((x) => roundEven(x) + 0)).toEqual([-2, -2, 0, 0, 2, 2]);
    expect([0.49999999999999994, -0.49999999999999994, 2 ** 52 + 1].map(roundEven)).toEqual([
      0,
      0,
      2 ** 52 + 1,
    ]);
  });
});
