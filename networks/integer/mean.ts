/** The mean over an image as TensorFlow Lite's reference kernel takes it of int8 and int16 codes (QuantizedMeanOrSum). */
import { UserError } from '../../errors.js';
import { INTEGER_TYPES, type IntegerMean, type IntegerTensor, type Values } from './graph.js';
import {
  type FixedMultiplier,
  fixedProduct,
  type RequantizeMode,
  requantizer,
  sumMultiplier,
} from './requantize.js';

/** Most bits that 1 / count is given, so that products stay within 64 bits. */
const MOST_FOLDED = 32;

/** m · 2^shift / count: the quotient has as many bits more as count has, is cut off, and its shift stays −31 at least. */
export function foldedMultiplier({ multiplier, shift }: FixedMultiplier, count: number): FixedMultiplier {
  const bits = Math.min(31 - Math.clz32(count), MOST_FOLDED, 31 + shift);
  const folded = (BigInt(multiplier) << BigInt(bits)) / BigInt(count);
  return { multiplier: Number(folded), shift: shift - bits };
}

/** Throws UserError where a sum may not fit 32 bits, or for types that the kernel does not take. */
export function meanAction(
  { name, pixels, channels }: IntegerMean,
  input: IntegerTensor,
  output: IntegerTensor,
  from: Values,
  to: Values,
  mode: RequantizeMode,
): () => void {
  if (input.type !== output.type || (input.type !== 'int8' && input.type !== 'int16')) {
    throw new UserError(
      `step ${name}: a mean of ${input.type} as ${output.type} is not supported; int8 and int16 are`,
    );
  }
  const [least, most] = INTEGER_TYPES[input.type];
  if (pixels * (most - least) >= 2 ** 31) {
    throw new UserError(
      `step ${name}: sums of ${pixels} ${input.type} may not fit the 32 bits of the kernel; use a smaller image`,
    );
  }
  const average = averager(mode, input.scale, output.scale, pixels);
  return () => {
    for (let channel = 0; channel < channels; channel++) {
      let sum = -input.zeroPoint * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) sum += from[pixel * channels + channel]!;
      to[channel] = Math.min(Math.max(average(sum) + output.zeroPoint, least), most);
    }
  };
}

/** From a sum of `count` codes to the code of their mean, zero points aside. */
function averager(
  mode: RequantizeMode,
  input: number,
  output: number,
  count: number,
): (sum: number) => number {
  switch (mode) {
    case 'gemmlowp':
    case 'single': {
      const folded = foldedMultiplier(sumMultiplier(input / output), count);
      const product = fixedProduct(mode);
      return (sum) => product(sum, folded);
    }
    case 'float32':
    case 'exact': {
      // a float32 times a count below 2^29 is a double
      const whole = { input, weight: 1, output: output * count, product: 'float64' } as const;
      const requantize = requantizer(mode, [whole]);
      return (sum) => requantize(sum, 0);
    }
    default:
      return mode satisfies never;
  }
}
