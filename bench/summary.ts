/** The targets the engine was built to, beside what was measured: the worst of the rows that count decides. */
import { type BenchRow, NOT_MEASURED } from './rows.js';
import { TARGETS, type Target } from './targets.js';

export interface SummaryRow {
  readonly [field: string]: string;
  readonly what: string;
  readonly target: string;
  readonly worst: string;
  readonly middle: string;
  readonly met: 'yes' | 'no' | 'n/a';
}

/** Rows by section. */
export type Results = ReadonlyMap<string, readonly BenchRow[]>;

/** One row a target whose section was run. */
export function summaryRows(results: Results): SummaryRow[] {
  return TARGETS.filter(({ section }) => results.has(section)).map((target) => {
    const rows = results.get(target.section)!;
    return summaryRow(
      target,
      rows.filter((row) => typeof row[target.column] === 'number' && target.rows(row)),
    );
  });
}

function summaryRow({ what, column, bound, value, unit }: Target, rows: readonly BenchRow[]): SummaryRow {
  const target = `${bound === 'at least' ? '≥' : '≤'} ${value}${unit}`;
  const numberOf = (row: BenchRow): number => Number(row[column]);
  const sorted = [...rows].sort((a, b) => numberOf(a) - numberOf(b));
  const worst = bound === 'at least' ? sorted[0] : sorted.at(-1);
  if (worst === undefined) return { what, target, worst: NOT_MEASURED, middle: NOT_MEASURED, met: 'n/a' };
  const written = numberOf(worst).toFixed(2);
  const middle = numberOf(sorted[sorted.length >> 1]!).toFixed(2);
  const met = bound === 'at least' ? numberOf(worst) >= value : numberOf(worst) <= value;
  const missed = sorted.filter((row) =>
    bound === 'at least' ? numberOf(row) < value : numberOf(row) > value,
  );
  const single = rows.length === 1;
  return {
    what,
    target,
    worst: single ? written : `${written} (${nameOf(worst)})`,
    middle: single ? '' : `${middle}, ${rows.length - missed.length} of ${rows.length} reach it`,
    met: met ? 'yes' : 'no',
  };
}

function nameOf({ command, input, network, format, quantizer, shape, k }: BenchRow): string {
  const product = k === undefined ? [] : [shape];
  return [command, network, input, format, quantizer, ...product]
    .filter((part) => part !== undefined && part !== NOT_MEASURED)
    .join(' ');
}
