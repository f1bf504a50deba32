/** The requantization multiplier s as a unit reads it: a significand and a power of two. */
import { exponentOfRational, roundToPrecision } from '../../arithmetic/float64.js';
import { compare, dyadic, multiply, type Rational } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';

/** s = significand · 2^exponent. */
export interface Multiplier {
  /** 1 for a power of two, else `scaleBits` bits with the first one set. */
  readonly significand: bigint;
  readonly exponent: number;
}

/** Splits s. Throws UserError where it is not positive, or needs more than `scaleBits` significand bits. */
export function splitMultiplier(s: Rational, scaleBits: number): Multiplier {
  if (s.numerator <= 0n) throw new UserError('a multiplier s of 0 or less is impossible; use a positive one');
  if (compare(roundToPrecision(s, scaleBits), s) !== 0) {
    throw new UserError(
      `the multiplier ${s.numerator}/${s.denominator} has more than ${scaleBits} significand bits; round it to them first`,
    );
  }
  const top = exponentOfRational(s);
  if (compare(s, dyadic(1n, top)) === 0) return { significand: 1n, exponent: top };
  const exponent = top - scaleBits + 1;
  const { numerator, denominator } = multiply(s, dyadic(1n, -exponent));
  return { significand: numerator / denominator, exponent };
}

/** `s = 40961 · 2^-20`, the significand as the unit holds it. */
export function multiplierText({ significand, exponent }: Multiplier): string {
  if (significand !== 1n) return `s = ${significand} · 2^${exponent}`;
  return exponent === 0 ? 's = 1' : `s = 2^${exponent}`;
}
