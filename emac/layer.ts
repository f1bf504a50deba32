/**
 * One multiply-accumulate layer in codes (docs/numerics.md §4):
 * y = encode_y( act( s · ( Σ (w − z_w)(x − z_x) + b ) ) ), everything inside exact, one rounding.
 */
import {
  exponentOfRational,
  nearestMultiple,
  roundToPrecision,
  toNumber,
  toRational,
} from '../arithmetic/float64.js';
import { divide, dyadic, multiply, type Rational } from '../arithmetic/rational.js';
import { UserError } from '../errors.js';
import { decodeTensor, encodeTensor } from '../quantizers/encoder.js';
import type { Encoding } from '../quantizers/encoding.js';
import type { LayerChoices } from './choices.js';

export type Activation = 'identity' | 'relu' | 'relu6';
export type Codes = Uint8Array | Uint16Array | Uint32Array;

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
  readonly weightCodes: Codes;
  /** RNp(scale_w · scale_x / scale_y), one a channel. */
  readonly multipliers: readonly Rational[];
  /** b in steps of 2^latticeExponent, one a channel. */
  readonly bias: readonly bigint[];
  /** lsb_w + lsb_x. */
  readonly latticeExponent: number;
  /** 6 / scale_y, where relu6 clamps. */
  readonly cap: Rational | undefined;
  /** Index of this tensor in the plan: part of the counter of stochastic draws. */
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
 * What parameters' stochastic draws are keyed by, so that they share none with activations: the tensor word is
 * this plus the index of the layer's output edge, the image word the group.
 */
export const WEIGHT_DRAWS = 0x10000;
export const BIAS_DRAWS = 0x20000;

function scaleOf(encoding: Encoding, channel: number): number {
  return encoding.scales.length === 1 ? encoding.scales[0]! : encoding.scales[channel]!;
}

/** s = RNp(of the exact quotient a / b), p = scaleBits; a power of two stays one. */
export function multiplierOf(numerator: Rational, denominator: number, scaleBits: number): Rational {
  return roundToPrecision(divide(numerator, toRational(denominator)), scaleBits);
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
  checkFinite(source.bias, `bias of layer '${name}'`);
  const latticeExponent = weights.format.facts.lsbExponent + activations.format.facts.lsbExponent;
  const drawOf = (kind: number) => ({
    seed: choices.seed,
    tensor: kind + source.tensor,
    image: source.group,
  });
  const bias =
    choices.bias === 'format'
      ? quantizedBias(source.bias, weights, name, drawOf(BIAS_DRAWS))
      : Float64Array.from(source.bias);
  const multipliers: Rational[] = [];
  const biasSteps: bigint[] = [];
  for (let channel = 0; channel < outChannels; channel++) {
    const unit = multiply(toRational(scaleOf(weights, channel)), toRational(activations.scales[0]!));
    const s = multiplierOf(unit, output.scales[0]!, choices.scaleBits);
    if (Math.abs(exponentOfRational(s)) > 512) {
      throw new UserError(
        `layer '${name}': its multiplier is 2^${exponentOfRational(s)}; keep scales so that it is within 2^±512`,
      );
    }
    multipliers.push(s);
    biasSteps.push(nearestMultiple(divide(toRational(bias[channel]!), unit), latticeExponent));
  }
  return {
    ...{ name, k, outChannels, weights, activations, output, choices, latticeExponent },
    activation: source.activation,
    weightCodes: encodeTensor(source.weights, weights, {
      ...{ channels: outChannels, name: `weights of layer '${name}'` },
      draw: drawOf(WEIGHT_DRAWS),
    }),
    multipliers,
    bias: biasSteps,
    cap: source.activation === 'relu6' ? divide(dyadic(6n, 0), toRational(output.scales[0]!)) : undefined,
    tensor: source.tensor,
  };
}

/** The bias put through the weights' encoding, full range, channel by channel. */
function quantizedBias(
  bias: Float32Array,
  weights: Encoding,
  name: string,
  draw: { readonly seed: number; readonly tensor: number; readonly image: number },
): Float64Array {
  const encoding: Encoding = { ...weights, range: 'full' };
  const codes = encodeTensor(bias, encoding, {
    channels: bias.length,
    name: `bias of layer '${name}'`,
    draw,
  });
  return decodeTensor(codes, encoding, bias.length);
}

function checkFinite(values: Float32Array, what: string): void {
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index >= 0)
    throw new UserError(`${what}: element ${index} is ${values[index]}; every value must be finite`);
}

/** s as a float64; exact for scaleBits ≤ 53. */
export function multiplierNumber(layer: MacLayer, channel: number): number {
  return toNumber(layer.multipliers[channel]!);
}
