/**
 * Encoding by thresholds: a rounding that is not stochastic cuts the float64 line into one interval a code. The
 * cuts are computed exactly, once per format, rounding and placement; after that encoding is a search.
 */
import { ceilToNumber, floorToNumber, nextUp, toRational } from '../../arithmetic/float64.js';
import { multiply, type Rational } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import type { NumberFormat, Rounding } from '../format.js';
import { checkPlacement, type Placement } from '../placement.js';
import { FROM, FROM_POSITIVE_ZERO, staircaseOf } from './quotient-thresholds.js';
import { checkRounding } from './rules.js';

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
