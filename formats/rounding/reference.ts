/**
 * The slow, obvious reference: it decides what is right, in rationals, by the definitions of docs/numerics.md §2
 * taken one after the other. Every fast path is proven equal to it.
 */
import {
  abs,
  add,
  compare,
  divide,
  dyadic,
  floor,
  multiply,
  type Rational,
  rational,
  signOf,
  subtract,
  ZERO,
} from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import type { NumberFormat, Rounding, RoundingMode } from '../format.js';
import { checkRandomWord, checkRounding, overflowCode, overflowRule } from './rules.js';

export interface ReferenceOptions {
  /** Added after rounding; only formats with zero points take one other than 0. */
  readonly zeroPoint?: number;
  /** The range an affine result is clamped to; `full` by default. */
  readonly range?: 'full' | 'narrow';
  /** The 32-bit random word of stochastic rounding. */
  readonly randomWord?: number;
  /** Whether a zero value is the float64 −0; by default it is +0. */
  readonly negativeZero?: boolean;
}

const decoded = new WeakMap<NumberFormat, Rational[]>();

/** The exact value of a finite code; −0 is 0. Throws UserError for NaN, NaR, Inf and codes outside the format. */
export function decodeExact(format: NumberFormat, code: number): Rational {
  if (format.bits > 16) return decodeOnce(format, code);
  let values = decoded.get(format);
  if (!values) {
    values = [];
    decoded.set(format, values);
  }
  let value = values[code];
  if (!value) {
    value = decodeOnce(format, code);
    values[code] = value;
  }
  return value;
}

function decodeOnce(format: NumberFormat, code: number): Rational {
  const exact = format.decode(code);
  if (exact.kind !== 'finite') {
    throw new UserError(`code ${code} of ${format.name} is ${exact.kind}, not a finite value`);
  }
  return dyadic(exact.sign === -1 ? -exact.significand : exact.significand, exact.exponent);
}

/** Up (to the higher neighbour) iff ⌊2^32 · (value − lower)/(upper − lower)⌋ + randomWord ≥ 2^32. */
function stochasticUp(value: Rational, lower: Rational, upper: Rational, randomWord: number): boolean {
  const position = divide(subtract(value, lower), subtract(upper, lower));
  return floor(multiply(dyadic(1n, 32), position)) + BigInt(randomWord) >= 1n << 32n;
}

/** Whether a value strictly between two neighbours goes to the higher one. */
function goesUp(
  value: Rational,
  lower: Rational,
  upper: Rational,
  boundary: Rational,
  even: 'lower' | 'upper',
  mode: RoundingMode,
  randomWord: number | undefined,
): boolean {
  const side = compare(value, boundary);
  switch (mode) {
    case 'nearest-even':
      return side > 0 || (side === 0 && even === 'upper');
    case 'nearest-away':
      return side > 0 || (side === 0 && signOf(value) > 0);
    case 'toward-zero':
      return signOf(value) < 0;
    case 'up':
      return true;
    case 'down':
      return false;
    case 'stochastic':
      return stochasticUp(value, lower, upper, checkRandomWord(randomWord));
    default:
      return mode satisfies never;
  }
}

/** Affine: the integer nearest the quotient under the mode, the zero point added, clamped to the range in use. */
function encodeInteger(
  format: NumberFormat,
  value: Rational,
  rounding: Rounding,
  options: ReferenceOptions,
): number {
  const below = floor(value);
  const lower = rational(below);
  const upper = rational(below + 1n);
  const boundary = add(lower, rational(1n, 2n));
  const even = below % 2n === 0n ? 'lower' : 'upper';
  const exact = compare(value, lower) === 0;
  const up = !exact && goesUp(value, lower, upper, boundary, even, rounding.mode, options.randomWord);
  const integer = (up ? below + 1n : below) + BigInt(options.zeroPoint ?? 0);
  const { min, max } =
    options.range === 'narrow' && format.narrowRange
      ? format.narrowRange
      : { min: format.facts.min, max: format.facts.max };
  const clamped = integer < BigInt(min) ? min : integer > BigInt(max) ? max : Number(integer);
  return format.levels.code(clamped - format.facts.min);
}

/** Below minPositive, where the format holds or flushes: 0, ±minPositive, or undefined where rounding decides. */
function belowMinPositive(format: NumberFormat, value: Rational, rounding: Rounding): number | undefined {
  const { zero, minPositive } = landmarks(format);
  const magnitude = abs(value);
  if (signOf(value) === 0 || compare(magnitude, minPositive) >= 0) return undefined;
  const held = format.levels.code(signOf(value) > 0 ? zero + 1 : zero - 1);
  const flushed =
    signOf(value) < 0 ? (format.negativeZero ?? format.levels.code(zero)) : format.levels.code(zero);
  switch (rounding.underflow) {
    case 'none':
      return format.belowMinPositive === 'held' ? held : undefined;
    case 'bitstring':
      // minpos / 2^(2^es) is the smallest posit one bit wider: the boundary between 0 and minpos.
      return compare(magnitude, format.boundary(zero)) < 0 ? flushed : held;
    case 'half':
      return compare(multiply(magnitude, rational(2n)), minPositive) <= 0 ? flushed : held;
    default:
      return rounding.underflow satisfies never;
  }
}

/** Where zero lies among the levels, and the exact values at the ends; worked out once a format. */
interface Landmarks {
  readonly zero: number;
  readonly minPositive: Rational;
  readonly min: Rational;
  readonly max: Rational;
}

const known = new WeakMap<NumberFormat, Landmarks>();

function landmarks(format: NumberFormat): Landmarks {
  let found = known.get(format);
  if (!found) {
    const at = (index: number) => decodeExact(format, format.levels.code(index));
    const zero = lowerNeighbour(format, ZERO);
    found = { zero, minPositive: at(zero + 1), min: at(0), max: at(format.levels.count - 1) };
    known.set(format, found);
  }
  return found;
}

/** The index of the value 0 among the levels. */
export function zeroIndex(format: NumberFormat): number {
  return landmarks(format).zero;
}

/** The index of the largest finite value not above a value, which is not below the smallest. */
function lowerNeighbour(format: NumberFormat, value: Rational): number {
  let low = 0;
  let high = format.levels.count;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (compare(decodeExact(format, format.levels.code(middle)), value) <= 0) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The code of an exact real, which is the quotient x/scale where there is a scale. Rounds once. Zero gives +0's
 * code unless `negativeZero` says otherwise; negative values that round to zero give −0's code where the format has
 * one. Throws UserError for a mode, policy or underflow rule the format lacks, a zero point where it has none,
 * or a stochastic rounding without its random word. A caller that knows a faster way to the lower neighbour's index may
 * give it as `neighbour`; it is asked only about values within the range.
 */
export function referenceEncode(
  format: NumberFormat,
  value: Rational,
  rounding: Rounding,
  options: ReferenceOptions = {},
  neighbour: (format: NumberFormat, value: Rational) => number = lowerNeighbour,
): number {
  checkRounding(format, rounding);
  if (rounding.mode === 'stochastic') checkRandomWord(options.randomWord);
  if (format.zeroPoints === 'integer') return encodeInteger(format, value, rounding, options);
  if (options.zeroPoint) throw new UserError(`format ${format.name} has no zero point; use 0`);
  const { levels } = format;
  const sign = signOf(value);
  const { zero, min, max } = landmarks(format);
  if (sign === 0) {
    return options.negativeZero ? (format.negativeZero ?? levels.code(zero)) : levels.code(zero);
  }
  const tiny = belowMinPositive(format, value, rounding);
  if (tiny !== undefined) return tiny;

  const last = levels.count - 1;
  if (compare(value, max) > 0 || compare(value, min) < 0) {
    const outward: 1 | -1 = compare(value, max) > 0 ? 1 : -1;
    const edge = levels.code(outward === 1 ? last : 0);
    const beyond = overflowCode(format, rounding.policy, outward);
    const rule = overflowRule(rounding.mode, outward);
    if (rule !== 'by-boundary') return rule === 'always' ? beyond : edge;
    const side = outward * compare(value, format.boundary(outward === 1 ? last : -1));
    const tieGoesOut = rounding.mode === 'nearest-away' || !format.isEven(edge);
    return side > 0 || (side === 0 && tieGoesOut) ? beyond : edge;
  }

  const index = neighbour(format, value);
  const lower = decodeExact(format, levels.code(index));
  if (compare(lower, value) === 0) return levels.code(index);
  const upper = decodeExact(format, levels.code(index + 1));
  const even = format.isEven(levels.code(index)) ? 'lower' : 'upper';
  const up = goesUp(value, lower, upper, format.boundary(index), even, rounding.mode, options.randomWord);
  const result = up ? index + 1 : index;
  return result === zero && sign < 0 ? (format.negativeZero ?? levels.code(zero)) : levels.code(result);
}
