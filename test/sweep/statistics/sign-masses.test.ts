import { describe, expect, it } from 'vitest';
import { toRational } from '../../../arithmetic/float64.js';
import {
  add,
  compare,
  divide,
  dyadic,
  multiply,
  type Rational,
  rational,
  subtract,
} from '../../../arithmetic/rational.js';
import { addSigns, binomialMasses, type Masses, sumOf } from '../../../sweep/statistics/sign-masses.js';

/** C(n, 0) to C(n, n), by Pascal's triangle. */
function row(n: number): bigint[] {
  let values = [1n];
  for (let i = 0; i < n; i++) values = [...values, 0n].map((value, k) => value + (values[k - 1] ?? 0n));
  return values;
}

function exactly({ high, low }: Masses, at: number): Rational {
  return add(toRational(high[at]!), toRational(low[at]!));
}

function expectNear(value: Rational, expected: Rational, bits: number): void {
  if (expected.numerator === 0n) expect(value.numerator).toBe(0n);
  else {
    const off = divide(subtract(value, expected), expected);
    expect(compare(multiply(off, off), dyadic(1n, -2 * bits))).toBeLessThan(0);
  }
}

describe('binomialMasses', () => {
  it.each([1, 2, 60, 150, 1000])('of %i signs are the coefficients to 100 bits', (n) => {
    const span = { from: Math.floor(n / 5), to: n };
    const masses = binomialMasses(n, span);
    expect(masses.start).toBe(span.from);
    expect(masses.high.length).toBe(span.to - span.from + 1);
    const exact = row(n);
    for (let x = span.from; x <= span.to; x++) {
      expectNear(exactly(masses, x - span.from), multiply(rational(exact[x]!), dyadic(1n, 500 - n)), 100);
    }
  });

  it('are 0 where float64 ends, and are not where it does not', () => {
    const masses = binomialMasses(2000, { from: 0, to: 1000 });
    expect(masses.high[0]).toBe(0);
    expect(masses.high[1000]! / 2 ** 500).toBeCloseTo(0.01784, 5);
  });
});

describe('addSigns', () => {
  it.each([
    [80, 1, 80, 2],
    [200, 3, 90, 4],
    [300, 2, 300, 5],
  ])('of %i signs of %i and %i of %i have 90 bits', (count, step, otherCount, otherStep) => {
    const one: Masses = { start: 0, high: Float64Array.of(1), low: Float64Array.of(0) };
    const all = (n: number): Masses => binomialMasses(n, { from: 0, to: n });
    const first = addSigns(one, all(count), step, { from: 0, to: step * count });
    const span = { from: 50, to: step * count + otherStep * otherCount };
    const both = addSigns(first, all(otherCount), otherStep, span);
    const [a, b] = [row(count), row(otherCount)];
    for (let y = span.from; y <= span.to; y += 7) {
      let ways = 0n;
      for (let x = 0; x <= otherCount; x++) {
        const rest = (y - otherStep * x) / step;
        if (rest >= 0 && rest <= count && Number.isInteger(rest)) ways += b[x]! * a[rest]!;
      }
      expectNear(exactly(both, y - span.from), multiply(rational(ways), dyadic(1n, -count - otherCount)), 90);
    }
  });
});

describe('sumOf', () => {
  it('keeps what a plain sum rounds away', () => {
    const masses = { start: 0, high: Float64Array.of(1, 1, 2 ** 53), low: Float64Array.of(0, 0, 0) };
    expect(sumOf(masses)).toBe(2 ** 53 + 2);
    expect(sumOf({ ...masses, low: Float64Array.of(0.5, 0.5, 1) })).toBe(2 ** 53 + 4);
  });

  it('of nothing is 0', () => {
    expect(sumOf({ start: 0, high: new Float64Array(0), low: new Float64Array(0) })).toBe(0);
  });
});
