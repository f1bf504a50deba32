/** Residual add and product of two tensors of codes, as TensorFlow Lite's int8 reference kernels compute them. */
import { exponentOf, powerOfTwo, toRational } from '../../arithmetic/float64.js';
import { add, divide, multiply, type Rational, roundToEvenInteger } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import type { IntegerAdd, IntegerMultiply, IntegerTensor } from './graph.js';
import { fixedProduct, type RequantizeMode, requantizer, roundEven, sumMultiplier } from './requantize.js';

/** Bits that codes are moved to the left, so that the two roundings before the sum lose little. */
export const LEFT = 20;

/** The clamped code of a pair of codes. */
export function joined(
  step: IntegerAdd | IntegerMultiply,
  inputs: readonly IntegerTensor[],
  output: IntegerTensor,
  mode: RequantizeMode,
): (a: number, b: number) => number {
  const [first, second] = inputs as [IntegerTensor, IntegerTensor];
  const { least, most } = step.clamp;
  const end = (code: number): number => Math.min(Math.max(code + output.zeroPoint, least), most);
  if ([first, second, output].some(({ type }) => type !== 'int8' && type !== 'uint8')) {
    throw new UserError(
      `step ${step.name}: joins of ${first.type} and ${second.type} are not supported; int8 and uint8 are`,
    );
  }
  if (step.kind === 'multiply') {
    const multiplier = {
      input: first.scale,
      weight: second.scale,
      output: output.scale,
      product: 'float64',
    } as const;
    const requantize = requantizer(mode, [multiplier]);
    return (a, b) => end(requantize((a - first.zeroPoint) * (b - second.zeroPoint), 0));
  }
  switch (mode) {
    case 'gemmlowp':
    case 'single': {
      const product = fixedProduct(mode);
      const { one, other, result } = fixedSum(first, second, output);
      return (a, b) => {
        const left = product((a - first.zeroPoint) * 2 ** LEFT, one);
        const right = product((b - second.zeroPoint) * 2 ** LEFT, other);
        return end(product(left + right, result));
      };
    }
    case 'float32':
      return delegateSum(first, second, output, end);
    case 'exact':
      return exactSum(first, second, output, end);
    default:
      return mode satisfies never;
  }
}

/** Multipliers of both codes · 2^20 to twice the larger scale, and of their sum to the output's. */
export function fixedSum(first: IntegerTensor, second: IntegerTensor, output: IntegerTensor) {
  const twice = 2 * Math.max(first.scale, second.scale);
  return {
    one: sumMultiplier(first.scale / twice),
    other: sumMultiplier(second.scale / twice),
    result: sumMultiplier(twice / (2 ** LEFT * output.scale)),
  };
}

/** Bits of the larger factor of `delegateSum`, one more before the point. */
const FACTOR_BITS = 20;

/**
 * As XNNPACK's quantized add does it, with integer factors of float32 quotients: s1/s and s2/s in units of 2^-shift, the larger
 * with 21 bits, to the nearest even integer; their sum of products shifted right, ties up.
 */
function delegateSum(
  first: IntegerTensor,
  second: IntegerTensor,
  output: IntegerTensor,
  end: (code: number) => number,
): (a: number, b: number) => number {
  const { one, other, shift } = delegateFactors(first, second, output);
  const half = powerOfTwo(shift - 1);
  return (a, b) => {
    const sum = (a - first.zeroPoint) * one + (b - second.zeroPoint) * other;
    return end(Math.floor((sum + half) / powerOfTwo(shift)));
  };
}

/** The factors of both codes, in units of 2^-shift. */
export function delegateFactors(first: IntegerTensor, second: IntegerTensor, output: IntegerTensor) {
  const [a, b] = [first, second].map(({ scale }) => Math.fround(scale / output.scale)) as [number, number];
  const shift = FACTOR_BITS - exponentOf(Math.max(a, b));
  const factor = (quotient: number): number => roundEven(quotient * powerOfTwo(shift));
  return { one: factor(a), other: factor(b), shift };
}

/** Nearest even integer of the exact (s1·(a − z1) + s2·(b − z2)) / s, the scales as stored. */
function exactSum(
  first: IntegerTensor,
  second: IntegerTensor,
  output: IntegerTensor,
  end: (code: number) => number,
): (a: number, b: number) => number {
  const [one, other, whole] = [first, second, output].map(({ scale }) => toRational(scale)) as [
    Rational,
    Rational,
    Rational,
  ];
  return (a, b) => {
    const left = multiply(one, toRational(a - first.zeroPoint));
    const right = multiply(other, toRational(b - second.zeroPoint));
    return end(Number(roundToEvenInteger(divide(add(left, right), whole))));
  };
}
