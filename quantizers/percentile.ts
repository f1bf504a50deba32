/** The magnitude that p percent of a tensor's values reach (docs/numerics.md §3). */
import Big from 'big.js';
import { binValue, type Histogram, MAGNITUDE_BINS } from './histogram.js';

/**
 * The middle of the first magnitude bin where the count of |x|, zeros included, reaches p % of all; the top bin
 * stands at max|x|, the bin of zeros at 0. p is the decimal number as written (99.9 is 999/10, not the float64
 * next to it) and the comparison is exact. 0 for an empty histogram.
 */
export function percentileMagnitude(histogram: Histogram, p: number): number {
  if (histogram.total === 0) return 0;
  const needed = new Big(p).times(histogram.total);
  let last = MAGNITUDE_BINS - 1;
  while (last > 0 && histogram.magnitudeCount(last) === 0) last--;
  let counted = 0;
  for (let bin = 0; bin < last; bin++) {
    const count = histogram.magnitudeCount(bin);
    counted += count;
    if (count > 0 && needed.lte(new Big(counted).times(100))) return binValue(bin);
  }
  return histogram.maxMagnitude;
}
