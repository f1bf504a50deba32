/**
 * The thresholds of the quotient x/scale under a rounding that is not stochastic: which code begins where, exactly,
 * once per format, rounding and zero point.
 */
import { toNumber, toRational } from '../../arithmetic/float64.js';
import { add, compare, multiply, negate, type Rational, rational } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import type { NumberFormat, Rounding } from '../format.js';
import { type Placement, rangeOf } from '../placement.js';
import { decodeExact, zeroIndex } from './reference.js';
import { overflowCode, overflowRule } from './rules.js';

/** What gets a threshold T's code: quotients from T on, beyond T, or from +0 on (where −0 has a code of its own). */
export const FROM = 0;
export const BEYOND = 1;
export const FROM_POSITIVE_ZERO = 2;

/** Codes in ascending order of meaning, and the quotient from or beyond which each is meant; −∞ for the first. */
export interface QuotientThresholds {
  readonly codes: Uint32Array;
  readonly quotients: Float64Array;
  /** Those that no float64 holds, by index. */
  readonly inexact: ReadonlyMap<number, Rational>;
  readonly kinds: Uint8Array;
}

interface Threshold {
  readonly code: number;
  /** Undefined for the lowest code. */
  readonly quotient: Rational | undefined;
  readonly kind: typeof FROM | typeof BEYOND | typeof FROM_POSITIVE_ZERO;
}

/** Where the upper of two neighbours begins, the lower at `lower`, the upper at `upper`. */
function between(
  lower: Rational,
  upper: Rational,
  boundary: Rational,
  even: 'lower' | 'upper',
  mode: Rounding['mode'],
): { quotient: Rational; kind: typeof FROM | typeof BEYOND } {
  switch (mode) {
    case 'nearest-even':
      return { quotient: boundary, kind: even === 'upper' ? FROM : BEYOND };
    case 'nearest-away':
      return { quotient: boundary, kind: boundary.numerator > 0n ? FROM : BEYOND };
    case 'toward-zero':
      return upper.numerator > 0n ? { quotient: upper, kind: FROM } : { quotient: lower, kind: BEYOND };
    case 'up':
      return { quotient: lower, kind: BEYOND };
    case 'down':
      return { quotient: upper, kind: FROM };
    case 'stochastic':
      throw new UserError(
        'stochastic rounding has no thresholds; encode it value by value with random words',
      );
    default:
      return mode satisfies never;
  }
}

/** The thresholds around zero of a format that holds or flushes what is below minPositive, on the positive side. */
function tinyThreshold(
  format: NumberFormat,
  rounding: Rounding,
): { quotient: Rational; positive: typeof FROM | typeof BEYOND } | undefined {
  const zero = zeroIndex(format);
  switch (rounding.underflow) {
    case 'none':
      return format.belowMinPositive === 'held' ? { quotient: rational(0n), positive: BEYOND } : undefined;
    case 'bitstring':
      return { quotient: format.boundary(zero), positive: FROM };
    case 'half': {
      const minPositive = decodeExact(format, format.levels.code(zero + 1));
      return { quotient: multiply(minPositive, rational(1n, 2n)), positive: BEYOND };
    }
    default:
      return rounding.underflow satisfies never;
  }
}

function levelThresholds(format: NumberFormat, rounding: Rounding): Threshold[] {
  const { levels } = format;
  const { mode, policy } = rounding;
  const zero = zeroIndex(format);
  const last = levels.count - 1;
  const tiny = tinyThreshold(format, rounding);
  const found: Threshold[] = [];
  let lower = decodeExact(format, levels.code(0));

  // The smallest value, and what lies below it where the policy gives that a code of its own.
  const lowRule = policy === 'saturate' ? 'never' : overflowRule(mode, -1);
  const lowest = levels.code(0);
  if (lowRule === 'never') found.push({ code: lowest, quotient: undefined, kind: FROM });
  else {
    found.push({ code: overflowCode(format, policy, -1), quotient: undefined, kind: FROM });
    const tieStays = mode === 'nearest-even' && format.isEven(lowest);
    if (lowRule === 'always') found.push({ code: lowest, quotient: lower, kind: FROM });
    else found.push({ code: lowest, quotient: format.boundary(-1), kind: tieStays ? FROM : BEYOND });
  }

  for (let index = 1; index <= last; index++) {
    const code = levels.code(index);
    const upper = decodeExact(format, code);
    const even = format.isEven(code) ? 'upper' : 'lower';
    let next: Threshold = { code, ...between(lower, upper, format.boundary(index - 1), even, mode) };
    if (tiny && index === zero + 1) next = { code, quotient: tiny.quotient, kind: tiny.positive };
    if (tiny && index === zero) {
      next = { code, quotient: negate(tiny.quotient), kind: tiny.positive === FROM ? BEYOND : FROM };
    }
    if (index === zero && format.negativeZero !== undefined) {
      found.push({ ...next, code: format.negativeZero });
      next = { code, quotient: rational(0n), kind: FROM_POSITIVE_ZERO };
    }
    found.push(next);
    lower = upper;
  }

  const highRule = policy === 'saturate' ? 'never' : overflowRule(mode, 1);
  const beyond = { code: highRule === 'never' ? 0 : overflowCode(format, policy, 1) };
  const tieStays = mode === 'nearest-even' && format.isEven(levels.code(last));
  if (highRule === 'always') found.push({ ...beyond, quotient: lower, kind: BEYOND });
  if (highRule === 'by-boundary') {
    found.push({ ...beyond, quotient: format.boundary(last), kind: tieStays ? BEYOND : FROM });
  }
  return found;
}

/** Integers of an affine range: ties go by the quotient's parity, the zero point comes after. */
function integerThresholds(format: NumberFormat, rounding: Rounding, placement: Placement): Threshold[] {
  const { min, max } = rangeOf(format, placement.range);
  const found: Threshold[] = [];
  for (let integer = min; integer <= max; integer++) {
    const code = format.levels.code(integer - format.facts.min);
    if (integer === min) {
      found.push({ code, quotient: undefined, kind: FROM });
      continue;
    }
    const upper = rational(BigInt(integer - placement.zeroPoint));
    const lower = add(upper, rational(-1n));
    const even = (integer - placement.zeroPoint) % 2 === 0 ? 'upper' : 'lower';
    found.push({ code, ...between(lower, upper, add(lower, rational(1n, 2n)), even, rounding.mode) });
  }
  return found;
}

function makeThresholds(format: NumberFormat, rounding: Rounding, placement: Placement): QuotientThresholds {
  const found =
    format.zeroPoints === 'integer'
      ? integerThresholds(format, rounding, placement)
      : levelThresholds(format, rounding);
  const inexact = new Map<number, Rational>();
  const quotients = Float64Array.from(found, ({ quotient: exact }, index) => {
    if (!exact) return Number.NEGATIVE_INFINITY;
    const near = toNumber(exact);
    if (compare(toRational(near), exact) !== 0) inexact.set(index, exact);
    return near;
  });
  return {
    codes: Uint32Array.from(found, ({ code }) => code),
    quotients,
    inexact,
    kinds: Uint8Array.from(found, ({ kind }) => kind),
  };
}

const cache = new WeakMap<NumberFormat, Map<string, QuotientThresholds>>();

/** The thresholds, kept for next time. Throws UserError for stochastic rounding. */
export function quotientThresholds(
  format: NumberFormat,
  rounding: Rounding,
  placement: Placement,
): QuotientThresholds {
  let known = cache.get(format);
  if (!known) {
    known = new Map();
    cache.set(format, known);
  }
  const { mode, policy, underflow } = rounding;
  const key = `${mode} ${policy} ${underflow} ${placement.zeroPoint} ${placement.range}`;
  let thresholds = known.get(key);
  if (!thresholds) {
    thresholds = makeThresholds(format, rounding, placement);
    known.set(key, thresholds);
  }
  return thresholds;
}
