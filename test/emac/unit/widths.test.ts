import { describe, expect, it } from 'vitest';
import { datapathOf, signedBits } from '../../../emac/unit/datapath.js';
import {
  accumulatorBits,
  exactAccumulatorBits,
  largestK,
  productBits,
  publishedWidths,
  requireAccumulator,
} from '../../../emac/unit/widths.js';
import { UserError } from '../../../errors.js';
import { getFormat } from '../../../formats/registry.js';

/** Deep Positron's widths for k = 784 as the literature digest of the project tabulates them. */
const POSIT_QUIRE = [
  [5, [24, 36, 60]],
  [6, [28, 44, 76]],
  [7, [32, 52, 92]],
  [8, [36, 60, 108]],
] as const;
/** [published formula, exact need] for exponent widths 2, 3, 4. */
const FLOAT = [
  [
    5,
    [
      [20, 19],
      [26, 24],
      [38, 37],
    ],
  ],
  [
    6,
    [
      [22, 21],
      [28, 27],
      [42, 40],
    ],
  ],
  [
    7,
    [
      [24, 23],
      [30, 29],
      [44, 43],
    ],
  ],
  [
    8,
    [
      [26, 25],
      [32, 31],
      [46, 45],
    ],
  ],
] as const;

describe('signedBits', () => {
  it('is the two’s complement width of a range', () => {
    expect(signedBits(0n, 0n)).toBe(1);
    expect(signedBits(-1n, 0n)).toBe(1);
    expect(signedBits(-128n, 127n)).toBe(8);
    expect(signedBits(-129n, 0n)).toBe(9);
    expect(signedBits(0n, 128n)).toBe(9);
  });
});

describe('published widths at k = 784', () => {
  for (const [n, widths] of POSIT_QUIRE) {
    widths.forEach((width, es) => {
      it(`posit${n}es${es}: quire ${width}, which is the exact need and one more`, () => {
        const format = getFormat(`posit${n}es${es}`);
        expect(publishedWidths(format, 784)).toEqual({ paper: width, quire: width, rtl: width });
        expect(exactAccumulatorBits(format, format, 784)).toBe(width - 1);
        expect(exactAccumulatorBits(format, format, 1)).toBe(publishedWidths(format, 1).quire);
      });
    });
  }
  for (const [n, widths] of FLOAT) {
    widths.forEach(([published, need], index) => {
      const e = index + 2;
      it(`float${n}e${e}m${n - 1 - e}: published ${published}, needed ${need}`, () => {
        const format = getFormat(`float${n}e${e}m${n - 1 - e}`);
        expect(publishedWidths(format, 784).paper).toBe(published);
        expect(exactAccumulatorBits(format, format, 784)).toBe(need);
      });
    });
  }
  it('float RTL registers are up to two bits short of the worst case', () => {
    const short = [2, 3, 4].map((e) => {
      const format = getFormat(`float8e${e}m${7 - e}`);
      return [publishedWidths(format, 784).rtl, exactAccumulatorBits(format, format, 784)];
    });
    expect(short).toEqual([
      [23, 25],
      [29, 31],
      [43, 45],
    ]);
  });
  it('fixed: 2n + ⌈log2 k⌉, one more than needed at k = 784', () => {
    for (const n of [5, 6, 7, 8]) {
      const format = getFormat(`fixed${n}q3`);
      expect(publishedWidths(format, 784).rtl).toBe(2 * n + 10);
      expect(exactAccumulatorBits(format, format, 784)).toBe(2 * n + 9);
    }
  });
  it('a layout the VHDL does not have, or a family, has no RTL width', () => {
    expect(publishedWidths(getFormat('float8e4m3fn'), 784).rtl).toBeUndefined();
    expect(publishedWidths(getFormat('affine8'), 784)).toMatchObject({ quire: undefined, rtl: undefined });
  });
});

describe('exact need', () => {
  it('is the least width that holds K worst products, and K − 1 overflow one bit less', () => {
    for (const name of ['posit8es1', 'float8e4m3fn', 'fixed8q4', 'affine8s', 'pow2val4', 'posit5es2']) {
      const path = datapathOf(getFormat(name));
      for (const k of [1, 2, 3, 100, 784, 65536]) {
        const bits = accumulatorBits({ weights: path, activations: path, k });
        const worst = path.max * path.max > path.min * path.min ? path.max : path.min;
        const sum = BigInt(k) * worst * worst;
        expect(BigInt.asIntN(bits, sum)).toBe(sum);
        expect(BigInt.asIntN(bits - 1, sum)).not.toBe(sum);
        expect(largestK(bits, path, path)).toBeGreaterThanOrEqual(k);
        expect(largestK(bits - 1, path, path)).toBeLessThan(k);
      }
    }
  });
  it('makes room for the bias', () => {
    const fixed = getFormat('fixed8q4');
    expect(exactAccumulatorBits(fixed, fixed, 0)).toBe(1);
    expect(exactAccumulatorBits(fixed, fixed, 0, 1n)).toBe(2);
    expect(exactAccumulatorBits(fixed, fixed, 1)).toBe(16);
    expect(exactAccumulatorBits(fixed, fixed, 1, 2n ** 14n - 1n)).toBe(16);
    expect(exactAccumulatorBits(fixed, fixed, 1, 2n ** 14n)).toBe(17);
  });
  it('of mixed formats lies on the lattice of both', () => {
    const [w, x] = [getFormat('fixed8q4'), getFormat('posit8es1')];
    // 2^7 · maxpos/minpos = 2^7 · 2^24: one product needs 32 bits and a sign
    expect(productBits(datapathOf(w), datapathOf(x))).toBe(33);
  });
  it('counts every zero point of an affine operand when asked', () => {
    const format = getFormat('affine8');
    expect(datapathOf(format, { zeroPoint: 'any' })).toMatchObject({
      min: -255n,
      max: 255n,
      significandBits: 9,
    });
    expect(datapathOf(format, { zeroPoint: 100 })).toMatchObject({ min: -100n, max: 155n });
    expect(datapathOf(getFormat('affine8s'), { range: 'narrow' })).toMatchObject({ min: -127n, max: 127n });
    expect(() => datapathOf(getFormat('posit8es1'), { zeroPoint: 1 })).toThrow(UserError);
  });
});

describe('a stated width', () => {
  const path = datapathOf(getFormat('posit8es1'));
  it('refuses a K that could overflow it, in one line that says what fits', () => {
    const sum = { weights: path, activations: path, k: 1024 };
    expect(() => requireAccumulator(60, sum)).not.toThrow();
    expect(() => requireAccumulator(59, sum, 'line 3')).toThrow(
      new UserError(
        'line 3: K = 1024 products of posit8es1 × posit8es1 need an accumulator of 60 bits, more than the stated 59; keep K at 1023 or less, or state 60 bits',
      ),
    );
  });
  it('says so where not even one product fits, and refuses a K that is no whole number', () => {
    const sum = { weights: path, activations: path, k: 1 };
    expect(() => requireAccumulator(8, sum)).toThrow(/state at least 50 bits/);
    expect(() => accumulatorBits({ ...sum, k: 1.5 })).toThrow(UserError);
    expect(() => accumulatorBits({ ...sum, k: -1 })).toThrow(UserError);
  });
});
