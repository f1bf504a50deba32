import { describe, expect, it } from 'vitest';
import { tango } from '../../../sweep/statistics/tango.js';
import { wilson } from '../../../sweep/statistics/wilson.js';

/** Φ⁻¹(0.975) as the fraction Z / 2^52 that its float64 is. */
const Z = BigInt(1.959963984540054 * 2 ** 52);
const Z_BITS = 52n;
/** Differences are integers of this unit, 2^-70. */
const BITS = 70n;
const ONE = 1n << BITS;

/**
 * The score test decided without any rounding. With N² = away², V = variance·n it asks N² ≤ z²·V, and V = (√D − B)/2 +
 * n·Δ(1 − Δ); so 2N² + z²·(B − 2n·Δ(1 − Δ)) ≤ z²·√D, which squaring decides. All is scaled by 2^140 and 2^104.
 */
function keeps(difference: bigint, b: bigint, c: bigint, n: bigint): boolean {
  const spread = difference * (ONE - difference);
  const away = (b - c) * ONE - n * difference;
  const linear = ((2n * n - b + c) * difference - (b + c) * ONE) * ONE;
  const underRoot = linear * linear + ((8n * n * c * spread) << (2n * BITS));
  const zz = Z * Z;
  const left = ((2n * away * away) << (2n * Z_BITS)) + zz * (linear - 2n * n * spread);
  return left <= 0n || left * left <= zz * zz * underRoot;
}

function exactUpper(b: number, c: number, n: number): number {
  let inside = (BigInt(b - c) * ONE) / BigInt(n);
  let outside = ONE + 1n;
  while (outside - inside > 1n) {
    const middle = (inside + outside) >> 1n;
    if (middle <= ONE && keeps(middle, BigInt(b), BigInt(c), BigInt(n))) inside = middle;
    else outside = middle;
  }
  return Number(inside) / Number(ONE);
}

describe('tango', () => {
  // R 4.6.1, PropCIs 0.3.0, scoreci.mp(onlySecond, onlyFirst, images, 0.95), which searches to about 1e-6
  it.each([
    [7, 0, 14, 0.17703378200531006, 0.732007920742035],
    [0, 7, 14, -0.7320079803466797, -0.17703387141227722],
    [0, 0, 14, -0.21531081199645996, 0.2153107523918152],
    [3, 2, 14, -0.2610777275902884, 0.38899629882403786],
    [1, 0, 14, -0.15926158428192136, 0.31468707748821806],
    [5, 5, 16, -0.3675069808959961, 0.3675068020820618],
    [13, 1, 14, 0.37062617710658474, 0.9745556286403111],
    [14, 0, 14, 0.5693783760070801, 1],
    [0, 14, 14, -1, -0.5693784356117249],
    [2, 9, 20, -0.6016315698623658, -0.027414342761039694],
    [10, 3, 50, -0.0014977478981018086, 0.2854748904705048],
    [4, 1, 28, -0.06447507653917586, 0.2892951305423464],
    [6, 2, 42, -0.04375331742422924, 0.24263537781579156],
    [1, 1, 2, -0.8109376430511475, 0.8109375834465027],
    [25, 12, 200, 0.005635504722595221, 0.12694109946489335],
  ])('%i and %i of %i give what PropCIs gives', (first, second, images, low, high) => {
    const interval = tango(first, second, images);
    expect(Math.abs(interval.low - low)).toBeLessThan(1e-6);
    expect(Math.abs(interval.high - high)).toBeLessThan(1e-6);
  });

  it('gives the published interval of airway reactivity before and after a transplantation', () => {
    // Fagerland, Lydersen and Laake, Statistics in Medicine 33 (2014), table V: 1 and 7 of 21, −0.517 to −0.026
    const { low, high } = tango(1, 7, 21);
    expect(low.toFixed(3)).toBe('-0.517');
    expect(high.toFixed(3)).toBe('-0.026');
  });

  it('agrees with the score test in integers to a few units of 2^-53, for every small table', () => {
    for (const n of [1, 2, 3, 7, 12]) {
      for (let b = 0; b <= n; b++) {
        for (let c = 0; b + c <= n; c++) {
          const { low, high } = tango(b, c, n);
          expect(Math.abs(high - exactUpper(b, c, n))).toBeLessThan(2 ** -50);
          expect(Math.abs(low + exactUpper(c, b, n))).toBeLessThan(2 ** -50);
        }
      }
    }
  });

  it.each([
    [0, 0, 10000],
    [1, 0, 10000],
    [120, 95, 10000],
    [95, 120, 10000],
    [4000, 3000, 10000],
    [9999, 1, 10000],
    [0, 10000, 10000],
    [300, 17, 1000000],
  ])('and for %i and %i of %i', (b, c, n) => {
    const { low, high } = tango(b, c, n);
    expect(Math.abs(high - exactUpper(b, c, n))).toBeLessThan(2 ** -50);
    expect(Math.abs(low + exactUpper(c, b, n))).toBeLessThan(2 ** -50);
  });

  it('contains the difference, changes its signs with the two exchanged, and stays in −1 .. 1', () => {
    for (const n of [1, 5, 40, 333]) {
      for (let b = 0; b <= n; b += Math.ceil(n / 9)) {
        for (let c = 0; b + c <= n; c += Math.ceil(n / 7)) {
          const { low, high } = tango(b, c, n);
          expect(low).toBeLessThanOrEqual((b - c) / n);
          expect(high).toBeGreaterThanOrEqual((b - c) / n);
          expect(tango(c, b, n)).toEqual({ low: -high, high: -low });
          expect(low).toBeGreaterThanOrEqual(-1);
          expect(high).toBeLessThanOrEqual(1);
        }
      }
    }
  });

  it('without differences is z² / (n + z²) to both sides', () => {
    // q = 0, so n²Δ² = z²·n·Δ(1 − Δ); the same as Wilson's interval of none of n
    expect(tango(0, 0, 50).high).toBeCloseTo(wilson(0, 50).high, 14);
    expect(tango(0, 0, 50).low).toBeCloseTo(-wilson(0, 50).high, 14);
  });

  it('takes means over seeds, and lies between the counts around them', () => {
    expect(tango(10.5, 3, 50).high).toBeGreaterThan(tango(10, 3, 50).high);
    expect(tango(10.5, 3, 50).high).toBeLessThan(tango(11, 3, 50).high);
  });

  it('is the whole range without images, and refuses counts that cannot be', () => {
    expect(tango(0, 0, 0)).toEqual({ low: -1, high: 1 });
    for (const [b, c, n] of [
      [3, 3, 5],
      [-1, 0, 5],
      [Number.NaN, 0, 5],
      [0, 0, Infinity],
    ] as const) {
      expect(() => tango(b, c, n)).toThrow(RangeError);
    }
  });
});
