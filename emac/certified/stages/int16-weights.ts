/** Weights as the int16 GEMM reads them: scaled by a power of two, rounded, packed, with their norms. */
import { exponentOf, powerOfTwo } from '../../../arithmetic/float64.js';
import type { Kernels } from '../../../kernels/loader.js';
import { codeTable, int16Exponent, useFacts } from '../../codes/facts.js';
import type { MacLayer } from '../../layer/layer.js';
import { OUTWARD } from '../bounds.js';

/**
 * Weights are scaled to this norm, half of the 31 bits of a sum, and the other half is the activations'; less where
 * int16 then holds every weight exactly.
 */
const BALANCED_NORM = powerOfTwo(16);

export interface Int16Weights {
  /** ŵ = round(2^exponent · w). */
  readonly exponent: number;
  /** Panels [n/8][k/2][8][2], pointer. */
  readonly panels: number;
  readonly paddedN: number;
  readonly paddedK: number;
  /** ‖ŵ‖ and ‖2^i·w − ŵ‖ of every channel, rounded up. */
  readonly norms: Float64Array;
  readonly residuals: Float64Array;
  readonly largestNorm: number;
  /** The same of a channel's positive or negative weights alone, rounded up: what bounds sums of activations of one sign. */
  readonly largestSidedNorm: number;
  /** Whether int16 holds every weight exactly. */
  readonly areExact: boolean;
}

/** `run`: how many consecutive k the activations' panels hold together, each run filled up to an even length. */
export function packInt16Weights(kernels: Kernels, layer: MacLayer, run: number): Int16Weights {
  const { k, outChannels, weightCodes } = layer;
  const table = codeTable(layer.weights);
  const used = new Uint8Array(table.values.length);
  for (const code of weightCodes) used[code] = 1;
  const facts = useFacts(table, used);
  const exponent = weightExponent(layer, table.values, facts);
  const factor = powerOfTwo(exponent);

  const paddedN = Math.ceil(outChannels / 8) * 8;
  const evenRun = run + (run & 1);
  const paddedK = (k / run) * evenRun;
  const panels = kernels.allocate(paddedN * paddedK * 2);
  const packed = kernels.i16(panels, paddedN * paddedK);
  const norms = new Float64Array(outChannels);
  const residuals = new Float64Array(outChannels);
  let areExact = true;
  let largestSide = 0;
  for (let channel = 0; channel < outChannels; channel++) {
    let squares = 0;
    let negatives = 0;
    let residualSquares = 0;
    const panel = (channel >> 3) * paddedK * 8 + (channel & 7) * 2;
    for (let p = 0; p < k; p++) {
      const code = weightCodes[channel * k + p]!;
      const scaled = table.values[code]! * factor;
      const integer = Math.round(scaled);
      const at = Math.floor(p / run) * evenRun + (p % run);
      packed[panel + (at >> 1) * 16 + (at & 1)] = integer;
      squares += integer * integer;
      if (integer < 0) negatives += integer * integer;
      residualSquares += (scaled - integer) * (scaled - integer);
    }
    norms[channel] = Math.sqrt(squares) * OUTWARD;
    residuals[channel] = Math.sqrt(residualSquares) * OUTWARD;
    largestSide = Math.max(largestSide, negatives, squares - negatives);
    if (residualSquares > 0) areExact = false;
  }
  const largestNorm = norms.reduce((a, b) => Math.max(a, b), 0);
  const largestSidedNorm = Math.sqrt(largestSide) * OUTWARD;
  return { exponent, panels, paddedN, paddedK, norms, residuals, largestNorm, largestSidedNorm, areExact };
}

function weightExponent(
  layer: MacLayer,
  values: Float64Array,
  facts: { largest: number; lsb: number | undefined },
): number {
  if (facts.lsb === undefined) return 0;
  let norm = 0;
  for (let channel = 0; channel < layer.outChannels; channel++) {
    let squares = 0;
    for (let p = 0; p < layer.k; p++) {
      const value = values[layer.weightCodes[channel * layer.k + p]!]!;
      squares += value * value;
    }
    norm = Math.max(norm, Math.sqrt(squares));
  }
  const fits = int16Exponent(facts.largest);
  return Math.min(fits, exponentOf(BALANCED_NORM / norm), -facts.lsb);
}
