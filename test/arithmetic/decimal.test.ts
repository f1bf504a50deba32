import Big from 'big.js';
import { describe, expect, it } from 'vitest';
import { exactDecimal, exactDecimalOf, isFloat64Text } from '../../arithmetic/decimal.js';
import { fromBits } from '../../arithmetic/float64.js';
import { Stream } from '../../arithmetic/philox.js';
import { dyadic, rational } from '../../arithmetic/rational.js';

describe('exact decimals', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [-1.5, '-1.5'],
    [0.1, '0.1000000000000000055511151231257827021181583404541015625'],
    [2 ** -24, '5.9604644775390625e-8'],
    [2 ** 53, '9007199254740992'],
    [2 ** 100, '1.267650600228229401496703205376e+30'],
    [1e21, '1e+21'],
    [4096.0625, '4096.0625'],
  ])('of %d: %s', (x, text) => {
    expect(exactDecimal(x)).toBe(text);
  });

  it('are the sum of the powers of two of the significand, added up by big.js', () => {
    const stream = new Stream(1, 'dataset');
    const half = new Big('0.5');
    for (let round = 0; round < 200; round++) {
      const significand =
        round % 2 ? 1 + stream.below(2 ** 20) : stream.word() * 2 ** 21 + stream.below(2 ** 21);
      const exponent = stream.below(60);
      let power = new Big(1);
      for (let k = 0; k < exponent; k++) power = power.times(half);
      const x = significand / 2 ** exponent;
      expect(new Big(exactDecimal(x)).eq(new Big(String(significand)).times(power))).toBe(true);
      expect(exactDecimal(-x)).toBe(`-${exactDecimal(x)}`);
    }
  });

  it('of the smallest float64 has all its 751 digits', () => {
    const text = exactDecimal(fromBits(1n));
    expect(text.replace(/\.|e.*/g, '')).toHaveLength(751);
    expect(text).toMatch(/^4\.94065645841246544.*e-324$/);
  });

  it('of rationals takes dyadic ones only', () => {
    expect(exactDecimalOf(dyadic(-3n, -2))).toBe('-0.75');
    expect(exactDecimalOf(rational(6n, 1n))).toBe('6');
    expect(() => exactDecimalOf(rational(1n, 3n))).toThrow('give a dyadic number');
  });
});

describe('a decimal text', () => {
  it.each([
    '0.5',
    '.5',
    '5.',
    '12.50',
    '-0.0',
    '1e22',
    '9007199254740992',
    '0e-999999999',
    '0.1000000000000000055511151231257827021181583404541015625',
    `0.${'0'.repeat(4000)}1e4001`,
  ])('%.40s is a float64', (text) => {
    expect(isFloat64Text(text)).toBe(true);
  });

  it.each([
    '0.1',
    '1e23',
    '9007199254740993',
    '1e400',
    '1e-400',
    '1e-999999999',
    '3.4028234663852886e+38',
    '0.10000000000000000555111512312578270211815834045410156250001',
    '1.0000000000000000000000001',
  ])('%.40s is none', (text) => {
    expect(isFloat64Text(text)).toBe(false);
  });

  it('of every float64 is one, and with one more digit is none', () => {
    const stream = new Stream(2, 'dataset');
    for (let round = 0; round < 500; round++) {
      const x = fromBits((BigInt(stream.below(0x7ff)) << 52n) | (BigInt(stream.word()) << 20n));
      expect(isFloat64Text(exactDecimal(x))).toBe(true);
      const [digits, power = ''] = exactDecimal(x).split('e');
      const more = digits!.includes('.') ? `${digits}1` : `${digits}.${'0'.repeat(400)}1`;
      expect(isFloat64Text(power === '' ? more : `${more}e${power}`)).toBe(false);
    }
  });
});
