/**
 * e^x of x ≤ 0 and 1 / (1 + x) in gemmlowp's fixed point (fixedpoint/fixedpoint.h, Apache-2.0, whence the constants): what
 * integer softmax is made of. A value Q5.26 has 26 bits behind the point, Q0.31 has 31.
 */
import { dividedByPower, halfSum, highProduct, INT32_MAX, saturatedShift } from './fixed-point.js';

/** e^(−1/8) and 1/3 in Q0.31. */
const EXP_EIGHTH = 1895147668;
const THIRD = 715827883;

/** e^(−2^k) in Q0.31 for k = −2 … 4. */
const POWERS: readonly (readonly [exponent: number, factor: number])[] = [
  [-2, 1672461947],
  [-1, 1302514674],
  [0, 790015084],
  [1, 290630308],
  [2, 39332535],
  [3, 720401],
  [4, 242],
];

/** 48/17 and −32/17 in Q2.29: the start of Newton's iteration for a quotient. */
const START = 1515870810;
const SLOPE = -1010580540;

/** Of x in [−1/4, 0), Q0.31: Taylor's polynomial of degree 4 around −1/8. */
function expOfQuarter(a: number): number {
  const x = a + 2 ** 28;
  const x2 = highProduct(x, x);
  const x3 = highProduct(x2, x);
  const x4 = highProduct(x2, x2);
  const higher = dividedByPower(highProduct(dividedByPower(x4, 2) + x3, THIRD) + x2, 1);
  return EXP_EIGHTH + highProduct(EXP_EIGHTH, x + higher);
}

/**
 * e^a in Q0.31 of a ≤ 0 in Q5.26. Within 2^-22 of the true value: the polynomial leaves out terms up to (1/8)^5 / 120, beside
 * which its roundings are small.
 */
export function expOfNegative(a: number): number {
  if (a === 0) return INT32_MAX;
  const quarter = 2 ** 24;
  const rest = (a & (quarter - 1)) - quarter;
  let result = expOfQuarter(saturatedShift(rest, 5));
  const remainder = rest - a;
  for (const [exponent, factor] of POWERS) {
    if ((remainder & (1 << (26 + exponent))) !== 0) result = highProduct(result, factor);
  }
  return result;
}

/** 1 / (1 + a) in Q0.31 of a in [0, 1], Q0.31: three steps of Newton's iteration. */
function reciprocalOfOnePlus(a: number): number {
  const half = halfSum(a, INT32_MAX);
  let x = START + highProduct(half, SLOPE);
  for (let step = 0; step < 3; step++) {
    const missing = 2 ** 29 - highProduct(half, x);
    x += saturatedShift(highProduct(x, missing), 2);
  }
  return saturatedShift(x, 1);
}

/** 1 / x of x > 0 with `integerBits` before the point: r · 2^-bits, r in Q0.31, within 2^-27 of itself. */
export function reciprocal(
  x: number,
  integerBits: number,
): { readonly value: number; readonly bits: number } {
  const headroom = Math.clz32(x);
  const shifted = x * 2 ** headroom - 2 ** 31;
  return { value: reciprocalOfOnePlus(shifted), bits: integerBits - headroom };
}
