/**
 * One rounding of an exact integer sum as a comparison with integers: for each code the smallest sum that gets it or a later one,
 * computed exactly from the format's own thresholds, the activation's clamps folded in.
 */
import { toRational } from '../../../arithmetic/float64.js';
import { divide, dyadic, floor, type Rational } from '../../../arithmetic/rational.js';
import type { Activation } from '../../../emac/layer/layer.js';
import { encodeExact } from '../../../emac/layer/reference.js';
import {
  BEYOND,
  type QuotientThresholds,
  quotientThresholds,
} from '../../../formats/rounding/quotient-thresholds.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import type { Thresholds } from './integers.js';

/**
 * `units`: for each row what a sum of 1 is, in quotients of the output (real / scale), positive. No sum is larger in magnitude than
 * `largest`: codes beyond are left out. Throws UserError for stochastic rounding.
 */
export function integerThresholds(
  output: Encoding,
  activation: Activation,
  units: readonly Rational[],
  largest: bigint,
): Thresholds {
  const { format, rounding, zeroPoint, range } = output;
  const table = quotientThresholds(format, rounding, { scale: 1, zeroPoint, range });
  const codes = [...table.codes];
  const place = (quotient: Rational): number => codes.indexOf(encodeExact(quotient, output));
  const first = activation === 'identity' ? 0 : place(dyadic(0n, 0));
  const cap = divide(dyadic(6n, 0), toRational(output.scales[0]!));
  const last = activation === 'relu6' ? place(cap) : codes.length - 1;
  const rows = units.map((unit) =>
    codes.slice(first + 1, last + 1).map((_, i) => smallestSum(table, first + 1 + i, unit)),
  );
  const width = last - first;
  const columns = Array.from({ length: width }, (_, i) => i);
  const always = columns.filter((i) => rows.every((row) => row[i]! <= -largest)).length;
  const never = columns.filter((i) => rows.every((row) => row[i]! > largest)).length;
  const held = (sum: bigint): bigint => (sum > largest ? largest + 1n : sum < -largest ? -largest : sum);
  return {
    rows: rows.map((row) => row.slice(always, width - never).map((sum) => String(held(sum)))),
    codes: codes.slice(first + always, last + 1 - never),
  };
}

/** The smallest integer whose product with the unit is at, or beyond, the threshold. */
function smallestSum(table: QuotientThresholds, index: number, unit: Rational): bigint {
  const quotient = table.inexact.get(index) ?? toRational(table.quotients[index]!);
  const sums = divide(quotient, unit);
  const below = floor(sums);
  if (table.kinds[index] === BEYOND) return below + 1n;
  return below * sums.denominator === sums.numerator ? below : below + 1n;
}
