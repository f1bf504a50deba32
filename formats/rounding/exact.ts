/** The exact code of one float64 under any placement, in any mode and width: a float64 guess, exactly mended. */
import { toRational } from '../../arithmetic/float64.js';
import { compare, divide, type Rational } from '../../arithmetic/rational.js';
import type { NumberFormat, Rounding } from '../format.js';
import type { Placement } from '../placement.js';
import { decodeExact, referenceEncode } from './reference.js';
import { specialCode } from './rules.js';

/** The index of the largest level not above `guess`, 0 where all are. */
function search(format: NumberFormat, guess: number): number {
  const { levels } = format;
  let low = 0;
  let high = levels.count;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (format.toNumber(levels.code(middle)) <= guess) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The code of x, finite or not, as docs/numerics.md §3 says: zero point + round(x / scale), clamped. `randomWord` is
 * what stochastic rounding takes; `where` names x in errors. Throws UserError as `encode` does.
 */
export function quantizeExact(
  format: NumberFormat,
  x: number,
  rounding: Rounding,
  placement: Placement,
  randomWord?: number,
  where?: string,
): number {
  if (!Number.isFinite(x)) return specialCode(format, x, rounding.policy, where);
  const { scale, zeroPoint, range } = placement;
  const value = toRational(x);
  const quotient = scale === 1 ? value : divide(value, toRational(scale));
  const neighbour = (_: NumberFormat, exact: Rational): number => {
    const level = (index: number) => decodeExact(format, format.levels.code(index));
    let index = search(format, x / scale);
    if (scale === 1) return index;
    while (index > 0 && compare(level(index), exact) > 0) index--;
    while (index + 1 < format.levels.count && compare(level(index + 1), exact) <= 0) index++;
    return index;
  };
  const negativeZero = Object.is(x, -0);
  const options = {
    zeroPoint,
    range,
    negativeZero,
    ...(randomWord === undefined ? {} : { randomWord }),
  } as const;
  return referenceEncode(format, quotient, rounding, options, neighbour);
}
