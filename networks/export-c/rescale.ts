/** Requantizations as the integers that a C program has of them. */

import { toRational } from '../../arithmetic/float64.js';
import { divide, multiply, type Rational, rational } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import { fixedMultiplier, type RealMultiplier, realOf, requantizer } from '../integer/requantize.js';
import type { ExactRescale, ExportedNetwork, FixedRescale, Rescale } from './integers.js';

export type ExportedMode = ExportedNetwork['requantize'];

/** Bits of the wide integers that exact products are in, less one that a sum may take. */
const WIDE_BITS = 127;
/** Bits of the quotients: codes have 8, and their distance from a zero point one more. */
export const QUOTIENT_BITS = 10;

export function roundingOf(mode: ExportedMode): Rescale['rounding'] {
  switch (mode) {
    case 'gemmlowp':
      return 'twice';
    case 'single':
      return 'once';
    case 'exact':
      return 'exact';
    default:
      return mode satisfies never;
  }
}

/** Throws UserError, naming the step, for multipliers that are out of range. `xBits` bound what is rescaled. */
export function rescaleOf(
  step: string,
  rounding: Rescale['rounding'],
  multipliers: readonly RealMultiplier[],
  xBits: number,
): Rescale {
  // its checks are those of runs too
  requantizer('gemmlowp', multipliers);
  if (rounding !== 'exact') return fixedRescale(rounding, multipliers.map(realOf));
  const ratios = multipliers.map(({ input, weight, output }) =>
    divide(multiply(toRational(input), toRational(weight)), toRational(output)),
  );
  return exactRescale(step, ratios, xBits);
}

export function fixedRescale(rounding: FixedRescale['rounding'], reals: readonly number[]): FixedRescale {
  const fixed = reals.map(fixedMultiplier);
  return {
    rounding,
    multipliers: fixed.map(({ multiplier }) => multiplier),
    shifts: fixed.map(({ shift }) => shift),
  };
}

/** Throws UserError, naming the step, where products of numbers of `xBits` do not fit 128 bits. */
export function exactRescale(step: string, ratios: readonly Rational[], xBits: number): ExactRescale {
  const parts = ratios.map((ratio) => partsOf(ratio));
  for (const { numerator, denominator, shift } of parts) {
    const above = xBits + bitsOf(numerator) + Math.max(shift, 0) + 1;
    const below = bitsOf(denominator) + Math.max(-shift, 0) + 1 + QUOTIENT_BITS;
    if (Math.max(above, below) <= WIDE_BITS && Math.max(numerator, denominator) < 2 ** 53) continue;
    throw new UserError(
      `step ${step}: exact requantization by ${numerator} · 2^${shift} / ${denominator} does not fit 128 bits; choose --requantize gemmlowp or single`,
    );
  }
  return {
    rounding: 'exact',
    numerators: parts.map(({ numerator }) => numerator),
    denominators: parts.map(({ denominator }) => denominator),
    shifts: parts.map(({ shift }) => shift),
  };
}

const bitsOf = (x: number): number => BigInt(x).toString(2).length;

/** In lowest terms, powers of two apart. */
function partsOf(given: Rational): { numerator: number; denominator: number; shift: number } {
  const { numerator, denominator } = lowest(given);
  const [above, up] = oddPart(numerator);
  const [below, down] = oddPart(denominator);
  return { numerator: Number(above), denominator: Number(below), shift: up - down };
}

/** The same number with the smallest numerator and denominator. */
export function lowest({ numerator, denominator }: Rational): Rational {
  const shared = greatestDivisor(numerator, denominator);
  return rational(numerator / shared, denominator / shared);
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}

function oddPart(x: bigint): [odd: bigint, exponent: number] {
  let [odd, exponent] = [x, 0];
  while (odd % 2n === 0n) {
    odd /= 2n;
    exponent++;
  }
  return [odd, exponent];
}
