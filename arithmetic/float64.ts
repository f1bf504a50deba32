/** The bits of float64 numbers, and exact ways from a real number to a float64 and back. */
import { compare, dyadic, type Rational, signOf } from './rational.js';

const view = new DataView(new ArrayBuffer(8));

/** The 64 bits of x as an unsigned BigInt. */
export function bitsOf(x: number): bigint {
  view.setFloat64(0, x);
  return view.getBigUint64(0);
}

export function fromBits(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** ⌊log2 |x|⌋ read from the bits, for finite x ≠ 0, subnormals included. */
export function exponentOf(x: number): number {
  view.setFloat64(0, x);
  const high = view.getUint32(0);
  const field = (high >>> 20) & 0x7ff;
  if (field !== 0) return field - 1023;
  const fractionHigh = high & 0xfffff;
  return fractionHigh !== 0
    ? -1022 - 20 + (31 - Math.clz32(fractionHigh))
    : -1074 + (31 - Math.clz32(view.getUint32(4)));
}

/** x = significand · 2^exponent, exactly; x must be finite. −0 gives significand 0. */
export function decompose(x: number): { significand: bigint; exponent: number } {
  const bits = bitsOf(x);
  const field = Number((bits >> 52n) & 0x7ffn);
  if (field === 0x7ff) throw new RangeError(`decompose: ${x} is not finite; give a finite number`);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = field === 0 ? fraction : fraction | 0x10000000000000n;
  return { significand: bits >> 63n ? -magnitude : magnitude, exponent: Math.max(field, 1) - 1075 };
}

/** The exact value of a finite float64. */
export function toRational(x: number): Rational {
  const { significand, exponent } = decompose(x);
  return dyadic(significand, exponent);
}

/** The next float64 above x (−0 counts as 0; +∞ stays). */
export function nextUp(x: number): number {
  if (x === Number.POSITIVE_INFINITY || Number.isNaN(x)) return x;
  if (x === 0) return Number.MIN_VALUE;
  return fromBits(x > 0 ? bitsOf(x) + 1n : bitsOf(x) - 1n);
}

/** The next float64 below x (−∞ stays). */
export function nextDown(x: number): number {
  return -nextUp(-x);
}

/** 2^k as a float64, exactly; k in −1074..1023. */
export function powerOfTwo(k: number): number {
  if (k < -1022) return fromBits(1n << BigInt(k + 1074));
  view.setUint32(0, (k + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** Bits needed to write |n|; 0 needs none. */
export function bitLength(n: bigint): number {
  return n === 0n ? 0 : (n < 0n ? -n : n).toString(2).length;
}

/** ⌊log2 |a|⌋ of a rational a ≠ 0. */
export function exponentOfRational(a: Rational): number {
  const magnitude = a.numerator < 0n ? -a.numerator : a.numerator;
  const guess = bitLength(magnitude) - bitLength(a.denominator);
  const power = dyadic(1n, guess);
  return compare({ numerator: magnitude, denominator: a.denominator }, power) >= 0 ? guess : guess - 1;
}

/**
 * RNp: the real rounded to nearest-even to `precision` significand bits, exponent unbounded, as an exact
 * dyadic. 0 stays 0.
 */
export function roundToPrecision(a: Rational, precision: number): Rational {
  if (a.numerator === 0n) return a;
  const ulp = exponentOfRational(a) - precision + 1;
  return dyadic(nearestMultiple(a, ulp), ulp);
}

/** RN53 with float64's own exponent range: overflow gives ±∞, small values round to subnormals or 0. */
export function toNumber(a: Rational): number {
  if (a.numerator === 0n) return 0;
  const ulp = Math.max(exponentOfRational(a) - 52, -1074);
  const significand = nearestMultiple(a, ulp);
  if (exponentOfRational(dyadic(significand === 0n ? 1n : significand, ulp)) > 1023) {
    return signOf(a) * Number.POSITIVE_INFINITY;
  }
  return Number(significand) * powerOfTwo(ulp);
}

/** The largest float64 not above a (−∞ if there is none that is finite). */
export function floorToNumber(a: Rational): number {
  const nearest = toNumber(a);
  if (nearest === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
  if (nearest === Number.NEGATIVE_INFINITY) return nearest;
  return compare(toRational(nearest), a) > 0 ? nextDown(nearest) : nearest;
}

/** The smallest float64 not below a (+∞ if there is none that is finite). */
export function ceilToNumber(a: Rational): number {
  return -floorToNumber({ numerator: -a.numerator, denominator: a.denominator });
}

/** The nearest integer to a / 2^exponent, ties to even. */
export function nearestMultiple(a: Rational, exponent: number): bigint {
  const numerator = exponent < 0 ? a.numerator << BigInt(-exponent) : a.numerator;
  const denominator = exponent > 0 ? a.denominator << BigInt(exponent) : a.denominator;
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  const quotient = magnitude / denominator;
  const twice = 2n * (magnitude - quotient * denominator);
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}
