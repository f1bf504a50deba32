/** The scales calibration chooses from: exact quotients rounded once, powers of two, and 2^(k/8). */
import { exponentOf, exponentOfRational, powerOfTwo, toNumber, toRational } from '../arithmetic/float64.js';
import { compare, divide, dyadic, multiply, type Rational } from '../arithmetic/rational.js';

/** RN53(2^(b/8)) for b = 0..7, by exact integer eighth roots. */
const EIGHTHS: readonly number[] = Array.from({ length: 8 }, (_, b) => eighthRoot(b));

/**
 * RN53(2^(b/8)): the nearest 53-bit significand to 2^(b/8 + 52), found by bisection on exact eighth powers.
 * There are no ties: for b > 0 the root is irrational.
 */
function eighthRoot(b: number): number {
  const target = 1n << BigInt(b + 8 * 53);
  // Twice the significand, so that its lowest bit says on which side of the midpoint the root lies.
  let low = 1n << 53n;
  let high = 1n << 54n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** 8n <= target) low = middle;
    else high = middle;
  }
  return Number((low + 1n) >> 1n) / 2 ** 52;
}

/** RN53(2^(k/8)), correctly rounded, for 2^(k/8) in float64's normal range. */
export function eighthPower(k: number): number {
  const whole = Math.floor(k / 8);
  return EIGHTHS[k - 8 * whole]! * powerOfTwo(whole);
}

/** The least k with RN53(2^(k/8)) · factor ≥ target, decided exactly; factor and target positive, finite. */
export function leastEighth(target: number, factor: number): number {
  const wanted = toRational(target);
  const times = toRational(factor);
  const reaches = (k: number) => compare(multiply(toRational(eighthPower(k)), times), wanted) >= 0;
  let k = 8 * (exponentOf(target) - exponentOf(factor) - 1);
  while (!reaches(k)) k++;
  return k;
}

/** RN53(a / b) of the exact quotient, kept positive: a quotient below float64's smallest number gives that. */
export function exactQuotient(a: Rational, b: Rational): number {
  return Math.max(toNumber(divide(a, b)), Number.MIN_VALUE);
}

/** The smallest power of two not below a > 0, as a float64 (the smallest float64 if that is below it). */
export function powerNotBelow(a: Rational): number {
  const exponent = exponentOfRational(a);
  const power = compare(dyadic(1n, exponent), a) === 0 ? exponent : exponent + 1;
  return powerOfTwo(Math.max(power, -1074));
}

/** ⌈log2 (a / b)⌉, exactly, for positive finite a and b. */
export function ceilLog2(a: number, b: number): number {
  const ratio = divide(toRational(a), toRational(b));
  const exponent = exponentOfRational(ratio);
  return compare(dyadic(1n, exponent), ratio) === 0 ? exponent : exponent + 1;
}

/** Whether x > 0 is a power of two. */
export function isPowerOfTwo(x: number): boolean {
  return x > 0 && Number.isFinite(x) && x === powerOfTwo(exponentOf(x));
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
float[0] = -2;
/** Which of the two words of a float64 has the lower bits: differs with the machine's byte order. */
const LOW_WORD = words[0] === 0 ? 0 : 1;

/**
 * At most 40 significant bits, for normal x or 0. Values and boundaries of formats have at most 34; a float64
 * next to such a number has 53.
 */
export function hasShortSignificand(x: number): boolean {
  float[0] = x;
  return (words[LOW_WORD]! & 0x1fff) === 0;
}
