import { describe, expect, it } from 'vitest';
import { productError, sumError, sumErrorOfOrdered } from '../../arithmetic/error-free.js';
import { nextDown, nextUp, powerOfTwo, toRational } from '../../arithmetic/float64.js';
import { randomWord } from '../../arithmetic/philox.js';
import { add, compare, multiply, type Rational, subtract } from '../../arithmetic/rational.js';

/** A float64 of either sign with a random significand and an exponent in ±reach. */
function randomNumber(index: number, reach: number): number {
  const word = (n: number) => randomWord(17, 'dataset', 0, index, n);
  const significand = 1 + (word(0) * 2 ** 20 + (word(1) >>> 12)) / 2 ** 52;
  const exponent = (word(2) % (2 * reach + 1)) - reach;
  return (word(3) & 1 ? -1 : 1) * significand * powerOfTwo(exponent);
}

/** Ends of binades, all ones, halves of a last place: where a step of a transform rounds, if any does. */
const HARD = [1, 3, 2 ** 26 + 1, 2 ** 27 + 1, 2 ** 27 - 1, 2 ** 53 - 1, 2 ** 52 + 1, 1 / 3, 0.1]
  .flatMap((x) => [x, nextUp(x), nextDown(x)])
  .flatMap((x) => [x, -x, x * 2 ** -53, x * 2 ** 54, x * 2 ** 400, x * 2 ** -400]);
const ENDS = [0, -0, Number.MIN_VALUE, powerOfTwo(-1022), nextDown(powerOfTwo(-1022)), powerOfTwo(1021)];

function pairs(reach: number, others: readonly number[]): [number, number][] {
  const random = Array.from({ length: 4000 }, (_, i): [number, number] => {
    const a = randomNumber(2 * i, reach);
    // every other pair near enough to cancel or to meet in a last place
    return [a, i % 2 ? randomNumber(2 * i + 1, reach) : a * randomNumber(2 * i + 1, 54)];
  });
  const hard = [...HARD, ...others];
  return [...random, ...hard.flatMap((a) => hard.map((b): [number, number] => [a, b]))];
}

function expectExact(what: string, error: number, exact: Rational): void {
  if (!Number.isFinite(error) || compare(toRational(error), exact) !== 0)
    expect([what, error]).toEqual(exact);
}

describe('error-free transforms give what rounding left out, compared as rationals', () => {
  it('of a sum, any two numbers', () => {
    let lost = 0;
    for (const [a, b] of pairs(450, ENDS)) {
      const sum = a + b;
      const exact = subtract(add(toRational(a), toRational(b)), toRational(sum));
      if (exact.numerator !== 0n) lost++;
      expectExact(`${a} + ${b}`, sumError(a, b, sum), exact);
      const [larger, smaller] = Math.abs(a) >= Math.abs(b) ? [a, b] : [b, a];
      expectExact(`${larger} + ${smaller}`, sumErrorOfOrdered(larger, smaller, sum), exact);
    }
    expect(lost).toBeGreaterThan(2000);
  });

  it('of a product that neither overflows nor comes near what is subnormal', () => {
    let lost = 0;
    for (const [a, b] of pairs(450, [0, -0])) {
      const product = a * b;
      if (product !== 0 && Math.abs(product) < powerOfTwo(-968)) continue;
      const exact = subtract(multiply(toRational(a), toRational(b)), toRational(product));
      if (exact.numerator !== 0n) lost++;
      expectExact(`${a} * ${b}`, productError(a, b, product), exact);
    }
    expect(lost).toBeGreaterThan(2000);
  });

  it('of products at the ends of the range that it states', () => {
    const smallest = powerOfTwo(-484) * (1 + 2 ** -52);
    const largest = nextDown(powerOfTwo(995));
    for (const [a, b] of [
      [smallest, smallest],
      [Number.MIN_VALUE, powerOfTwo(106) * (2 - 2 ** -52)],
      [largest, nextDown(powerOfTwo(26))],
      [-largest, 1 / 3],
    ] as const) {
      const product = a * b;
      const exact = subtract(multiply(toRational(a), toRational(b)), toRational(product));
      expectExact(`${a} * ${b}`, productError(a, b, product), exact);
    }
  });
});
