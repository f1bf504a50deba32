/** Multiplexer bits of a unit's shifters, and the work of decoding: what tells the families apart in area and energy. */
import { type Datapath, unsignedBits } from '../unit/datapath.js';

/** Σ over the levels j of a shifter of min(width, bits + 2^(j+1) − 1): how wide the word is after each. */
export function windowMux(bits: number, levels: number, width: number): number {
  let total = 0;
  for (let level = 0; level < levels; level++) total += Math.min(width, bits + 2 ** (level + 1) - 1);
  return total;
}

/** Σ over the levels s of T + 2^s − 1: a normaliser that keeps T bits and folds the rest into a sticky bit. */
function keptMux(bits: number, kept: number): number {
  let total = 0;
  for (let level = 0; level < unsignedBits(bits - 1); level++) total += kept + 2 ** level - 1;
  return total;
}

/** The shifter that normalises a sum of `width` bits; an integer output aligns by wiring. */
export function normaliserMux(output: Datapath, width: number): number {
  switch (output.kind) {
    case 'integer':
      return 0;
    case 'tapered':
    case 'gradual':
      return keptMux(width - 1, output.significandBits + 1);
    default:
      return output.kind satisfies never;
  }
}

/**
 * What a power of two adds to it: an integer output gets a shifter down to the n bits of the code and one to round, a
 * float one multiplexer for each bit, as its subnormals no longer begin at one place; a posit has it all already.
 */
export function scaleShiftMux(output: Datapath, width: number): number {
  switch (output.kind) {
    case 'integer':
      return keptMux(width, output.format.bits + 1);
    case 'gradual':
      return width;
    case 'tapered':
      return 0;
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
