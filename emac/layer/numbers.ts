/** The multipliers and biases of a layer's channels as float64, converted once. */
import { powerOfTwo, toNumber, toRational } from '../../arithmetic/float64.js';
import { compare, dyadic } from '../../arithmetic/rational.js';
import { type MacLayer, multiplierNumber } from './layer.js';

export interface LayerNumbers {
  /** s, exact for up to 53 bits. [outChannels] */
  readonly multipliers: Float64Array;
  /** b as a real, in units of scale_w · scale_x, rounded to nearest; ±Infinity beyond float64. [outChannels] */
  readonly bias: Float64Array;
  /** 1 where `bias` is b exactly. [outChannels] */
  readonly biasIsExact: Uint8Array;
  /** 2^latticeExponent. */
  readonly latticeUnit: number;
}

export function layerNumbers(layer: MacLayer): LayerNumbers {
  const exact = layer.bias.map((units) => dyadic(units, layer.latticeExponent));
  const bias = Float64Array.from(exact, toNumber);
  const isExact = (b: number, channel: number) =>
    Number.isFinite(b) && compare(toRational(b), exact[channel]!) === 0;
  return {
    multipliers: Float64Array.from(layer.multipliers, (_, channel) => multiplierNumber(layer, channel)),
    bias,
    biasIsExact: Uint8Array.from(bias, (b, channel) => (isExact(b, channel) ? 1 : 0)),
    latticeUnit: powerOfTwo(layer.latticeExponent),
  };
}
