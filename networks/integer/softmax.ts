/**
 * Softmax of codes in integers, as TensorFlow Lite's reference kernel computes it: e^(x − max) in Q0.31, their sum in Q12.19,
 * its reciprocal by Newton's iteration.
 */
import { exp } from '../../arithmetic/elementary.js';
import { UserError } from '../../errors.js';
import { expOfNegative, reciprocal } from './exponential.js';
import { dividedByPower, highProduct, roundAway, wrappedShift } from './fixed-point.js';
import {
  INTEGER_TYPES,
  type IntegerSoftmax,
  type IntegerTensor,
  type IntegerType,
  type Values,
} from './graph.js';
import { fixedMultiplier, type RequantizeMode } from './requantize.js';

/** Bits before the point of differences, and of the sum of exponentials. */
const DIFFERENCE_BITS = 5;
const SUM_BITS = 12;

/** What makes Q5.26 of a difference of codes, and the furthest difference that counts. */
export function softmaxInput(
  { beta }: Pick<IntegerSoftmax, 'beta'>,
  { scale }: Pick<IntegerTensor, 'scale'>,
): { readonly multiplier: number; readonly shift: number; readonly furthest: number } {
  const real = Math.min(beta * scale * 2 ** (31 - DIFFERENCE_BITS), 2 ** 31 - 1);
  const { multiplier, shift } = fixedMultiplier(real);
  const reach = ((2 ** DIFFERENCE_BITS - 1) * 2 ** (31 - DIFFERENCE_BITS)) / 2 ** shift;
  return { multiplier, shift, furthest: -Math.floor(reach) };
}

export function softmaxCodes(
  step: IntegerSoftmax,
  input: IntegerTensor,
  output: IntegerTensor,
  from: Values,
  to: Values,
  mode: RequantizeMode,
): () => void {
  if ((input.type !== 'int8' && input.type !== 'uint8') || output.type !== input.type) {
    throw new UserError(
      `step ${step.name}: softmax from ${input.type} to ${output.type} is not supported; int8 and uint8 are`,
    );
  }
  if (mode === 'float32') return delegateSoftmax(step, input, output, from, to);
  const [least, most] = INTEGER_TYPES[output.type];
  const { multiplier, shift, furthest } = softmaxInput(step, input);
  const exponential = (difference: number): number =>
    expOfNegative(highProduct(wrappedShift(difference, shift), multiplier));
  const classes = input.shape.at(-1)!;
  return () => {
    for (let row = 0; row < from.length; row += classes) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) largest = Math.max(largest, from[row + c]!);
      let sum = 0;
      for (let c = 0; c < classes; c++) {
        const difference = from[row + c]! - largest;
        if (difference >= furthest) sum += dividedByPower(exponential(difference), SUM_BITS);
      }
      const { value, bits } = reciprocal(sum, SUM_BITS);
      for (let c = 0; c < classes; c++) {
        const difference = from[row + c]! - largest;
        const share = (): number =>
          dividedByPower(highProduct(value, exponential(difference)), bits + 31 - 8);
        const code = difference >= furthest ? share() + least : least;
        to[row + c] = Math.min(Math.max(code, least), most);
      }
    }
  };
}

/**
 * As TensorFlow Lite's own kernel does it beside delegates: float32 exponentials of all differences in a table, their sum, and
 * shares of the output's scale, ties away from 0.
 */
function delegateSoftmax(
  { beta }: IntegerSoftmax,
  input: IntegerTensor,
  output: IntegerTensor,
  from: Values,
  to: Values,
): () => void {
  const f = Math.fround;
  const [least, most] = INTEGER_TYPES[output.type as IntegerType];
  const step = f(f(-input.scale) * beta);
  const table = Float32Array.from({ length: 256 }, (_, difference) => exp(f(step * difference)));
  const classes = input.shape.at(-1)!;
  return () => {
    for (let row = 0; row < from.length; row += classes) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) largest = Math.max(largest, from[row + c]!);
      let sum = 0;
      for (let c = 0; c < classes; c++) sum = f(sum + table[largest - from[row + c]!]!);
      const factor = f(1 / f(sum * output.scale));
      for (let c = 0; c < classes; c++) {
        const share = roundAway(f(table[largest - from[row + c]!]! * factor));
        to[row + c] = Math.min(Math.max(share + output.zeroPoint, least), most);
      }
    }
  };
}
