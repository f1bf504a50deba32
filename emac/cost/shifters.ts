/** Multiplexer bits of a unit's shifters, and the work of decoding: what tells the families apart in silicon. */
import { type Datapath, unsignedBits } from '../unit/datapath.js';
import type { MacFacts } from './facts.js';

/** Σ over the levels j of a shifter of min(width, bits + 2^(j+1) − 1): how wide the word is after each. */
export function windowMux(bits: number, levels: number, width: number): number {
  let total = 0;
  for (let level = 0; level < levels; level++) total += Math.min(width, bits + 2 ** (level + 1) - 1);
  return total;
}

/** Σ over the levels s of T + 2^s − 1: a normaliser that keeps T bits and folds the rest into a sticky bit. */
export function normaliserMux(
  facts: MacFacts,
  output: Datapath,
  width: number,
  latticeExponent: number,
): number {
  const levels = (bits: number, kept: number) => {
    let total = 0;
    for (let level = 0; level < unsignedBits(bits - 1); level++) total += kept + 2 ** level - 1;
    return total;
  };
  switch (output.kind) {
    case 'integer':
      // s = 1 aligns by wiring; any other s needs a shifter down to the n bits of the code and one to round
      return facts.multiplier === 'none' ? 0 : levels(width, facts.outputFormat.bits + 1);
    case 'tapered':
      return levels(width - 1, output.significandBits + 1);
    case 'gradual': {
      // below the smallest normal nothing is normalised
      const smallestNormal = output.lsb + output.significandBits - 1 - latticeExponent;
      const fixedTail = facts.multiplier === 'none' ? Math.max(smallestNormal, 0) : 0;
      return levels(Math.max(width - 1 - fixedTail, 1), output.significandBits + 1);
    }
    default:
      return output.kind satisfies never;
  }
}

export function decodeBits(path: Datapath): number {
  switch (path.kind) {
    case 'integer':
      return 0;
    case 'gradual':
      return path.format.bits - path.significandBits;
    case 'tapered':
      return path.format.bits * unsignedBits(path.format.bits - 1);
    default:
      return path.kind satisfies never;
  }
}
