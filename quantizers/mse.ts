/**
 * The scale of least squared error (docs/numerics.md §3): least Σ count · (decoded − bin)² over the scales
 * RN53(2^(k/8)). The sum runs over the occupied bins in descending order of value, in float64, with decoded =
 * RN53(scale · value): one order, so that the same histogram gives the same scale everywhere.
 */
import type { OccupiedBins } from './histogram.js';
import type { Scales } from './quantizer.js';
import type { QuotientRounder } from './quotient-rounder.js';
import { ceilLog2, eighthPower, leastEighth } from './scale-grid.js';

/** Bins summed between two looks at whether a candidate has already lost. */
const CHUNK = 256;

/** The candidates k of scales RN53(2^(k/8)), inclusive. */
export interface Candidates {
  readonly from: number;
  readonly to: number;
}

/**
 * k from max(k0 − 32, k1 − 256) to min(k0 + 8·⌈log2(M/minpos)⌉, k1 + 256), where k0, k1 are the least k with
 * RN53(2^(k/8))·M ≥ max|x| and with RN53(2^(k/8)) ≥ max|x|. Should a format leave that empty, k0 alone.
 */
export function mseCandidates(maxMagnitude: number, formatMax: number, minPositive: number): Candidates {
  const k0 = leastEighth(maxMagnitude, formatMax);
  const k1 = leastEighth(maxMagnitude, 1);
  const from = Math.max(k0 - 32, k1 - 256);
  const to = Math.min(k0 + 8 * ceilLog2(formatMax, minPositive), k1 + 256);
  return from <= to ? { from, to } : { from: k0, to: k0 };
}

/**
 * The k of least error; equal errors go to the smallest |k|, then the larger k. `pow2` searches only multiples
 * of 8 (should the candidates hold none, the least multiple above them).
 */
export function leastSquaredError(
  bins: OccupiedBins,
  rounder: QuotientRounder,
  { from, to }: Candidates,
  scales: Scales,
): number {
  const powers: number[] = [];
  for (let k = 8 * Math.ceil(from / 8); k <= to; k += 8) powers.push(k);
  if (powers.length === 0 && scales === 'pow2') return 8 * Math.ceil(from / 8);
  const out = new Float64Array(bins.values.length);
  let best = { k: 0, error: Number.POSITIVE_INFINITY };
  const attempt = (k: number) => {
    const error = squaredError(bins, rounder, eighthPower(k), best.error, out);
    if (error < best.error || (error === best.error && preferred(k, best.k))) best = { k, error };
  };
  for (const k of powers.sort((a, b) => (preferred(a, b) ? -1 : 1))) {
    attempt(k);
    // No scale that is not a power of two makes a bin exact, so the first 0 in this order has won.
    if (best.error === 0 && bins.values.length > 0) return best.k;
  }
  if (scales === 'pow2') return best.k;
  const others: number[] = [];
  for (let k = from; k <= to; k++) if (k % 8 !== 0) others.push(k);
  // The likely ones first, so that the others lose early; the order does not change who wins.
  const middle = best.k;
  others.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  for (const k of others) attempt(k);
  return best.k;
}

function preferred(k: number, to: number): boolean {
  return Math.abs(k) < Math.abs(to) || (Math.abs(k) === Math.abs(to) && k > to);
}

/** The error of a scale, or some number above `limit` as soon as it is above it. */
function squaredError(
  { values, counts }: OccupiedBins,
  rounder: QuotientRounder,
  scale: number,
  limit: number,
  out: Float64Array,
): number {
  let error = 0;
  for (let from = 0; from < values.length && error <= limit; from += CHUNK) {
    const to = Math.min(values.length, from + CHUNK);
    rounder(values, scale, from, to, out);
    for (let i = from; i < to; i++) {
      const difference = scale * out[i]! - values[i]!;
      error += counts[i]! * (difference * difference);
    }
  }
  return error;
}
