/**
 * The layers of Yao et al. as the cost model is told of them (docs/cost.md): shifts alone requantize, but where a channel's A is no
 * power of two, which is an R × W multiplication an output.
 */
import type { MacFacts } from '../../emac/cost/facts.js';
import { getFormat } from '../../formats/registry.js';
import { alignmentOf, type YaoLayer } from './layer.js';

/** One entry a layer and group of channels. */
export function yaoFacts(layers: readonly YaoLayer[]): MacFacts[] {
  return layers.flatMap((layer) => {
    const { step, bits } = layer;
    const { groups, outChannels, window, k, name } = step;
    const format = getFormat(`pow2int${bits}`);
    const channels = outChannels / groups;
    return Array.from({ length: groups }, (_, group): MacFacts => {
      const own = { first: group * channels, end: (group + 1) * channels };
      return {
        name,
        weightFormat: format,
        activationFormat: format,
        outputFormat: format,
        k,
        outputs: window.outHeight * window.outWidth * channels,
        accumulator: { kind: 'exact' },
        scaleBits: bits,
        zeroPoints: 'none',
        ...scalingOf(layer, own),
      };
    });
  });
}

interface Channels {
  readonly first: number;
  readonly end: number;
}

/** B is preloaded where MAC · A only shifts and B is a whole number of the sum's units; else an adder behind A takes it. */
function scalingOf(
  layer: YaoLayer,
  { first, end }: Channels,
): Pick<MacFacts, 'multiplier' | 'largestBias' | 'biasAdderBits'> {
  const { product, shift, common } = alignmentOf(layer);
  const gains = [...layer.gain.subarray(first, end)];
  const biases = [...layer.bias.subarray(first, end)];
  const behind = { largestBias: 0n, biasAdderBits: layer.resultBits };
  const powers = gains.map(powerOf);
  if (!powers.every((power): power is number => power !== undefined)) {
    return { multiplier: 'multiply', ...behind };
  }
  const multiplier = powers.every((power) => power + product === common - layer.to) ? 'none' : 'shift';
  // B in units of the sum: a shift left by so much
  const lifts = powers.map((power) => shift - power - product);
  if (biases.some((b, c) => b !== 0 && lifts[c]! < 0)) return { multiplier, ...behind };
  const held = biases.map((b, c) => (b === 0 ? 0n : BigInt(Math.abs(b)) << BigInt(lifts[c]!)));
  return { multiplier, largestBias: held.reduce((most, b) => (b > most ? b : most), 0n) };
}

/** k of 2^k; undefined of 0, of what is negative and of other numbers. */
function powerOf(code: number): number | undefined {
  const power = 31 - Math.clz32(code);
  return code > 0 && code === 2 ** power ? power : undefined;
}
