/** The numbers of a layer's channels as float64, taken once. */
import { powerOfTwo } from '../../arithmetic/float64.js';
import { type MacLayer, multiplierNumber } from '../layer.js';

export interface LayerNumbers {
  /** s, exact for up to 53 bits. [outChannels] */
  readonly multipliers: Float64Array;
  /** b in lattice steps, rounded to nearest. [outChannels] */
  readonly biasSteps: Float64Array;
  /** 1 where `biasSteps` is b exactly. [outChannels] */
  readonly biasIsExact: Uint8Array;
  /** 2^latticeExponent. */
  readonly step: number;
}

export function layerNumbers(layer: MacLayer): LayerNumbers {
  const biasSteps = Float64Array.from(layer.bias, Number);
  return {
    multipliers: Float64Array.from(layer.multipliers, (_, channel) => multiplierNumber(layer, channel)),
    biasSteps,
    biasIsExact: Uint8Array.from(layer.bias, (b, channel) => (BigInt(biasSteps[channel]!) === b ? 1 : 0)),
    step: powerOfTwo(layer.latticeExponent),
  };
}
