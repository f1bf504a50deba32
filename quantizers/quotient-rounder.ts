/**
 * Rounding many quotients x / scale to a format's values, for one scale after another: what the search of a
 * calibrator spends its time on. Nearest-even and saturating, exact: a product threshold · scale that float64
 * cannot tell from x is compared as a rational.
 */
import { nextDown, powerOfTwo, toRational } from '../arithmetic/float64.js';
import { compare, divide, multiply } from '../arithmetic/rational.js';
import type { NumberFormat, Rounding, Underflow } from '../formats/format.js';
import { UNIT } from '../formats/placement.js';
import { referenceEncode } from '../formats/rounding/reference.js';
import { roundingThresholds } from '../formats/rounding/thresholds.js';
import { hasShortSignificand, isPowerOfTwo } from './scale-grid.js';

/**
 * Writes to out[i], from ≤ i < to, the value − zero point that values[i] / scale rounds to. `values` descend and
 * are not 0; values and scale are within 2^±400, so that no product or quotient leaves float64's normal range.
 */
export type QuotientRounder = (
  values: Float64Array,
  scale: number,
  from: number,
  to: number,
  out: Float64Array,
) => void;

/** The integers value − zero point that a tensor with a zero point may have. */
export interface IntegerRange {
  readonly low: number;
  readonly high: number;
}

/** levels[i], i ≥ 1, is what quotients from thresholds[i] on round to, the threshold itself if tiesUp[i]. */
interface Levels {
  readonly levels: Float64Array;
  readonly thresholds: Float64Array;
  readonly tiesUp: Uint8Array;
}

/** A format of up to this many bits is rounded by a list of its values. */
const LISTED_BITS = 16;

const cache = new WeakMap<NumberFormat, Map<Underflow, QuotientRounder>>();

/** The rounder to the format's own values. */
export function formatRounder(format: NumberFormat, underflow: Underflow): QuotientRounder {
  let rules = cache.get(format);
  if (rules === undefined) {
    rules = new Map();
    cache.set(format, rules);
  }
  let found = rules.get(underflow);
  if (found === undefined) {
    const rounding: Rounding = { mode: 'nearest-even', policy: 'saturate', underflow };
    found = makeRounder(format, rounding);
    rules.set(underflow, found);
  }
  return found;
}

function makeRounder(format: NumberFormat, rounding: Rounding): QuotientRounder {
  if (format.bits <= LISTED_BITS) return listed(listLevels(format, rounding));
  const { min, max, distinct, lsbExponent } = format.facts;
  const lsb = powerOfTwo(lsbExponent);
  // Evenly spaced and two's complement: the integers times its last place.
  if (distinct !== (max - min) / lsb + 1 || distinct !== 2 ** format.bits) return searched(format, rounding);
  const integers = integerRounder({ low: min / lsb, high: max / lsb });
  return (values, scale, from, to, out) => {
    integers(values, scale * lsb, from, to, out);
    for (let i = from; i < to; i++) out[i]! *= lsb;
  };
}

/** The rounder to all integers of a range. */
export function integerRounder({ low, high }: IntegerRange): QuotientRounder {
  return (values, scale, from, to, out) => {
    const exact = isPowerOfTwo(scale);
    for (let i = from; i < to; i++) {
      const quotient = values[i]! / scale;
      let below = Math.floor(quotient);
      // Where the quotient looks like a tie it may have been rounded to one.
      if (quotient - below === 0.5) {
        const side = exact ? 0 : compareProduct(values[i]!, quotient, scale);
        if (side > 0 || (side === 0 && below % 2 !== 0)) below++;
      } else if (quotient - below > 0.5) below++;
      // Adding 0 keeps −0 out of the values.
      out[i] = Math.min(high, Math.max(low, below)) + 0;
    }
  };
}

function listLevels(format: NumberFormat, rounding: Rounding): Levels {
  const table = roundingThresholds(format, rounding, UNIT);
  const levels = Float64Array.from(table.codes, (code) => format.toNumber(code));
  const thresholds = new Float64Array(table.codes.length);
  const tiesUp = new Uint8Array(table.codes.length);
  thresholds[0] = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < table.codes.length; i++) {
    const threshold = table.thresholds[i]!;
    // Boundaries of formats have short significands; a threshold that has not is the float64 just above one.
    const short = threshold === 0 || hasShortSignificand(threshold);
    thresholds[i] = short ? threshold : nextDown(threshold);
    tiesUp[i] = short ? 1 : 0;
  }
  return { levels, thresholds, tiesUp };
}

function listed({ levels, thresholds, tiesUp }: Levels): QuotientRounder {
  const last = levels.length - 1;
  return (values, scale, from, to, out) => {
    const exact = isPowerOfTwo(scale);
    const isBelow = (x: number, index: number) => {
      const product = thresholds[index]! * scale;
      if (x !== product) return x < product;
      const side = exact ? 0 : compareProduct(x, thresholds[index]!, scale);
      return side < 0 || (side === 0 && tiesUp[index] === 0);
    };
    let index = last;
    for (let i = from; i < to; i++) {
      const x = values[i]!;
      if (isBelow(x, index)) {
        let high = index;
        let stride = 1;
        index = Math.max(0, index - stride);
        while (isBelow(x, index)) {
          high = index;
          stride *= 2;
          index = Math.max(0, index - stride);
        }
        while (high - index > 1) {
          const middle = (index + high) >> 1;
          if (isBelow(x, middle)) high = middle;
          else index = middle;
        }
      }
      out[i] = levels[index]!;
    }
  };
}

/** For formats too wide to list: the format's own encode of the float64 quotient, and the reference near ties. */
function searched(format: NumberFormat, rounding: Rounding): QuotientRounder {
  return (values, scale, from, to, out) => {
    const exact = isPowerOfTwo(scale);
    for (let i = from; i < to; i++) {
      const quotient = values[i]! / scale;
      const code =
        exact || !hasShortSignificand(quotient)
          ? format.encode(quotient, rounding)
          : referenceEncode(format, divide(toRational(values[i]!), toRational(scale)), rounding);
      out[i] = format.toNumber(code);
    }
  };
}

/** The sign of x − a·b, exactly. */
function compareProduct(x: number, a: number, b: number): number {
  return compare(toRational(x), multiply(toRational(a), toRational(b)));
}
