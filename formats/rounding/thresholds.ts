/**
 * Encoding by thresholds: a rounding that is not stochastic divides the float64 line into one interval a code.
 * Where each begins is computed exactly, once per format, rounding and placement; after that encoding is a search.
 */
import { productError } from '../../arithmetic/error-free.js';
import { ceilToNumber, floorToNumber, nextUp, toRational } from '../../arithmetic/float64.js';
import { multiply, type Rational } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import type { NumberFormat, Rounding } from '../format.js';
import { checkPlacement, type Placement } from '../placement.js';
import { FROM, FROM_POSITIVE_ZERO, quotientThresholds } from './quotient-thresholds.js';
import { checkRounding } from './rules.js';

/**
 * Codes in ascending order of meaning; the overflow codes stand at the ends where the policy makes them, and
 * −0's code just below +0's where the format has one. `thresholds[i]` is the smallest float64 that gets `codes[i]` or
 * a later one, −0 counting as below +0: the threshold of +0 is +0 where the format has −0, and a threshold of −0 elsewhere
 * means both zeros lie above it. `thresholds[0]` is −∞. NaN and ±∞ are not looked up here.
 */
export interface RoundingThresholds {
  readonly codes: Uint32Array;
  readonly thresholds: Float64Array;
}

/** Magnitudes between which neither Dekker's product nor its error term over- or underflows. */
const SAFE_LOW = 2 ** -450;
const SAFE_HIGH = 2 ** 450;

function isSafe(a: number): boolean {
  return Math.abs(a) >= SAFE_LOW && Math.abs(a) <= SAFE_HIGH;
}

/** The smallest float64 at or beyond quotient · scale, as `kind` says; a zero comes out as −0. */
function scaled(quotient: number, exact: Rational | undefined, scale: number, kind: number): number {
  let threshold: number;
  if (!exact && isSafe(quotient) && isSafe(scale)) {
    const product = quotient * scale;
    const error = productError(quotient, scale, product);
    const productIsBelow = kind === FROM ? error > 0 : error >= 0;
    threshold = productIsBelow ? nextUp(product) : product;
  } else {
    const product = multiply(exact ?? toRational(quotient), toRational(scale));
    threshold = kind === FROM ? ceilToNumber(product) : nextUp(floorToNumber(product));
  }
  return threshold === 0 ? -0 : threshold;
}

/**
 * The thresholds of a format of up to 16 bits. Throws UserError for a wider one, for stochastic rounding, and for a
 * policy, underflow rule, scale or zero point the format lacks.
 */
export function roundingThresholds(
  format: NumberFormat,
  rounding: Rounding,
  placement: Placement,
): RoundingThresholds {
  checkRounding(format, rounding);
  checkPlacement(format, placement);
  if (format.bits > 16) {
    throw new UserError(`format ${format.name} has ${format.bits} bits; tables go up to 16`);
  }
  const { codes, quotients, inexact, kinds } = quotientThresholds(format, rounding, placement);
  const thresholds = new Float64Array(codes.length);
  thresholds[0] = Number.NEGATIVE_INFINITY;
  for (let index = 1; index < thresholds.length; index++) {
    const kind = kinds[index]!;
    thresholds[index] =
      kind === FROM_POSITIVE_ZERO ? 0 : scaled(quotients[index]!, inexact.get(index), placement.scale, kind);
  }
  return { codes, thresholds };
}

/** The index of the last threshold that is not above a finite x; −0 lies just below +0. */
export function thresholdIndex(table: RoundingThresholds, x: number): number {
  return thresholdIndexWithin(table, x, 0, table.thresholds.length - 1);
}

/** The same, where it is known to lie in low .. high. */
export function thresholdIndexWithin(
  table: RoundingThresholds,
  x: number,
  low: number,
  high: number,
): number {
  const { thresholds } = table;
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to + 1) >>> 1;
    if (thresholds[middle]! <= x) from = middle;
    else to = middle - 1;
  }
  return x === 0 && Object.is(x, -0) && Object.is(thresholds[from], 0) ? from - 1 : from;
}
