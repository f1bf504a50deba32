/**
 * Error-free transforms: what a float64 addition or multiplication leaves out is a float64 itself, and a few more
 * additions and multiplications find it. Each takes the rounded result too, which its caller has at hand.
 */

/** 2^27 + 1 splits a float64 into two halves whose products are exact (Veltkamp; Dekker 1971). */
const SPLITTER = 134217729;

/**
 * a + b − fl(a + b), exactly, for `sum` = fl(a + b) (Knuth's two-sum; The Art of Computer Programming 2, §4.2.2). For
 * any finite a and b whose sum and its parts do not overflow: |a|, |b| < 2^1022 will do. No sum of float64 numbers
 * underflows. +0 or −0 where nothing was lost; NaN where the sum is infinite or an operand is NaN.
 */
export function sumError(a: number, b: number, sum: number): number {
  const part = sum - a;
  return a - (sum - part) + (b - part);
}

/** The same for |a| ≥ |b| or a = 0, in half the operations (Dekker 1971). */
export function sumErrorOfOrdered(a: number, b: number, sum: number): number {
  return b - (sum - a);
}

/**
 * a · b − fl(a · b), exactly, for `product` = fl(a · b) (Dekker 1971). For finite a and b below 2^995, where the split
 * does not overflow, and products below 2^1021; and where the error is no subnormal: a or b is 0, or the product is at
 * least 2^-968. +0 or −0 where nothing was lost. Elsewhere it may be wrong or NaN.
 */
export function productError(a: number, b: number, product: number): number {
  const ca = SPLITTER * a;
  const aHigh = ca - (ca - a);
  const aLow = a - aHigh;
  const cb = SPLITTER * b;
  const bHigh = cb - (cb - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}
