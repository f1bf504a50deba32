/**
 * Encoding by thresholds: a rounding that is not stochastic cuts the float64 line into one interval a code. The
 * cuts are computed exactly, once per format, rounding and placement; after that encoding is a search.
 */
import { ceilToNumber, floorToNumber, nextUp, toNumber, toRational } from '../arithmetic/float64.js';
import { add, compare, multiply, negate, type Rational, rational } from '../arithmetic/rational.js';
import { UserError } from '../errors.js';
import type { NumberFormat, Rounding } from './format.js';
import { decodeExact, zeroIndex } from './reference.js';
import { checkRounding, overflowCode, overflowRule } from './rounding.js';

/** Where a tensor's reals lie in a format: real = scale · (value − zeroPoint), in the range in use. */
export interface Placement {
  /** Positive and finite. */
  readonly scale: number;
  readonly zeroPoint: number;
  readonly range: 'full' | 'narrow';
}

export const UNIT: Placement = { scale: 1, zeroPoint: 0, range: 'full' };

/**
 * Codes in ascending order of meaning; the overflow codes stand at the ends where the policy makes them, and
 * −0's code just below +0's where the format has one. `cuts[i]` is the smallest float64 that gets `codes[i]` or
 * a later one, −0 counting as below +0: the cut of +0 is +0 where the format has −0, and a cut of −0 elsewhere
 * means both zeros lie above it. `cuts[0]` is −∞. NaN and ±∞ are not looked up here.
 */
export interface Ladder {
  readonly codes: Uint32Array;
  readonly cuts: Float64Array;
}

/** How a step's threshold T is meant: from T on, beyond T, or from +0 on (the step from −0 to +0). */
const FROM = 0;
const BEYOND = 1;
const FROM_POSITIVE_ZERO = 2;

/** The ladder before scaling: thresholds on the quotient x/scale. */
interface Staircase {
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
export function rangeOf(format: NumberFormat, range: Placement['range']): { min: number; max: number } {
  if (range === 'narrow' && format.narrowRange) return format.narrowRange;
  return { min: format.facts.min, max: format.facts.max };
}

/** Throws UserError for a scale or zero point the format cannot have. */
export function checkPlacement(format: NumberFormat, placement: Placement): void {
  const { scale, zeroPoint } = placement;
  if (!(scale > 0 && Number.isFinite(scale))) {
    throw new UserError(`scale ${scale} is not usable; give a positive, finite number`);
  }
  if (format.zeroPoints === 'none') {
    if (zeroPoint === 0) return;
    throw new UserError(`format ${format.name} has no zero point, got ${zeroPoint}; use 0`);
  }
  const { min, max } = rangeOf(format, placement.range);
  if (!Number.isInteger(zeroPoint) || zeroPoint < min || zeroPoint > max) {
    throw new UserError(`zero point ${zeroPoint} is not an integer of ${format.name}, ${min} .. ${max}`);
  }
}

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

/** Veltkamp's splitting constant 2^27 + 1. */
const SPLITTER = 134217729;
/** Magnitudes between which neither Dekker's product nor its error term over- or underflows. */
const SAFE_LOW = 2 ** -450;
const SAFE_HIGH = 2 ** 450;

/** a·b − fl(a·b), exactly (Dekker 1971), for magnitudes within the safe bounds. */
function productError(a: number, b: number, product: number): number {
  const aHigh = SPLITTER * a - (SPLITTER * a - a);
  const bHigh = SPLITTER * b - (SPLITTER * b - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function isSafe(a: number): boolean {
  return Math.abs(a) >= SAFE_LOW && Math.abs(a) <= SAFE_HIGH;
}

/** The smallest float64 at or beyond threshold · scale, as `kind` says; a zero comes out as −0. */
function cutOf(threshold: number, exact: Rational | undefined, scale: number, kind: number): number {
  let cut: number;
  if (!exact && isSafe(threshold) && isSafe(scale)) {
    const product = threshold * scale;
    const error = productError(threshold, scale, product);
    const productIsBelow = kind === FROM ? error > 0 : error >= 0;
    cut = productIsBelow ? nextUp(product) : product;
  } else {
    const product = multiply(exact ?? toRational(threshold), toRational(scale));
    cut = kind === FROM ? ceilToNumber(product) : nextUp(floorToNumber(product));
  }
  return cut === 0 ? -0 : cut;
}

const staircases = new WeakMap<NumberFormat, Map<string, Staircase>>();

function staircaseOf(format: NumberFormat, rounding: Rounding, placement: Placement): Staircase {
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

/**
 * The ladder of a format of up to 16 bits. Throws UserError for a wider one, for stochastic rounding, and for a
 * policy, underflow rule, scale or zero point the format lacks.
 */
export function buildLadder(format: NumberFormat, rounding: Rounding, placement: Placement): Ladder {
  checkRounding(format, rounding);
  checkPlacement(format, placement);
  if (format.bits > 16) {
    throw new UserError(`format ${format.name} has ${format.bits} bits; tables go up to 16`);
  }
  const { codes, thresholds, inexact, kinds } = staircaseOf(format, rounding, placement);
  const cuts = new Float64Array(codes.length);
  cuts[0] = Number.NEGATIVE_INFINITY;
  for (let index = 1; index < cuts.length; index++) {
    const kind = kinds[index]!;
    cuts[index] =
      kind === FROM_POSITIVE_ZERO ? 0 : cutOf(thresholds[index]!, inexact.get(index), placement.scale, kind);
  }
  return { codes, cuts };
}

/** The place in the ladder of a finite x; −0 lies just below +0. */
export function ladderIndex(ladder: Ladder, x: number): number {
  return ladderIndexWithin(ladder, x, 0, ladder.cuts.length - 1);
}

/** The same, where it is known to lie in low .. high. */
export function ladderIndexWithin(ladder: Ladder, x: number, low: number, high: number): number {
  const { cuts } = ladder;
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to + 1) >>> 1;
    if (cuts[middle]! <= x) from = middle;
    else to = middle - 1;
  }
  return x === 0 && Object.is(x, -0) && Object.is(cuts[from], 0) ? from - 1 : from;
}
