/** From where on reals overflow an encoding: what a count of saturated values is about (docs/numerics.md §2). */
import { ceilToNumber, floorToNumber, nextDown, nextUp, toRational } from '../arithmetic/float64.js';
import { add, multiply, type Rational, rational, subtract } from '../arithmetic/rational.js';
import type { NumberFormat } from '../formats/format.js';
import type { Encoding } from './encoding.js';

/** The float64 numbers from `lowest` to `highest` do not overflow; all others do. */
export interface Unsaturated {
  readonly lowest: number;
  readonly highest: number;
}

/** An end of the quotients x / scale, and whether a quotient on it is still within. */
interface End {
  readonly quotient: Rational;
  readonly itself: 'within' | 'beyond';
}

/**
 * In nearest modes a real overflows where it would round to the would-be successor of the largest value in use, or
 * beyond; in all other modes as soon as it is beyond that value. The same below.
 */
export function unsaturated(encoding: Encoding, scale: number): Unsaturated {
  const { bottom, top } = endsOf(encoding);
  const low = multiply(bottom.quotient, toRational(scale));
  const high = multiply(top.quotient, toRational(scale));
  return {
    lowest: bottom.itself === 'within' ? ceilToNumber(low) : nextUp(floorToNumber(low)),
    highest: top.itself === 'within' ? floorToNumber(high) : nextDown(ceilToNumber(high)),
  };
}

function endsOf({ format, rounding, zeroPoint, range }: Encoding): { bottom: End; top: End } {
  const { min, max } = range === 'narrow' && format.narrowRange ? format.narrowRange : format.facts;
  const lowest = subtract(toRational(min), rational(BigInt(zeroPoint)));
  const highest = subtract(toRational(max), rational(BigInt(zeroPoint)));
  const isNearest = rounding.mode === 'nearest-even' || rounding.mode === 'nearest-away';
  if (!isNearest) {
    return { bottom: { quotient: lowest, itself: 'within' }, top: { quotient: highest, itself: 'within' } };
  }
  const tie = (even: boolean) => (rounding.mode === 'nearest-even' && even ? 'within' : 'beyond');
  if (format.zeroPoints === 'integer') {
    const half = rational(1n, 2n);
    // the zero point is added after rounding: the integers before it are what is even
    const isEven = (end: number) => (end - zeroPoint) % 2 === 0;
    return {
      bottom: { quotient: subtract(lowest, half), itself: tie(isEven(min)) },
      top: { quotient: add(highest, half), itself: tie(isEven(max)) },
    };
  }
  const last = format.levels.count - 1;
  return {
    bottom: { quotient: format.boundary(-1), itself: tie(levelIsEven(format, 0)) },
    top: { quotient: format.boundary(last), itself: tie(levelIsEven(format, last)) },
  };
}

function levelIsEven(format: NumberFormat, index: number): boolean {
  return format.isEven(format.levels.code(index));
}
