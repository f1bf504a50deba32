/** From one tensor's scale to another's, from floats to codes and back, as TensorFlow Lite's reference kernels do. */
import { roundAway } from './fixed-point.js';
import { INTEGER_TYPES, type IntegerStep, type IntegerTensor } from './graph.js';
import { type RequantizeMode, requantizer } from './requantize.js';

/** The value in the output of a value in the input; NaN gives the zero point. */
export function quantized(
  _: Pick<IntegerStep, 'name'>,
  input: IntegerTensor,
  output: IntegerTensor,
  mode: RequantizeMode,
): (value: number) => number {
  if (output.type === 'float32') {
    return input.type === 'float32'
      ? (value) => value
      : (code) => Math.fround(input.scale * (code - input.zeroPoint));
  }
  const [least, most] = INTEGER_TYPES[output.type];
  const end = (code: number): number => Math.min(Math.max(code + output.zeroPoint, least), most);
  if (input.type === 'float32') {
    return (value) =>
      Number.isNaN(value) ? output.zeroPoint : end(roundAway(Math.fround(value / output.scale)));
  }
  if (input.type === output.type && input.scale === output.scale && input.zeroPoint === output.zeroPoint) {
    return (code) => code;
  }
  const multiplier = { input: input.scale, weight: 1, output: output.scale, product: 'float64' } as const;
  const requantize = requantizer(mode, [multiplier]);
  return (code) => end(requantize(code - input.zeroPoint, 0));
}

/**
 * The code in a concatenation's output of a code in one of its inputs. Of uint8, as TensorFlow Lite's ConcatenationWithScaling: a
 * float32 product and a float32 sum, ties away from 0, whatever the mode; of others as quantized.
 */
export function joinedCode(
  step: Pick<IntegerStep, 'name'>,
  input: IntegerTensor,
  output: IntegerTensor,
  mode: RequantizeMode,
): (code: number) => number {
  const isSame = input.scale === output.scale && input.zeroPoint === output.zeroPoint;
  if (input.type !== 'uint8' || output.type !== 'uint8' || isSame)
    return quantized(step, input, output, mode);
  const f = Math.fround;
  const scale = f(input.scale * f(1 / output.scale));
  const offset = f(-input.zeroPoint * scale);
  return (code) => {
    const value = roundAway(f(f(code * scale) + offset)) + output.zeroPoint;
    return Math.max(Math.min(value, 255), 0);
  };
}
