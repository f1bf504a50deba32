/**
 * One multiply-accumulate layer in codes (docs/numerics.md §4):
 * y = encode_y( act( s · ( Σ (w − z_w)(x − z_x) + b ) ) ), everything inside exact, one rounding.
 */

import { exponentOfRational, roundToPrecision, toNumber, toRational } from '../../arithmetic/float64.js';
import { divide, dyadic, multiply, type Rational } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import type { CodeArray } from '../../formats/code-array.js';
import { encodeTensor, placementOf, type TensorRandomKey } from '../../quantizers/encoder.js';
import type { Encoding } from '../../quantizers/encoding.js';
import { biasUnits } from './bias.js';
import type { LayerChoices } from './choices.js';

export type Activation = 'identity' | 'relu' | 'relu6';

export interface MacLayer {
  readonly name: string;
  /** Length of each dot product. */
  readonly k: number;
  readonly outChannels: number;
  readonly weights: Encoding;
  readonly activations: Encoding;
  readonly output: Encoding;
  readonly activation: Activation;
  readonly choices: LayerChoices;
  /** [outChannels, k] */
  readonly weightCodes: CodeArray;
  /** RNp(scale_w · scale_x / scale_y), one a channel. */
  readonly multipliers: readonly Rational[];
  /** b in units of 2^latticeExponent, one a channel. */
  readonly bias: readonly bigint[];
  /** lsb_w + lsb_x. */
  readonly latticeExponent: number;
  /** 6 / scale_y, where relu6 clamps. */
  readonly cap: Rational | undefined;
  /** Index of this tensor in the plan: part of the counter of random words. */
  readonly tensor: number;
}

export interface LayerSource {
  readonly name: string;
  readonly k: number;
  readonly outChannels: number;
  /** [outChannels, k] */
  readonly weights: Float32Array;
  /** [outChannels]; finite. */
  readonly bias: Float32Array;
  readonly activation: Activation;
  /** Index of the output edge. */
  readonly tensor: number;
  /** Which of a grouped convolution's groups this is; 0 without groups. */
  readonly group: number;
}

/**
 * What random words of parameters are keyed by, so that they share none with activations: the tensor word is
 * this plus the index of the layer's output edge, the image word the group.
 */
export const WEIGHT_KEYS = 0x10000;
export const BIAS_KEYS = 0x20000;

/**
 * s = RNp(of the exact quotient numerator / denominator), p = scaleBits; a power of two stays one. `where` names its
 * step in errors. Throws UserError for an s outside 2^±512.
 */
export function multiplierOf(
  where: string,
  numerator: Rational,
  denominator: number,
  scaleBits: number,
): Rational {
  const s = roundToPrecision(divide(numerator, toRational(denominator)), scaleBits);
  const exponent = exponentOfRational(s);
  if (Math.abs(exponent) > 512) {
    throw new UserError(`${where}: its multiplier is 2^${exponent}; keep scales so that it is within 2^±512`);
  }
  return s;
}

/**
 * Quantizes a layer: weights to codes, s to `scaleBits` significand bits, the bias to the product lattice
 * (nearest, ties to the even multiple). Throws UserError for a NaN or infinite weight or bias, for granularities
 * that activations cannot have, and for an `s` outside 2^±512.
 */
export function quantizeLayer(
  source: LayerSource,
  weights: Encoding,
  activations: Encoding,
  output: Encoding,
  choices: LayerChoices,
): MacLayer {
  const { name, outChannels, k } = source;
  for (const [what, encoding] of [
    ['activations', activations],
    ['outputs', output],
  ] as const) {
    if (encoding.granularity.kind !== 'tensor') {
      throw new UserError(
        `layer '${name}': ${what} have one scale per ${encoding.granularity.kind}; the emac dataflow takes one per tensor`,
      );
    }
  }
  if (weights.granularity.kind === 'group') {
    throw new UserError(
      `layer '${name}': group scales are not available in the emac dataflow; use tensor or channel`,
    );
  }
  const latticeExponent = weights.format.facts.lsbExponent + activations.format.facts.lsbExponent;
  const randomKeyOf = (kind: number): TensorRandomKey => ({
    seed: choices.seed,
    tensor: kind + source.tensor,
    image: source.group,
  });
  const inputScale = toRational(activations.scales[0]!);
  const multipliers = Array.from({ length: outChannels }, (_, channel) => {
    const unit = multiply(toRational(placementOf(weights, channel).scale), inputScale);
    return multiplierOf(`layer '${name}'`, unit, output.scales[0]!, choices.scaleBits);
  });
  return {
    name,
    k,
    outChannels,
    weights,
    activations,
    output,
    choices,
    latticeExponent,
    activation: source.activation,
    weightCodes: encodeTensor(source.weights, weights, {
      channels: outChannels,
      name: `weights of layer '${name}'`,
      randomKey: randomKeyOf(WEIGHT_KEYS),
    }),
    multipliers,
    bias: biasUnits(
      { name, bias: source.bias, randomKey: randomKeyOf(BIAS_KEYS) },
      ...([weights, activations, choices.bias] as const),
    ),
    cap: source.activation === 'relu6' ? divide(dyadic(6n, 0), toRational(output.scales[0]!)) : undefined,
    tensor: source.tensor,
  };
}

/** s as a float64; exact for scaleBits ≤ 53. */
export function multiplierNumber(layer: MacLayer, channel: number): number {
  return toNumber(layer.multipliers[channel]!);
}
