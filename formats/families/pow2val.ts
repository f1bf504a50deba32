/**
 * Power-of-two values, so that a product is a shift: a sign bit and a magnitude field c; c = 0 is ±0, every
 * other c is ±2^(c − 2^(n−1) + 1), which makes the largest value 1. Nearest in value, ties to the even code.
 */
import { powerOfTwo } from '../../arithmetic/float64.js';
import { UserError } from '../../errors.js';
import { defineFormat } from '../define.js';
import { type FormatFamily, numbersAt, SMALL_BITS } from '../family.js';
import type { NumberFormat } from '../format.js';
import { signMagnitudeLevels } from '../levels.js';

/** `bits` bits (2..8). Throws UserError outside those. */
export function pow2val(bits: number): NumberFormat {
  if (!(bits >= 2 && bits <= 8)) {
    throw new UserError(`pow2val${bits} is impossible: pow2val<n> has 2 ≤ n ≤ 8`);
  }
  const signBit = 2 ** (bits - 1);
  const magnitudeOf = (field: number): number => (field === 0 ? 0 : powerOfTwo(field - signBit + 1));
  return defineFormat({
    name: `pow2val${bits}`,
    family: 'pow2val',
    bits,
    parameters: {},
    decode: (code) => (code >= signBit ? -magnitudeOf(code - signBit) : magnitudeOf(code)),
    levels: signMagnitudeLevels(bits, signBit - 1),
    negativeZero: signBit,
    ulpOfMax: 1,
    grid: { lsbExponent: 2 - signBit, significandBits: 1 },
  });
}

const NAME = /^pow2val(0|[1-9]\d*)$/;

export const pow2valFamily: FormatFamily = {
  name: 'pow2val',
  grammar: 'pow2val<n>, 2 ≤ n ≤ 8',
  presets: ['pow2val3', 'pow2val4', 'pow2val5', 'pow2val6'],
  colour: '#4794BF',
  candidates: () => SMALL_BITS.flatMap((bits) => [`pow2val${bits}`]),
  grid: {
    keys: { bits: { least: 2, most: 8 } },
    names: (values) => numbersAt(values, 'bits').map((bits) => `pow2val${bits}`),
  },
  parse(name) {
    const match = NAME.exec(name);
    return match ? pow2val(Number(match[1])) : undefined;
  },
};
