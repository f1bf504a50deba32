/** What an interval and a p say, in words. */
import type { SweepRow } from '../sweep/columns.js';

/** Below this p a difference is called real; the field's custom, stated wherever it is used. */
export const SIGNIFICANT = 0.05;

/** Stands under every table that judges a drop. */
export const SIGNIFICANCE_NOTE =
  "Intervals [low, high] are Wilson 95 %. p is McNemar's exact test against float32 on the same images; " +
  `"within noise" means p ≥ ${SIGNIFICANT}: these images cannot tell the two apart.`;

/**
 * `98.61 [98.37, 98.82]`: a share in per cent with its interval, which is not symmetric and reaches no further than
 * 100; without one where there is none.
 */
export function accuracyText(row: Pick<SweepRow, 'accuracy' | 'accuracyLow' | 'accuracyHigh'>): string {
  if (row.accuracy === undefined) return 'n/a';
  const percent = (share: number): string => (share * 100).toFixed(2);
  const { accuracy, accuracyLow: low, accuracyHigh: high } = row;
  if (low === undefined || high === undefined) return percent(accuracy);
  return `${percent(accuracy)} [${percent(low)}, ${percent(high)}]`;
}

/** McNemar's p as a reader wants it: two digits, and no more zeros than say anything. */
export function pText(p: number | undefined): string {
  if (p === undefined) return 'n/a';
  if (p < 0.001) return '<0.001';
  return p.toFixed(p < 0.1 ? 3 : 2);
}

/** `within noise`, `worse` or `better` than float32 on the same images. */
export function verdict(row: Pick<SweepRow, 'drop' | 'mcnemarP'>): string {
  if (row.drop === undefined || row.mcnemarP === undefined) return '';
  if (row.mcnemarP >= SIGNIFICANT) return 'within noise';
  return row.drop > 0 ? 'worse' : 'better';
}
