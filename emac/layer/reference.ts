/**
 * The slow, obvious EMAC that decides what is right: integer sums in BigInt, one rounding of an exact rational.
 */

import { compare, dyadic, multiply, type Rational } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import type { CodeArray } from '../../formats/code-array.js';
import { referenceEncode } from '../../formats/rounding/reference.js';
import type { Encoding } from '../../quantizers/encoding.js';
import { addOperands, multiplyOperands, type Operand, type OperandReader } from './lattice.js';
import type { Activation, MacLayer } from './layer.js';

/** A value before the one rounding: an exact real, or what extended-real arithmetic left. */
export type Extended = Rational | 'nan' | '+infinity' | '-infinity';

/**
 * Σ w·x + b in units of the layer's lattice, for the k activations from `offset` on and one channel. NaN, NaR
 * and Inf operands give what extended-real arithmetic gives.
 */
export function exactSum(
  layer: MacLayer,
  readers: { readonly weights: OperandReader; readonly activations: OperandReader },
  activations: CodeArray,
  offset: number,
  channel: number,
): Operand {
  let sum: Operand = layer.bias[channel]!;
  const row = channel * layer.k;
  for (let i = 0; i < layer.k; i++) {
    const w = readers.weights.operand(layer.weightCodes[row + i]!);
    const x = readers.activations.operand(activations[offset + i]!);
    sum = addOperands(sum, multiplyOperands(w, x));
  }
  return sum;
}

/** s · sum as an exact value. */
export function scaleSum(layer: MacLayer, sum: Operand, channel: number): Extended {
  if (typeof sum !== 'bigint') return sum;
  return multiply(layer.multipliers[channel]!, dyadic(sum, layer.latticeExponent));
}

/** act, before the rounding; ReLU passes NaN on, and an exact zero is +0. */
export function activate(value: Extended, activation: Activation, cap: Rational | undefined): Extended {
  if (activation === 'identity' || value === 'nan') return value;
  const zero = dyadic(0n, 0);
  if (value === '-infinity') return zero;
  if (value !== '+infinity' && value.numerator < 0n) return zero;
  if (cap === undefined) return value;
  return value === '+infinity' || compare(value, cap) > 0 ? cap : value;
}

/**
 * encode_y of an exact value: rounds once, adds the zero point, clamps. Throws UserError where the format has no
 * code for a NaN or infinity.
 */
export function encodeExact(value: Extended, output: Encoding, randomWord?: number): number {
  const { format, rounding, zeroPoint, range } = output;
  if (typeof value === 'string') {
    const number =
      value === 'nan'
        ? Number.NaN
        : value === '+infinity'
          ? Number.POSITIVE_INFINITY
          : Number.NEGATIVE_INFINITY;
    if (format.nan === undefined && (value === 'nan' || format.infinityInput === 'error')) {
      throw new UserError(
        `${format.name} has no code for ${value}; use a format with NaN where operands may be NaN or infinite`,
      );
    }
    return format.encode(number, rounding, randomWord);
  }
  return referenceEncode(format, value, rounding, {
    zeroPoint,
    range,
    ...(randomWord === undefined ? {} : { randomWord }),
  });
}

/** The code of one output of the layer, exactly, with the exact accumulator. */
export function referenceOutput(
  layer: MacLayer,
  readers: { readonly weights: OperandReader; readonly activations: OperandReader },
  activations: CodeArray,
  offset: number,
  channel: number,
  randomWord?: number,
): number {
  const sum = exactSum(layer, readers, activations, offset, channel);
  return encodeExact(
    activate(scaleSum(layer, sum, channel), layer.activation, layer.cap),
    layer.output,
    randomWord,
  );
}
