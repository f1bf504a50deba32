/** What zero points cost a unit, by where they are taken off (docs/cost.md). */
import type { NumberFormat } from '../../formats/format.js';
import { type Datapath, datapathOf, signedBits } from '../unit/datapath.js';
import type { MacFacts, ZeroPoints } from './facts.js';

/** An operand as it is multiplied: wider by its zero point, or the code itself. */
export function operandOf(format: NumberFormat, zeroPoints: ZeroPoints): Datapath {
  switch (zeroPoints) {
    case 'none':
      return datapathOf(format);
    case 'subtracted':
      return datapathOf(format, { zeroPoint: format.zeroPoints === 'integer' ? 'any' : 0 });
    case 'folded':
    case 'summed': {
      const path = datapathOf(format);
      // a product of unsigned codes needs no bit for a sign
      return path.kind === 'integer' ? { ...path, significandBits: format.bits } : path;
    }
    default:
      return zeroPoints satisfies never;
  }
}

export interface ZeroPointCounts {
  /** Bits of the register and adder that Σ x has beside the accumulator. */
  readonly sumBits: number;
  /** Partial-product bits of z_w · Σ x, once a dot product. */
  readonly cells: number;
}

/** Σ x is the same for all channels of a window, but each unit has its own: an upper bound where they share one. */
export function zeroPointCounts({
  zeroPoints,
  weightFormat,
  activationFormat,
  k,
}: MacFacts): ZeroPointCounts {
  if (zeroPoints !== 'summed') return { sumBits: 0, cells: 0 };
  const { min, max } = datapathOf(activationFormat);
  const sumBits = signedBits(min * BigInt(k), max * BigInt(k));
  return { sumBits, cells: sumBits * weightFormat.bits };
}

/** The same unit if there were no zero points to take off: what it costs less is what they cost. */
export function withoutZeroPoints(zeroPoints: ZeroPoints): ZeroPoints {
  switch (zeroPoints) {
    case 'none':
    case 'subtracted':
      return 'none';
    case 'folded':
    case 'summed':
      return 'folded';
    default:
      return zeroPoints satisfies never;
  }
}
