/**
 * From an accumulator to the integer of the output's scale, in the ways that runtimes do it; each is named, since they
 * differ in one code of some hundred (docs/numerics.md has a worked example of each).
 */
import { exponentOf, powerOfTwo, toRational } from '../../arithmetic/float64.js';
import { divide, multiply, type Rational, roundToEvenInteger } from '../../arithmetic/rational.js';
import type { Requantization } from '../../emac/layer/choices.js';
import { UserError } from '../../errors.js';
import { dividedByPower, highProduct, roundAway, shiftedProduct, wrappedShift } from './fixed-point.js';

/**
 * `gemmlowp`: a 32-bit multiplier and a shift, two roundings (TensorFlow Lite's and TFLM's default). `single`: the same multiplier,
 * one rounding (TFLITE_SINGLE_ROUNDING). `float32`: a float32 product, to the nearest even integer (XNNPACK's delegates).
 * `exact`: the nearest even integer of the exact product of the stored scales.
 */
export type RequantizeMode = Requantization;

/** input · weight / output, the scales as stored: float32. */
export interface RealMultiplier {
  readonly input: number;
  readonly weight: number;
  readonly output: number;
  /**
   * How the kernel forms it: the product of the two in float64, as int8 convolutions do, or rounded to float32 first, as
   * fully connected layers and all uint8 kernels do.
   */
  readonly product: 'float64' | 'float32';
}

/** m · 2^shift / 2^31 with a 31-bit m. */
export interface FixedMultiplier {
  readonly multiplier: number;
  readonly shift: number;
}

/** The number that kernels make a fixed multiplier of. */
export function realOf({ input, weight, output, product }: RealMultiplier): number {
  const both = input * weight;
  return (product === 'float32' ? Math.fround(both) : both) / output;
}

/** QuantizeMultiplier: a significand in [0.5, 1) to 31 bits, ties away from 0, and its exponent. 0 stays 0. */
export function fixedMultiplier(real: number): FixedMultiplier {
  if (real === 0) return { multiplier: 0, shift: 0 };
  let shift = exponentOf(real) + 1;
  let multiplier = roundAway((real / powerOfTwo(shift)) * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    shift++;
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}

/** Left shifts of 32-bit integers end here, in TensorFlow Lite's kernels too. */
const MOST_REAL = 2 ** 30;

/** `fixedMultiplier` for a sum. Throws UserError where the shift would leave 32 bits, or nothing is left that is a number. */
export function sumMultiplier(real: number): FixedMultiplier {
  requireMultiplier(real);
  return fixedMultiplier(real);
}

function requireMultiplier(real: number): void {
  if (real >= 0 && real < MOST_REAL) return;
  throw new UserError(
    `scales give a multiplier of ${real}; from 0 to below 2^30 is allowed: the output's scale is too small for its inputs'`,
  );
}

/** Two roundings: the high half of the product, then the shift to the right. */
export function multiplyTwice(x: number, { multiplier, shift }: FixedMultiplier): number {
  const left = shift > 0 ? wrappedShift(x, shift) : x;
  return dividedByPower(highProduct(left, multiplier), shift > 0 ? 0 : -shift);
}

/** One rounding, of the whole product; ties up. */
export function multiplyOnce(x: number, { multiplier, shift }: FixedMultiplier): number {
  return shiftedProduct(x, multiplier, 31 - shift);
}

/** The fixed-point product of a mode that has one. */
export function fixedProduct(mode: 'gemmlowp' | 'single'): typeof multiplyTwice {
  return mode === 'gemmlowp' ? multiplyTwice : multiplyOnce;
}

/** Nearest integer, ties to even. */
export function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Integer sums to integers of the output's scale, without its zero point and not yet clamped. */
export type Requantize = (sum: number, channel: number) => number;

/**
 * `multipliers`: one a channel, or one for all. Sums are 32-bit integers; results may lie beyond them, and none is −0. Throws
 * UserError for multipliers that are NaN, negative, or 2^30 and more.
 */
export function requantizer(mode: RequantizeMode, multipliers: readonly RealMultiplier[]): Requantize {
  for (const multiplier of multipliers) requireMultiplier(realOf(multiplier));
  const one = multipliers.length === 1;
  switch (mode) {
    case 'gemmlowp':
    case 'single': {
      const fixed = multipliers.map((multiplier) => fixedMultiplier(realOf(multiplier)));
      const product = fixedProduct(mode);
      return (sum, channel) => product(sum, fixed[one ? 0 : channel]!);
    }
    case 'float32': {
      const factors = multipliers.map(floatFactor);
      return (sum, channel) => roundEven(Math.fround(Math.fround(sum) * factors[one ? 0 : channel]!));
    }
    case 'exact': {
      const rationals = multipliers.map(exactRatio);
      const numbers = multipliers.map(({ input, weight, output }) => (input * weight) / output);
      return (sum, channel) => {
        const y = sum * numbers[one ? 0 : channel]!;
        const floor = Math.floor(y);
        // the product of two float32 is exact, so a quotient and a product are all that was rounded
        const near = Math.abs(y - floor - 0.5) <= Math.abs(y) * 2 ** -50;
        if (!near && y !== floor) return roundEven(y);
        const exact = multiply(rationals[one ? 0 : channel]!, toRational(sum));
        return Number(roundToEvenInteger(exact));
      };
    }
    default:
      return mode satisfies never;
  }
}

/** What `float32` multiplies by. */
export function floatFactor({ input, weight, output }: RealMultiplier): number {
  return Math.fround(Math.fround(input * weight) / output);
}

/** What `exact` multiplies by. */
export function exactRatio({ input, weight, output }: RealMultiplier): Rational {
  return divide(multiply(toRational(input), toRational(weight)), toRational(output));
}
