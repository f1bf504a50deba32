/**
 * The steps of a rounding that is not stochastic: which code starts at which quotient x/scale, exactly, once per
 * format, rounding and zero point.
 */
import { toNumber, toRational } from '../../arithmetic/float64.js';
import { add, compare, multiply, negate, type Rational, rational } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import type { NumberFormat, Rounding } from '../format.js';
import { type Placement, rangeOf } from '../placement.js';
import { decodeExact, zeroIndex } from './reference.js';
import { overflowCode, overflowRule } from './rules.js';

/** How a step's threshold T is meant: from T on, beyond T, or from +0 on (the step from −0 to +0). */
export const FROM = 0;
export const BEYOND = 1;
export const FROM_POSITIVE_ZERO = 2;

/** The ladder before scaling: thresholds on the quotient x/scale. */
export interface Staircase {
  readonly codes: Uint32Array;
  readonly thresholds: Float64Array;
  /** Thresholds that no float64 holds, by step. */
  readonly inexact: ReadonlyMap<number, Rational>;
  readonly kinds: Uint8Array;
}

interface Step {
  readonly code: number;
  /** Undefined for the lowest step. */
  readonly threshold: Rational | undefined;
  readonly kind: typeof FROM | typeof BEYOND | typeof FROM_POSITIVE_ZERO;
}

/** The threshold between neighbours, the lower at `lower`, the upper at `upper`. */
function threshold(
  lower: Rational,
  upper: Rational,
  boundary: Rational,
  even: 'lower' | 'upper',
  mode: Rounding['mode'],
): { threshold: Rational; kind: typeof FROM | typeof BEYOND } {
  switch (mode) {
    case 'nearest-even':
      return { threshold: boundary, kind: even === 'upper' ? FROM : BEYOND };
    case 'nearest-away':
      return { threshold: boundary, kind: boundary.numerator > 0n ? FROM : BEYOND };
    case 'toward-zero':
      return upper.numerator > 0n ? { threshold: upper, kind: FROM } : { threshold: lower, kind: BEYOND };
    case 'up':
      return { threshold: lower, kind: BEYOND };
    case 'down':
      return { threshold: upper, kind: FROM };
    case 'stochastic':
      throw new UserError('stochastic rounding has no thresholds; encode it value by value with draws');
    default:
      return mode satisfies never;
  }
}

/** The thresholds around zero of a format that holds or flushes what is below minPositive, on the positive side. */
function tinyThreshold(
  format: NumberFormat,
  rounding: Rounding,
): { threshold: Rational; positive: typeof FROM | typeof BEYOND } | undefined {
  const zero = zeroIndex(format);
  switch (rounding.underflow) {
    case 'none':
      return format.belowMinPositive === 'held' ? { threshold: rational(0n), positive: BEYOND } : undefined;
    case 'bitstring':
      return { threshold: format.boundary(zero), positive: FROM };
    case 'half': {
      const minPositive = decodeExact(format, format.levels.code(zero + 1));
      return { threshold: multiply(minPositive, rational(1n, 2n)), positive: BEYOND };
    }
    default:
      return rounding.underflow satisfies never;
  }
}

function levelSteps(format: NumberFormat, rounding: Rounding): Step[] {
  const { levels } = format;
  const { mode, policy } = rounding;
  const zero = zeroIndex(format);
  const last = levels.count - 1;
  const tiny = tinyThreshold(format, rounding);
  const steps: Step[] = [];
  let lower = decodeExact(format, levels.code(0));

  // The smallest value, and what lies below it where the policy gives that a code of its own.
  const lowRule = policy === 'saturate' ? 'never' : overflowRule(mode, -1);
  const lowest = levels.code(0);
  if (lowRule === 'never') steps.push({ code: lowest, threshold: undefined, kind: FROM });
  else {
    steps.push({ code: overflowCode(format, policy, -1), threshold: undefined, kind: FROM });
    const tieStays = mode === 'nearest-even' && format.isEven(lowest);
    if (lowRule === 'always') steps.push({ code: lowest, threshold: lower, kind: FROM });
    else steps.push({ code: lowest, threshold: format.boundary(-1), kind: tieStays ? FROM : BEYOND });
  }

  for (let index = 1; index <= last; index++) {
    const code = levels.code(index);
    const upper = decodeExact(format, code);
    const even = format.isEven(code) ? 'upper' : 'lower';
    let step: Step = { code, ...threshold(lower, upper, format.boundary(index - 1), even, mode) };
    if (tiny && index === zero + 1) step = { code, threshold: tiny.threshold, kind: tiny.positive };
    if (tiny && index === zero) {
      step = { code, threshold: negate(tiny.threshold), kind: tiny.positive === FROM ? BEYOND : FROM };
    }
    if (index === zero && format.negativeZero !== undefined) {
      steps.push({ ...step, code: format.negativeZero });
      step = { code, threshold: rational(0n), kind: FROM_POSITIVE_ZERO };
    }
    steps.push(step);
    lower = upper;
  }

  const highRule = policy === 'saturate' ? 'never' : overflowRule(mode, 1);
  const beyond = { code: highRule === 'never' ? 0 : overflowCode(format, policy, 1) };
  const tieStays = mode === 'nearest-even' && format.isEven(levels.code(last));
  if (highRule === 'always') steps.push({ ...beyond, threshold: lower, kind: BEYOND });
  if (highRule === 'by-boundary') {
    steps.push({ ...beyond, threshold: format.boundary(last), kind: tieStays ? BEYOND : FROM });
  }
  return steps;
}

/** Integers of an affine range: ties go by the quotient's parity, the zero point comes after. */
function integerSteps(format: NumberFormat, rounding: Rounding, placement: Placement): Step[] {
  const { min, max } = rangeOf(format, placement.range);
  const steps: Step[] = [];
  for (let integer = min; integer <= max; integer++) {
    const code = format.levels.code(integer - format.facts.min);
    if (integer === min) {
      steps.push({ code, threshold: undefined, kind: FROM });
      continue;
    }
    const upper = rational(BigInt(integer - placement.zeroPoint));
    const lower = add(upper, rational(-1n));
    const even = (integer - placement.zeroPoint) % 2 === 0 ? 'upper' : 'lower';
    steps.push({ code, ...threshold(lower, upper, add(lower, rational(1n, 2n)), even, rounding.mode) });
  }
  return steps;
}

/** The integers of the range in use of a format with zero points. */

function makeStaircase(format: NumberFormat, rounding: Rounding, placement: Placement): Staircase {
  const steps =
    format.zeroPoints === 'integer'
      ? integerSteps(format, rounding, placement)
      : levelSteps(format, rounding);
  const inexact = new Map<number, Rational>();
  const thresholds = Float64Array.from(steps, ({ threshold: exact }, index) => {
    if (!exact) return Number.NEGATIVE_INFINITY;
    const near = toNumber(exact);
    if (compare(toRational(near), exact) !== 0) inexact.set(index, exact);
    return near;
  });
  return {
    codes: Uint32Array.from(steps, ({ code }) => code),
    thresholds,
    inexact,
    kinds: Uint8Array.from(steps, ({ kind }) => kind),
  };
}

const staircases = new WeakMap<NumberFormat, Map<string, Staircase>>();

/** The steps, kept for next time. Throws UserError for stochastic rounding. */
export function staircaseOf(format: NumberFormat, rounding: Rounding, placement: Placement): Staircase {
  let known = staircases.get(format);
  if (!known) {
    known = new Map();
    staircases.set(format, known);
  }
  const { mode, policy, underflow } = rounding;
  const key = `${mode} ${policy} ${underflow} ${placement.zeroPoint} ${placement.range}`;
  let staircase = known.get(key);
  if (!staircase) {
    staircase = makeStaircase(format, rounding, placement);
    known.set(key, staircase);
  }
  return staircase;
}
