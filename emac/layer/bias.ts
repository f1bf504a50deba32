/**
 * The bias of a layer as an integer of lattice units, 2^(lsb_w + lsb_x) · scale_w · scale_x each (docs/numerics.md
 * §4): an exact quotient, rounded once.
 */
import { nearestMultiple, toRational } from '../../arithmetic/float64.js';
import { divide, multiply, rational } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import { encodeTensor, placementOf, type TensorRandomKey } from '../../quantizers/encoder.js';
import type { Encoding } from '../../quantizers/encoding.js';
import type { LayerChoices } from './choices.js';
import { operandOf } from './lattice.js';

export interface BiasSource {
  /** Of the layer, for errors. */
  readonly name: string;
  /** [outChannels] */
  readonly bias: Float32Array;
  /** Key and counter of the random words of stochastic rounding (`bias: format` only). */
  readonly randomKey: TensorRandomKey;
}

/**
 * One integer a channel, nearest, ties to the even one. Throws UserError for a bias that is NaN or infinite, or that
 * the weights' format and overflow policy make so.
 */
export function biasUnits(
  source: BiasSource,
  weights: Encoding,
  activations: Encoding,
  choice: LayerChoices['bias'],
): bigint[] {
  const what = `bias of layer '${source.name}'`;
  const index = source.bias.findIndex((value) => !Number.isFinite(value));
  if (index >= 0)
    throw new UserError(`${what}: element ${index} is ${source.bias[index]}; every value must be finite`);
  switch (choice) {
    case 'accumulator':
      return roundedValues(source.bias, weights, activations);
    case 'format':
      return roundedCodes(source, what, weights, activations);
    default:
      return choice satisfies never;
  }
}

/** bias / (scale_w · scale_x) */
function roundedValues(bias: Float32Array, weights: Encoding, activations: Encoding): bigint[] {
  const exponent = weights.format.facts.lsbExponent + activations.format.facts.lsbExponent;
  const inputScale = toRational(activations.scales[0]!);
  return Array.from(bias, (value, channel) => {
    const unit = multiply(toRational(placementOf(weights, channel).scale), inputScale);
    return nearestMultiple(divide(toRational(value), unit), exponent);
  });
}

/**
 * The bias put through the weights' encoding, full range. Its real is scale_w · (value(code) − z_w), so that in units
 * of scale_w · scale_x it is (value(code) − z_w) / scale_x: scale_w is in neither, and nothing is rounded before.
 */
function roundedCodes(
  { bias, randomKey }: BiasSource,
  what: string,
  weights: Encoding,
  activations: Encoding,
): bigint[] {
  const { format, rounding, zeroPoint } = weights;
  const { lsbExponent } = format.facts;
  const codes = encodeTensor(
    bias,
    { ...weights, range: 'full' },
    { channels: bias.length, name: what, randomKey },
  );
  const inputScale = toRational(activations.scales[0]!);
  return Array.from(codes, (code, channel) => {
    const units = operandOf(format.decode(code), lsbExponent, zeroPoint);
    if (typeof units !== 'bigint') {
      throw new UserError(
        `${what}: element ${channel}, ${bias[channel]}, is beyond ${format.name} under policy ${rounding.policy}; use policy saturate, or bias accumulator`,
      );
    }
    return nearestMultiple(divide(rational(units), inputScale), activations.format.facts.lsbExponent);
  });
}
