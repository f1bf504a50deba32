/**
 * Calibration by least loss of information, after TensorRT's entropy calibration (Migacz, "8-bit inference with
 * TensorRT", GTC 2017), for any format and on our histogram of magnitudes; docs/numerics.md §3 defines it to the last
 * bit. A threshold is tried only where at least as many occupied bins lie up to it as the format has positive values:
 * with fewer every bin keeps a value of its own, nothing seems lost, and clipping looks free. So thresholds start where
 * TensorRT's do: 128 bins for 128 levels. Zeros take no part: every format keeps them exactly.
 */
import { log } from '../arithmetic/elementary.js';
import { toRational } from '../arithmetic/float64.js';
import { binValue, type Histogram, MAGNITUDE_BINS } from './histogram.js';
import type { QuotientRounder } from './quotient-rounder.js';
import { exactQuotient } from './scale-grid.js';

/** What a threshold is tried with: how reals become values, the largest of them, and how many are positive. */
export interface Target {
  readonly rounder: QuotientRounder;
  readonly max: number;
  readonly positive: number;
}

/** The threshold T, max|x| where none may be tried; 0 where nothing but zeros was counted. */
export function leastDivergence(histogram: Histogram, { rounder, max, positive }: Target): number {
  const values: number[] = [];
  const counts: number[] = [];
  for (let bin = MAGNITUDE_BINS - 1; bin > 0; bin--) {
    const count = histogram.magnitudeCount(bin);
    if (count === 0) continue;
    // The top bin stands at max|x|, as for the other calibrators.
    values.push(values.length === 0 ? histogram.maxMagnitude : binValue(bin));
    counts.push(count);
  }
  const bins = { values: Float64Array.from(values), counts: Float64Array.from(counts) };
  const divisor = toRational(max);
  const levels = new Float64Array(values.length);
  let best = { threshold: histogram.maxMagnitude, divergence: Number.POSITIVE_INFINITY };
  let outliers = 0;
  for (let top = 0; values.length - top >= positive; top++) {
    const scale = exactQuotient(toRational(values[top]!), divisor);
    rounder(bins.values, scale, top, values.length, levels);
    const divergence = divergenceFrom(bins.counts, levels, top, outliers);
    if (divergence < best.divergence) best = { threshold: values[top]!, divergence };
    outliers += counts[top]!;
  }
  return best.threshold;
}

/** Σ P·log(P/Q) over bins top.. (in descending magnitude), `outliers` counted in the top bin of P only. */
function divergenceFrom(counts: Float64Array, levels: Float64Array, top: number, outliers: number): number {
  let inside = 0;
  for (let i = counts.length - 1; i >= top; i--) inside += counts[i]!;
  const all = inside + outliers;
  let divergence = 0;
  let start = counts.length - 1;
  while (start >= top) {
    let end = start;
    let shared = 0;
    while (end >= top && levels[end] === levels[start]) shared += counts[end--]!;
    const q = shared / (start - end) / inside;
    for (let i = start; i > end; i--) {
      const p = (counts[i]! + (i === top ? outliers : 0)) / all;
      divergence += p * log(p / q);
    }
    start = end;
  }
  return divergence;
}
