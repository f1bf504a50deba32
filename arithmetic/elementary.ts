/**
 * exp, log, pow and trigonometry built on + − × ÷ and the bits of float64 alone, because those of `Math` differ
 * between engines and versions: the same argument gives the same bits on every machine. exp, log, sin and cos
 * are within 1 ulp; pow, log2 and log10 are computed in double-double and are nearly always the nearest float64
 * (exact results come out exact). NaN, infinities and domain ends behave as ECMAScript says for its namesakes.
 */
import { productError, sumError, sumErrorOfOrdered } from './error-free.js';

/** An unevaluated sum high + low, |low| ≤ ulp(high) / 2. */
type Pair = readonly [high: number, low: number];

/* Constants are the expansions of the exact values: the leading parts of ln 2 and π/2 have 32 or 33
 * significant bits, so that small integers times them are exact (Cody and Waite's reduction). */
const LN2_1 = 0.69314718036912382;
const LN2_2 = 1.9082149291141208e-10;
const LN2_3 = 1.5646701585338879e-20;
const LN2: Pair = [Math.LN2, 2.3190468138462996e-17];
const INVERSE_LN2: Pair = [Math.LOG2E, 2.0355273740931033e-17];
const INVERSE_LN10: Pair = [Math.LOG10E, 1.0983196502167651e-17];
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487959506e-21;
const TWO_OVER_PI = 0.63661977236758138;
const SQRT2 = Math.SQRT2;

const view = new DataView(new ArrayBuffer(8));

/** 2^k for −1022 ≤ k ≤ 1023. */
function normalPower(k: number): number {
  view.setUint32(0, (k + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** x · 2^k, rounded once, for |x| in 0.5 .. 4 and any k. */
function scale(x: number, k: number): number {
  if (k > 1025) return x * Number.POSITIVE_INFINITY;
  if (k > 1022) return x * normalPower(1000) * normalPower(k - 1000);
  if (k >= -1020) return x * normalPower(k);
  return k < -1100 ? x * 0 : x * normalPower(k + 200) * normalPower(-200);
}

/** x = m · 2^e with m in √½ .. √2, for positive finite x. */
function split(x: number): { m: number; e: number } {
  let e = 0;
  let scaled = x;
  if (x < 2.2250738585072014e-308) {
    scaled = x * 18014398509481984;
    e = -54;
  }
  view.setFloat64(0, scaled);
  const high = view.getUint32(0);
  e += (high >>> 20) - 1023;
  view.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  const m = view.getFloat64(0);
  return m > SQRT2 ? { m: m / 2, e: e + 1 } : { m, e };
}

function fastTwoSum(a: number, b: number): Pair {
  const sum = a + b;
  return [sum, sumErrorOfOrdered(a, b, sum)];
}

function twoSum(a: number, b: number): Pair {
  const sum = a + b;
  return [sum, sumError(a, b, sum)];
}

function twoProduct(a: number, b: number): Pair {
  const product = a * b;
  return [product, productError(a, b, product)];
}

function addPairs(a: Pair, b: Pair): Pair {
  const [high, low] = twoSum(a[0], b[0]);
  const [tailHigh, tailLow] = twoSum(a[1], b[1]);
  const [h, l] = fastTwoSum(high, low + tailHigh);
  return fastTwoSum(h, l + tailLow);
}

function multiplyPairs(a: Pair, b: Pair): Pair {
  const [high, low] = twoProduct(a[0], b[0]);
  return fastTwoSum(high, low + (a[0] * b[1] + a[1] * b[0]));
}

function dividePair(a: Pair, n: number): Pair {
  const quotient = a[0] / n;
  const [product, rest] = twoProduct(quotient, n);
  return fastTwoSum(quotient, (a[0] - product - rest + a[1]) / n);
}

/** e^r − 1 to about 100 bits, relative, for |r| ≤ 0.36: 25 terms of the series, Horner's way. */
function expMinusOnePair(r: Pair): Pair {
  let sum: Pair = [1, 0];
  for (let n = 25; n >= 2; n--) {
    sum = addPairs([1, 0], dividePair(multiplyPairs(r, sum), n));
  }
  return multiplyPairs(r, sum);
}

/** log m to about 100 bits, relative, for m in √½ .. √2: one Newton step from the float64 logarithm. */
function logPair(m: number): Pair {
  if (m === 1) return [0, 0];
  const guess = logOfSignificand(m, 0);
  const shrink = expMinusOnePair([-guess, 0]);
  const correction = addPairs([m - 1, 0], multiplyPairs([m, 0], shrink));
  return addPairs([guess, 0], correction);
}

/** log(m · 2^e): log m = 2 artanh(s), s = f / (2 + f), f = m − 1, arranged so that only small terms round. */
function logOfSignificand(m: number, e: number): number {
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const tail =
    z *
    (2 / 3 +
      z *
        (2 / 5 +
          z *
            (2 / 7 +
              z *
                (2 / 9 +
                  z * (2 / 11 + z * (2 / 13 + z * (2 / 15 + z * (2 / 17 + z * (2 / 19 + z * (2 / 21))))))))));
  const halfSquare = 0.5 * f * f;
  return e * LN2_1 - (halfSquare - (s * (halfSquare + tail) + e * (LN2_2 + LN2_3)) - f);
}

/** e^x within 1 ulp; NaN gives NaN, overflow ∞, underflow subnormals then 0. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 710) return Number.POSITIVE_INFINITY;
  if (x < -746) return 0;
  const k = Math.floor(x * INVERSE_LN2[0] + 0.5);
  const high = x - k * LN2_1;
  const low = k * LN2_2;
  const r = high - low;
  const lost = high - r - low - k * LN2_3;
  const tail =
    r *
    r *
    (1 / 2 +
      r *
        (1 / 6 +
          r *
            (1 / 24 +
              r *
                (1 / 120 +
                  r *
                    (1 / 720 +
                      r *
                        (1 / 5040 +
                          r *
                            (1 / 40320 +
                              r *
                                (1 / 362880 +
                                  r *
                                    (1 / 3628800 +
                                      r *
                                        (1 / 39916800 + r * (1 / 479001600 + r * (1 / 6227020800))))))))))));
  return scale(1 + (r + (tail + lost * (1 + r))), k);
}

/** Natural logarithm within 1 ulp; log(±0) = −∞, negative arguments and NaN give NaN, log(∞) = ∞. */
export function log(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return logOutsideDomain(x);
  const { m, e } = split(x);
  return logOfSignificand(m, e);
}

/** Logarithm to base 2; exact for powers of two. Ends as `log`. */
export function log2(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return logOutsideDomain(x);
  const { m, e } = split(x);
  return addPairs([e, 0], multiplyPairs(logPair(m), INVERSE_LN2))[0];
}

/** Logarithm to base 10; exact for powers of ten that are float64. Ends as `log`. */
export function log10(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return logOutsideDomain(x);
  const { m, e } = split(x);
  return multiplyPairs(addPairs(multiplyPairs([e, 0], LN2), logPair(m)), INVERSE_LN10)[0];
}

function logOutsideDomain(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  return x === Number.POSITIVE_INFINITY ? x : Number.NaN;
}

/**
 * x^y, nearly always the nearest float64. Ends as ECMAScript's `**`: x^±0 = 1, NaN otherwise spreads, (±1)^±∞
 * is NaN, a negative x needs an integer y (else NaN) and its sign follows the parity of y.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const odd = Number.isInteger(y) && Math.abs(y) < 9007199254740992 && y % 2 !== 0;
  const magnitude = powOfMagnitude(Math.abs(x), y);
  const negative = x < 0 || Object.is(x, -0);
  if (!negative) return magnitude;
  if (odd) return -magnitude;
  const halfPower = !Number.isInteger(y) && x !== 0 && Number.isFinite(x) && Number.isFinite(y);
  return halfPower ? Number.NaN : magnitude;
}

/** a^y for a ≥ 0. */
function powOfMagnitude(a: number, y: number): number {
  if (y === Number.POSITIVE_INFINITY || y === Number.NEGATIVE_INFINITY) {
    if (a === 1) return Number.NaN;
    return a > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0;
  }
  if (a === 0 || a === Number.POSITIVE_INFINITY) {
    return (a === 0) === y > 0 ? 0 : Number.POSITIVE_INFINITY;
  }
  if (a === 1) return 1;
  const { m, e } = split(a);
  const logarithm = addPairs(multiplyPairs([e, 0], LN2), logPair(m));
  const rough = logarithm[0] * y;
  if (rough > 710) return Number.POSITIVE_INFINITY;
  if (rough < -746) return 0;
  // Dekker's split would overflow on a huge exponent, which only meets a base next to 1.
  const product = Math.abs(y) > 1e150 ? ([rough, 0] as const) : multiplyPairs(logarithm, [y, 0]);
  const k = Math.floor(product[0] * INVERSE_LN2[0] + 0.5);
  const reduced = addPairs(product, multiplyPairs([-k, 0], LN2));
  return scale(addPairs([1, 0], expMinusOnePair(reduced))[0], k);
}

/** Arguments of sin and cos beyond this (in magnitude) are refused: the reduction would lose bits. */
const LARGEST_ANGLE = 1048576;

/** x − quadrant · π/2 as a pair in −π/4 .. π/4 (a little more by rounding), and the quadrant modulo 4. */
function reduceAngle(x: number, name: string): { r: number; lost: number; quadrant: number } {
  if (Math.abs(x) > LARGEST_ANGLE) {
    throw new RangeError(`${name}: the angle ${x} is out of range; give radians within ±${LARGEST_ANGLE}`);
  }
  const k = Math.floor(x * TWO_OVER_PI + 0.5);
  const [high, highLost] = twoSum(x - k * HALF_PI_1, -k * HALF_PI_2);
  const [r, lost] = twoSum(high, highLost - k * HALF_PI_3);
  return { r, lost, quadrant: k & 3 };
}

function sinOfReduced(r: number, lost: number): number {
  const z = r * r;
  const tail =
    z *
    (-1 / 6 +
      z *
        (1 / 120 +
          z *
            (-1 / 5040 +
              z *
                (1 / 362880 +
                  z *
                    (-1 / 39916800 +
                      z * (1 / 6227020800 + z * (-1 / 1307674368000 + z / 355687428096000)))))));
  return r + (r * tail + lost * (1 - 0.5 * z));
}

function cosOfReduced(r: number, lost: number): number {
  const z = r * r;
  const half = 0.5 * z;
  const w = 1 - half;
  const tail =
    z *
    z *
    (1 / 24 +
      z *
        (-1 / 720 +
          z *
            (1 / 40320 +
              z *
                (-1 / 3628800 +
                  z *
                    (1 / 479001600 +
                      z * (-1 / 87178291200 + z * (1 / 20922789888000 - z / 6402373705728000)))))));
  return w + (1 - w - half + (tail - r * lost));
}

/** Sine of x radians within 1 ulp. ±∞ and NaN give NaN. Throws RangeError beyond |x| = 2^20. */
export function sin(x: number): number {
  if (x === 0 || Number.isNaN(x)) return x;
  if (!Number.isFinite(x)) return Number.NaN;
  const { r, lost, quadrant } = reduceAngle(x, 'sin');
  const magnitude = quadrant % 2 === 0 ? sinOfReduced(r, lost) : cosOfReduced(r, lost);
  return quadrant < 2 ? magnitude : -magnitude;
}

/** Cosine of x radians within 1 ulp. ±∞ and NaN give NaN. Throws RangeError beyond |x| = 2^20. */
export function cos(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  const { r, lost, quadrant } = reduceAngle(x, 'cos');
  const magnitude = quadrant % 2 === 0 ? cosOfReduced(r, lost) : sinOfReduced(r, lost);
  return quadrant === 0 || quadrant === 3 ? magnitude : -magnitude;
}
