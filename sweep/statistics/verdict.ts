/** What a comparison with the baseline comes to, in words. */
import type { Interval } from './interval.js';

/** Below this a p says that two classifiers differ. */
export const SIGNIFICANCE = 0.05;

/** Half a percentage point: a loss of accuracy that rarely matters, as a share. */
export const MARGIN = 0.005;

export type DifferenceVerdict =
  /** The interval lies above 0 and p is small. */
  | 'better'
  /** The interval lies below 0, not all of it above −margin, and p is small. */
  | 'worse'
  /** The interval lies between −margin and 0, and p is small. */
  | 'worse-within-margin'
  /** The interval lies above −margin: a loss of the margin or more is ruled out. */
  | 'not-worse-by-margin'
  /** The interval reaches down to −margin, and neither better nor worse is shown. */
  | 'not-decided';

/**
 * `difference` is the 95 % interval of accuracy − baseline as shares in −1 .. 1, `p` the probability of a difference this
 * large by chance, corrected for the comparisons of the table (`holm`), `margin` ≥ 0 a share. Bounds that are exactly 0
 * or −margin, and a p of exactly 0.05, show nothing. Without a p nothing is better or worse, but a loss of the margin can
 * still be ruled out. A bound that is NaN shows nothing.
 */
export function differenceVerdict(
  difference: Interval,
  p: number | undefined,
  margin: number = MARGIN,
): DifferenceVerdict {
  const significant = p !== undefined && p < SIGNIFICANCE;
  const aboveMargin = difference.low > -margin;
  if (significant && difference.low > 0) return 'better';
  if (significant && difference.high < 0) return aboveMargin ? 'worse-within-margin' : 'worse';
  return aboveMargin ? 'not-worse-by-margin' : 'not-decided';
}

/** In English, the margin in percentage points: `worse, by less than 0.5`. */
export function verdictInWords(verdict: DifferenceVerdict, margin: number = MARGIN): string {
  switch (verdict) {
    case 'better':
    case 'worse':
      return verdict;
    case 'worse-within-margin':
      return `worse, by less than ${points(margin)}`;
    case 'not-worse-by-margin':
      return `no worse by ${points(margin)}`;
    case 'not-decided':
      return 'not decided';
    default:
      return verdict satisfies never;
  }
}

function points(share: number): string {
  // 12 digits drop what the float64 of 100 · 0.0057 has too much
  return String(Number((100 * share).toPrecision(12)));
}
