import { describe, expect, it } from 'vitest';
import { cos, exp, log, log2, log10, pow, sin } from '../../arithmetic/elementary.js';
import { bitsOf, decompose, exponentOf, fromBits, nextUp } from '../../arithmetic/float64.js';
import { Stream } from '../../arithmetic/philox.js';

/** Fixed-point numbers with this many fraction bits: the slow reference. */
const BITS = 1400n;
const ONE = 1n << BITS;

function fixed(x: number): bigint {
  const { significand, exponent } = decompose(x);
  const shift = BigInt(exponent) + BITS;
  return shift >= 0n ? significand << shift : significand >> -shift;
}

const times = (a: bigint, b: bigint): bigint => (a * b) >> BITS;

function series(first: bigint, next: (term: bigint, n: bigint) => bigint): bigint {
  let sum = 0n;
  let n = 1n;
  for (let term = first; term !== 0n && term !== -1n; term = next(term, n++)) sum += term;
  return sum;
}

function artanh(s: bigint): bigint {
  const square = times(s, s);
  let sum = 0n;
  let power = s;
  for (let k = 1n; power !== 0n && power !== -1n; k += 2n) {
    sum += power / k;
    power = times(power, square);
  }
  return sum;
}

const LN2 = 2n * artanh(ONE / 3n);

function exactLog(x: number): bigint {
  const e = exponentOf(x);
  const shifted = e >= 0 ? fixed(x) >> BigInt(e) : fixed(x) << BigInt(-e);
  return BigInt(e) * LN2 + 2n * artanh(((shifted - ONE) << BITS) / (shifted + ONE));
}

const LN10 = exactLog(10);

/** e^t as fixed point times 2^k, with the value just below 2. */
function exactExp(t: bigint): { value: bigint; k: bigint } {
  const k = t / LN2;
  const r = t - k * LN2;
  return { value: series(ONE, (term, n) => times(term, r) / n), k };
}

function exactSin(x: bigint): bigint {
  const square = times(x, x);
  return series(x, (term, n) => -times(term, square) / (2n * n * (2n * n + 1n)));
}

function exactCos(x: bigint): bigint {
  const square = times(x, x);
  return series(ONE, (term, n) => -times(term, square) / ((2n * n - 1n) * (2n * n)));
}

/** |result − exact| in units of the result's last place; exact = value · 2^(k − BITS). */
function ulps(result: number, value: bigint, k = 0n): number {
  const { significand, exponent } = decompose(result);
  const shift = BigInt(exponent) + BITS - k;
  const scaled =
    shift >= 0n
      ? (significand << 40n) - (value << 40n) / (1n << shift)
      : (significand << 40n) - ((value << 40n) << -shift);
  return Number(scaled < 0n ? -scaled : scaled) / 2 ** 40;
}

function draws(count: number, low: number, high: number): number[] {
  const stream = new Stream(7, 'dataset');
  return Array.from(
    { length: count },
    () => low + (high - low) * (stream.uniform() + stream.uniform() / 2 ** 32),
  );
}

/** Magnitudes spread evenly over the exponents. */
function spread(count: number, low: number, high: number): number[] {
  const stream = new Stream(8, 'dataset');
  return Array.from({ length: count }, () => {
    const exponent = low + stream.below(high - low + 1);
    return fromBits(
      (BigInt(exponent + 1023) << 52n) | (BigInt(stream.word()) << 20n) | BigInt(stream.word() >>> 12),
    );
  });
}

describe('elementary functions against BigInt fixed point', () => {
  it('exp stays within 1 ulp over its whole normal range', () => {
    const worst = Math.max(
      ...[...draws(300, -708, 709), ...draws(300, -1, 1), ...spread(60, -60, -2)].map((x) => {
        const { value, k } = exactExp(fixed(x));
        return ulps(exp(x), value, k);
      }),
    );
    expect(worst).toBeLessThan(1);
  });

  it('log stays within 1 ulp, near 1 too', () => {
    const worst = Math.max(
      ...[...spread(200, -1022, 1023), ...draws(200, 0.5, 2), 1 + 2 ** -52, 1 - 2 ** -53, 5e-324].map((x) =>
        ulps(log(x), exactLog(x)),
      ),
    );
    expect(worst).toBeLessThan(1);
  });

  it('log2 and log10 are correctly rounded to a thousandth of an ulp', () => {
    for (const x of [...spread(80, -1022, 1023), ...draws(80, 0.5, 2), nextUp(1)]) {
      expect(ulps(log2(x), (exactLog(x) << BITS) / LN2)).toBeLessThan(0.501);
      expect(ulps(log10(x), (exactLog(x) << BITS) / LN10)).toBeLessThan(0.501);
    }
  });

  it('pow is correctly rounded to a thousandth of an ulp, huge powers of numbers next to 1 included', () => {
    const bases = [...spread(60, -20, 20), ...draws(40, 0.99, 1.01), nextUp(1), 1 - 2 ** -53];
    const powers = [...draws(98, -30, 30), 0.5, 1 / 3, 2 ** 58, 2 ** 59 + 4096];
    bases.forEach((x, i) => {
      const y = powers[i % powers.length]!;
      const { value, k } = exactExp(times(exactLog(x), fixed(y)));
      expect(ulps(pow(x, y), value, k), `${x}^${y}`).toBeLessThan(0.501);
    });
    const { value, k } = exactExp(times(exactLog(nextUp(1)), fixed(2 ** 60)));
    expect(ulps(pow(nextUp(1), 2 ** 60), value, k)).toBeLessThan(0.501);
  });

  it('sin and cos stay within 1 ulp, next to multiples of π/2 too', () => {
    const near = [1, 2, 3, 11, 344].map((n) => n * 1.5707963267948966);
    for (const x of [...draws(150, -7, 7), ...draws(40, -2000, 2000), ...spread(40, -40, -2), ...near]) {
      expect(ulps(sin(x), exactSin(fixed(x))), `sin ${x}`).toBeLessThan(1);
      expect(ulps(cos(x), exactCos(fixed(x))), `cos ${x}`).toBeLessThan(1);
    }
  });
});

describe('elementary functions at their ends', () => {
  it('exact results come out exact', () => {
    for (let k = -1074; k <= 1023; k++) {
      expect(pow(2, k)).toBe(fromBits(k >= -1022 ? BigInt(k + 1023) << 52n : 1n << BigInt(k + 1074)));
      if (k >= -1022) expect(log2(pow(2, k))).toBe(k);
    }
    for (let n = 0; n <= 22; n++) expect(log10(Number(`1e${n}`))).toBe(n);
    for (let n = 1; n <= 200; n++) expect(pow(n * n, 0.5)).toBe(n);
    expect([pow(3, 5), pow(-3, 3), pow(-2, -2), exp(0), log(1), sin(0), cos(0)]).toEqual([
      243, -27, 0.25, 1, 0, 0, 1,
    ]);
  });

  it('specials are those of ECMAScript', () => {
    const values = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e300, -1e300, 1e-300, Number.POSITIVE_INFINITY];
    values.push(Number.NEGATIVE_INFINITY, Number.NaN, 2 ** 53, 2 ** 53 - 1, 5e-324);
    for (const x of values) {
      for (const y of values) {
        const expected = x ** y;
        if (Number.isFinite(expected) && expected !== 0 && Math.abs(expected) !== 1) continue;
        expect(pow(x, y), `${x} ** ${y}`).toBe(expected);
      }
    }
    expect([exp(710), exp(-746), exp(Number.NEGATIVE_INFINITY), exp(Number.POSITIVE_INFINITY)]).toEqual([
      Number.POSITIVE_INFINITY,
      0,
      0,
      Number.POSITIVE_INFINITY,
    ]);
    for (const f of [log, log2, log10]) {
      expect([f(0), f(-1), f(Number.POSITIVE_INFINITY), f(Number.NaN)]).toEqual([
        Number.NEGATIVE_INFINITY,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NaN,
      ]);
    }
    expect([exp(Number.NaN), sin(Number.NaN), cos(Number.POSITIVE_INFINITY), sin(-0)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      -0,
    ]);
    expect(exp(-745.13)).toBe(5e-324);
    expect(() => sin(1e9)).toThrow(/give radians within/);
  });

  it('pins bits, so that a change of one bit anywhere is seen', () => {
    const pinned = [exp(1), exp(-10.3), log(10), log(0.3), sin(1), cos(1), pow(1.5, 2.5), log10(2)];
    expect(pinned.map((x) => bitsOf(x).toString(16))).toEqual([
      '4005bf0a8b145769',
      '3f01a22859e0dc35',
      '40026bb1bbb55516',
      'bff34378fcbda721',
      '3feaed548f090cee',
      '3fe14a280fb5068c',
      '40060b9fd68a4554',
      '3fd34413509f79ff',
    ]);
  });
});
