/** What intervals, p and what is shown look like in a table. */
import { MARGIN } from '../sweep/statistics/verdict.js';
import type { SummaryRow } from '../sweep/summary/columns.js';

/** Per cent with two decimals, without a negative zero. */
export function percent(share: number): string {
  const written = (100 * share).toFixed(2);
  return /^-0\.0+$/.test(written) ? written.slice(1) : written;
}

/**
 * `98.61 [98.37, 98.82]`: a share in per cent with its interval, which is not symmetric and reaches no further than
 * 100; without one where there is none.
 */
export function accuracyText(row: Pick<SummaryRow, 'accuracy' | 'accuracyLow' | 'accuracyHigh'>): string {
  return withInterval(row.accuracy, row.accuracyLow, row.accuracyHigh);
}

/** `0.42 [0.11, 0.73]`: a drop in points with the interval of the paired difference. */
export function dropText({ drop, dropLow, dropHigh }: SummaryRow): string {
  return withInterval(drop, dropLow, dropHigh);
}

function withInterval(share: number | undefined, low: number | undefined, high: number | undefined): string {
  if (share === undefined) return 'n/a';
  if (low === undefined || high === undefined) return percent(share);
  return `${percent(share)} [${percent(low)}, ${percent(high)}]`;
}

/** A p as a reader wants it: two digits, and no more zeros than say anything. */
export function pText(p: number | undefined): string {
  if (p === undefined) return 'n/a';
  if (p < 0.001) return '<0.001';
  return p.toFixed(p < 0.1 ? 3 : 2);
}

/** Stands under every table that judges a drop. */
export function evidenceNote(rows: readonly SummaryRow[]): string {
  const seeds = Math.max(1, ...rows.map((row) => row.seeds ?? 1));
  const images = [...new Set(rows.flatMap(({ testImages }) => testImages ?? []))].join(' or ');
  const intervals =
    seeds === 1
      ? 'Brackets: 95 % intervals, Wilson’s of the accuracy, Tango’s of the drop, which is paired: the same images.'
      : `Means over ${seeds} trainings. Brackets: 95 % intervals for new trainings and new images, both drawn again 2,000 times; those of the drop are paired.`;
  const test =
    seeds === 1 ? 'McNemar’s exact test' : 'the exact sign-flip test over images, of these trainings';
  const margin = MARGIN * 100;
  return `${images} test images. ${intervals} p, the chance of a difference this large where there is none: ${test}, after Holm’s correction for all points of the sweep. better, worse: shown, p < 0.05; no worse by ${margin}: a loss of ${margin} points is ruled out.`;
}
