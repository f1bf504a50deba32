/** A format's facts, derived from its codes: nothing is typed in by hand, no logarithm of the host is used. */
import { bitLength, decompose, toNumber, toRational } from '../arithmetic/float64.js';
import { compare, divide, type Rational, rational } from '../arithmetic/rational.js';
import type { FormatFacts, Levels } from './format.js';

/** What cannot be enumerated in a format wider than 16 bits, so its family states it. */
export interface Grid {
  readonly lsbExponent: number;
  readonly significandBits: number;
}

/**
 * log10(2) to 60 digits (a standard constant), as a rational: turns the exact binary digits below into decades.
 */
const LOG10_OF_2 = rational(301029995663981195213738894724493026768189881462108541310427n, 10n ** 60n);

/** log10 of a rational ≥ 1, correct to the last bit or so, the same on every machine: log2 by squaring. */
function decadesOf(ratio: Rational): number {
  const precision = 160n;
  const one = 1n << precision;
  let whole = bitLength(ratio.numerator / ratio.denominator) - 1;
  let mantissa = (ratio.numerator << precision) / (ratio.denominator << BigInt(whole));
  let log2 = BigInt(whole);
  const digits = 80;
  for (let digit = 0; digit < digits; digit++) {
    mantissa = (mantissa * mantissa) >> precision;
    whole = mantissa >= 2n * one ? 1 : 0;
    mantissa >>= BigInt(whole);
    log2 = 2n * log2 + BigInt(whole);
  }
  return toNumber({
    numerator: log2 * LOG10_OF_2.numerator,
    denominator: LOG10_OF_2.denominator << BigInt(digits),
  });
}

/** The odd significand's bits and the exponent of a finite non-zero value. */
function oddPart(value: number): { bits: number; exponent: number } {
  let { significand, exponent } = decompose(Math.abs(value));
  while ((significand & 1n) === 0n) {
    significand >>= 1n;
    exponent++;
  }
  return { bits: bitLength(significand), exponent };
}

function enumeratedGrid(levels: Levels, value: (code: number) => number): Grid {
  let lsbExponent = Number.POSITIVE_INFINITY;
  let significandBits = 0;
  for (let index = 0; index < levels.count; index++) {
    const level = value(levels.code(index));
    if (level === 0) continue;
    const { bits, exponent } = oddPart(level);
    lsbExponent = Math.min(lsbExponent, exponent);
    significandBits = Math.max(significandBits, bits);
  }
  return { lsbExponent, significandBits };
}

/**
 * Facts of a format. Up to 16 bits everything is enumerated; beyond, `grid` states the lattice and every code
 * that is neither a level nor −0 counts as reserved.
 */
export function deriveFacts(
  bits: number,
  levels: Levels,
  value: (code: number) => number,
  hasNegativeZero: boolean,
  grid: Grid | undefined,
): FormatFacts {
  const max = value(levels.code(levels.count - 1));
  const minPositive = value(levels.code(zeroIndexOf(levels, value) + 1));
  let reserved = 2 ** bits - levels.count - (hasNegativeZero ? 1 : 0);
  if (bits <= 16) {
    reserved = 0;
    for (let code = 0; code < 2 ** bits; code++) if (!Number.isFinite(value(code))) reserved++;
  }
  const { lsbExponent, significandBits } = grid && bits > 16 ? grid : enumeratedGrid(levels, value);
  const ratio = divide(toRational(max), toRational(minPositive));
  return {
    max,
    min: value(levels.code(0)),
    minPositive,
    decades: compare(ratio, rational(1n)) === 0 ? 0 : decadesOf(ratio),
    distinct: levels.count,
    reserved,
    lsbExponent,
    significandBits,
  };
}

/** The index of zero, found by bisection of the levels. */
export function zeroIndexOf(levels: Levels, value: (code: number) => number): number {
  let low = 0;
  let high = levels.count - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (value(levels.code(middle)) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
