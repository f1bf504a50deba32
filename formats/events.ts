/** What happened when a real became a code, and by how much the code is off: the words of the CSV column `event`. */
import { exactDecimal, exactDecimalOf } from '../arithmetic/decimal.js';
import { sumError } from '../arithmetic/error-free.js';
import { toNumber, toRational } from '../arithmetic/float64.js';
import { compare, subtract } from '../arithmetic/rational.js';
import type { NumberFormat, Rounding } from './format.js';

/**
 * The first that holds:
 * - `exact`: the code's value is the input, infinities and NaN included (−0 and +0 are the same value)
 * - `overflow`: the code is Inf, NaN or NaR though the input is not that
 * - `saturated`: the input lies beyond the largest or smallest finite value and is held there, by policy `saturate`
 *   or by a mode that points to zero; the nearest modes of the other policies round to max or beyond, see below
 * - `underflow`: a non-zero input became 0, or, where a format never lets it (posit), was held at ±minPositive
 * - `tie`: in a nearest mode, the input is exactly the boundary between two neighbours, max's would-be successor one
 *   of them where the policy is not `saturate`
 * - `rounded`: anything else
 */
export const EVENTS = ['exact', 'overflow', 'saturated', 'underflow', 'tie', 'rounded'] as const;
export type EncodeEvent = (typeof EVENTS)[number];

const boundaries = new WeakMap<NumberFormat, Map<number, number>>();

/** The boundary above a level as a float64; NaN where none holds it, since then no input can be on it. */
function boundaryNumber(format: NumberFormat, index: number): number {
  let known = boundaries.get(format);
  if (!known) {
    known = new Map();
    boundaries.set(format, known);
  }
  let boundary = known.get(index);
  if (boundary === undefined) {
    const exact = format.boundary(index);
    boundary = toNumber(exact);
    if (compare(toRational(boundary), exact) !== 0) boundary = Number.NaN;
    known.set(index, boundary);
  }
  return boundary;
}

/** The event of encoding x to `code` at scale 1 under `rounding`. */
export function eventOf(format: NumberFormat, x: number, code: number, rounding: Rounding): EncodeEvent {
  const value = format.toNumber(code);
  if (value === x || (Number.isNaN(value) && Number.isNaN(x))) return 'exact';
  if (!Number.isFinite(value)) return 'overflow';
  const { max, min, minPositive } = format.facts;
  const isNearest = rounding.mode === 'nearest-even' || rounding.mode === 'nearest-away';
  if ((x > max || x < min) && (rounding.policy === 'saturate' || !isNearest)) return 'saturated';
  if (value === 0 || (format.belowMinPositive === 'held' && Math.abs(x) < minPositive)) return 'underflow';
  if (isNearest) {
    const index = format.levels.index(code);
    if (boundaryNumber(format, value < x ? index : index - 1) === x) return 'tie';
  }
  return 'rounded';
}

/**
 * The decoded value minus x in exact decimal; infinite or NaN as extended-real subtraction has it, but 0 where
 * the value is the input, infinities and NaN included.
 */
export function errorText(value: number, x: number): string {
  if (value === x || (Number.isNaN(value) && Number.isNaN(x))) return '0';
  const difference = value - x;
  if (!Number.isFinite(value) || !Number.isFinite(x)) return exactDecimal(difference);
  if (sumError(value, -x, difference) === 0) return exactDecimal(difference);
  return exactDecimalOf(subtract(toRational(value), toRational(x)));
}
