/** The weights of a depthwise layer as int16, each channel in units of its own, and what else its sums are made of. */
import { powerOfTwo } from '../../../arithmetic/float64.js';
import type { Kernels } from '../../../kernels/loader.js';
import { codeTable, useFacts } from '../../codes/facts.js';
import type { MacLayer } from '../../layer/layer.js';
import type { LayerNumbers } from '../../layer/numbers.js';
import { underflowBound } from '../bounds.js';

const LARGEST_INT16 = 32_767;

/** Channels that int16 cannot hold exactly (too wide a range, NaN or Inf, a bias that is no float64) have weights 0. */
export interface DepthwiseWeights {
  /** [channels/8][pairs][8][2], pointer. */
  readonly panels: number;
  readonly pairs: number;
  /** Integers are weights times 2^exponent. [channels] */
  readonly exponents: Int32Array;
  /** Σ |integer|; undefined for channels that are not held. [channels] */
  readonly magnitudes: readonly (number | undefined)[];
}

/** `layer`: one weight row a channel, k taps each. */
export function packDepthwise(kernels: Kernels, layer: MacLayer, numbers: LayerNumbers): DepthwiseWeights {
  const { k, outChannels } = layer;
  const pairs = Math.ceil(k / 2);
  const length = Math.ceil(outChannels / 8) * 8 * pairs * 2;
  const panels = kernels.allocate(length * 2);
  const packed = kernels.i16(panels, length);
  const exponents = new Int32Array(outChannels);
  const magnitudes = Array.from({ length: outChannels }, (_, channel) => {
    const integers = integersOf(layer, numbers, channel);
    if (!integers) return undefined;
    exponents[channel] = integers.exponent;
    const panel = (channel >> 3) * pairs * 16 + (channel & 7) * 2;
    let magnitude = 0;
    for (const [p, integer] of integers.values.entries()) {
      packed[panel + (p >> 1) * 16 + (p & 1)] = integer;
      magnitude += Math.abs(integer);
    }
    return magnitude;
  });
  return { panels, pairs, exponents, magnitudes };
}

interface Integers {
  readonly exponent: number;
  readonly values: Float64Array;
}

/**
 * A channel's weights as integers, on the lattice of the format where int16 reaches so far, for biases lie on it; else on
 * that of the weights themselves.
 */
function integersOf(layer: MacLayer, numbers: LayerNumbers, channel: number): Integers | undefined {
  const { k, weights, weightCodes, latticeExponent } = layer;
  if (numbers.biasIsExact[channel] === 0) return undefined;
  if (underflowBound(numbers.multipliers[channel]!, latticeExponent) !== 0) return undefined;
  const table = codeTable(weights);
  const codes = weightCodes.subarray(channel * k, (channel + 1) * k);
  const used = new Uint8Array(table.values.length);
  for (const code of codes) used[code] = 1;
  const { largest, lsb = 0, hasSpecials } = useFacts(table, used);
  if (hasSpecials) return undefined;
  for (const exponent of [-weights.format.facts.lsbExponent, -lsb]) {
    const factor = powerOfTwo(exponent);
    if (largest * factor > LARGEST_INT16) continue;
    return { exponent, values: Float64Array.from(codes, (code) => table.values[code]! * factor) };
  }
  return undefined;
}
