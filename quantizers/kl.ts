/**
 * Calibration by least loss of information, after TensorRT's entropy calibration (Migacz, "8-bit inference with
 * TensorRT", GTC 2017), for any format and on our histogram of magnitudes. For every threshold T that is the
 * place of an occupied magnitude bin, from max|x|/16 up (TensorRT tries from 128 of its 2048 bins up): P is the
 * distribution of the magnitudes up to T, all larger ones counted in T's bin; Q puts the magnitudes up to T into
 * the format's values at scale T/M and shares each value's count equally among the occupied bins it took. T has
 * the least Σ P·log(P/Q), P and Q normalised; equal ones go to the smaller T. Zeros take no part: every format
 * keeps them exactly. Sums run from small magnitudes to large, in float64.
 */
import { log } from '../arithmetic/elementary.js';
import { toRational } from '../arithmetic/float64.js';
import { binValue, type Histogram, MAGNITUDE_BINS } from './histogram.js';
import type { Rounder } from './rounder.js';
import { exactQuotient } from './scale-grid.js';

/** The part of max|x| below which no threshold is tried: 128 of 2048. */
const SMALLEST_PART = 16;

/** The threshold T; 0 where nothing but zeros was counted. */
export function leastDivergence(histogram: Histogram, rounder: Rounder, formatMax: number): number {
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
  const divisor = toRational(formatMax);
  const levels = new Float64Array(values.length);
  let best = { threshold: histogram.maxMagnitude, divergence: Number.POSITIVE_INFINITY };
  let outliers = 0;
  for (let top = 0; top < values.length && values[top]! * SMALLEST_PART >= values[0]!; top++) {
    const scale = exactQuotient(toRational(values[top]!), divisor);
    rounder(bins.values, scale, top, values.length, levels);
    const divergence = divergenceFrom(bins.counts, levels, top, outliers);
    if (divergence <= best.divergence) best = { threshold: values[top]!, divergence };
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
