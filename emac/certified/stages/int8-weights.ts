/** Weights as the int8 GEMM reads them, where int8 holds every one exactly, and how many products int16 sums hold. */
import { powerOfTwo } from '../../../arithmetic/float64.js';
import type { Kernels } from '../../../kernels/loader.js';
import { codeTable, useFacts } from '../../codes/facts.js';
import type { MacLayer } from '../../layer/layer.js';

/**
 * Lengths of segments, in steps of four values of k, after which int16 sums may be widened. Shorter ones are slower
 * than int16 products: at 3 the widening costs what the narrower products save.
 */
const SEGMENTS = [4, 6, 8, 12, 16, 32, 64, 128] as const;

export interface Int8Weights {
  /** ŵ = 2^exponent · w, an integer −128..127. */
  readonly exponent: number;
  /** Panels [n/8][k/4][8][4], pointer. */
  readonly panels: number;
  readonly paddedN: number;
  readonly paddedK: number;
  /** Σ ŵ of every channel. */
  readonly sums: Float64Array;
  /** The largest Σ|ŵ| of a channel. */
  readonly magnitude: number;
  /** The largest sum of weights of one sign that falls into one int16 lane, for segments of so many steps. */
  readonly segments: readonly { readonly steps: number; readonly largest: number }[];
}

/** Undefined where a weight does not fit. */
export function packInt8Weights(kernels: Kernels, layer: MacLayer): Int8Weights | undefined {
  const { k, outChannels, weightCodes } = layer;
  const table = codeTable(layer.weights);
  const used = new Uint8Array(table.values.length);
  for (const code of weightCodes) used[code] = 1;
  const { lsb, lowest, highest } = useFacts(table, used);
  if (lsb === undefined) return undefined;
  const factor = powerOfTwo(-lsb);
  if (lowest * factor < -128 || highest * factor > 127) return undefined;

  const paddedN = Math.ceil(outChannels / 8) * 8;
  const paddedK = Math.ceil(k / 4) * 4;
  const panels = kernels.allocate(paddedN * paddedK);
  const packed = kernels.u8(panels, paddedN * paddedK);
  const integers = Int8Array.from(weightCodes, (code) => table.values[code]! * factor);
  const sums = new Float64Array(outChannels);
  let magnitude = 0;
  for (let channel = 0; channel < outChannels; channel++) {
    let magnitudes = 0;
    const panel = (channel >> 3) * paddedK * 8 + (channel & 7) * 4;
    for (let p = 0; p < k; p++) {
      const integer = integers[channel * k + p]!;
      packed[panel + (p >> 2) * 32 + (p & 3)] = integer;
      sums[channel]! += integer;
      magnitudes += Math.abs(integer);
    }
    magnitude = Math.max(magnitude, magnitudes);
  }
  const segments = SEGMENTS.map((steps) => ({ steps, largest: largestLane(integers, k, steps) }));
  return { exponent: -lsb, panels, paddedN, paddedK, sums, magnitude, segments };
}

/** Lane 0 of a step adds the first two of its four values of k, lane 1 the others. */
function largestLane(integers: Int8Array, k: number, steps: number): number {
  let largest = 0;
  for (let row = 0; row < integers.length; row += k) {
    for (let from = 0; from < k; from += 4 * steps) {
      for (const lane of [0, 2]) {
        let positive = 0;
        let negative = 0;
        const to = Math.min(k, from + 4 * steps);
        for (let p = from + lane; p < to; p += 4) {
          for (let at = p; at < Math.min(p + 2, to); at++) {
            const integer = integers[row + at]!;
            if (integer > 0) positive += integer;
            else negative -= integer;
          }
        }
        largest = Math.max(largest, positive, negative);
      }
    }
  }
  return largest;
}
