/** The code of an exact product of two float64 numbers, without a bound. */
import { productError } from '../../../arithmetic/error-free.js';
import { nextDown, nextUp } from '../../../arithmetic/float64.js';
import type { OutputRounder } from './output.js';

/**
 * Whether the low 19 bits of x are zero: so are those of every boundary here. Those of integers of 32 bits with any
 * zero point have 34 significant bits, those of posits and floats fewer.
 */
function isShort(x: number): boolean {
  bits[0] = x;
  return (lowWord[0]! & 0x7ffff) === 0;
}
const bits = new Float64Array(1);
const lowWord = new Uint32Array(bits.buffer, 0, 1);

/**
 * The code of the exact product s · t, neither of which carries an error: no boundary lies strictly between two
 * neighbouring float64 numbers, so the sign of the product's rounding error decides. Only where the rounder's
 * thresholds are fixed.
 */
export function codeOfProduct(rounder: OutputRounder, s: number, t: number): number {
  const y = s * t;
  const error = productError(s, t, y);
  if (error === 0) return rounder.code(y);
  const away = error > 0 ? nextUp(y) : nextDown(y);
  // a boundary at the far neighbour is not reached; one at y itself is passed
  return rounder.code(isShort(away) ? y : away);
}
