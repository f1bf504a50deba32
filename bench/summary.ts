/** The targets the engine was built to, beside what was measured. */
import type { Table } from '../dist/report/table.js';
import { markdownTable } from '../dist/report/table-markup.js';
import type { Machine } from './machine.js';
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
    ...{ what, target },
    worst: single ? written : `${written} (${nameOf(worst)})`,
    middle: single ? '' : `${middle}, ${rows.length - missed.length} of ${rows.length} reach it`,
    met: met ? 'yes' : 'no',
  };
}

function nameOf({ format, quantizer, shape, k }: BenchRow): string {
  const product = k === undefined ? [] : [shape];
  return [format, quantizer, ...product]
    .filter((part) => part !== undefined && part !== NOT_MEASURED)
    .join(' ');
}

export function summaryTable(rows: readonly SummaryRow[], notes: readonly string[]): Table {
  const column = (key: string, priority = 0) =>
    ({ key, header: key, align: 'left', digits: { kind: 'given' }, priority }) as const;
  return {
    caption: 'Targets: ratios in one run, medians',
    columns: [column('what'), column('target'), column('worst'), column('middle', 1), column('met')],
    ...{ rows, notes },
  };
}

/** The summary with its machine, for a README to quote. */
export function summaryMarkdown(
  rows: readonly SummaryRow[],
  machine: Machine,
  networks: readonly string[],
): string {
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  const facts = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memory_gib} GiB, ${machine.system}, Node ${machine.node}`,
    ...packages,
    `${machine.date}, load before the run ${machine.load_average}`,
  ].join('; ');
  return `${markdownTable(summaryTable(rows, []))}\nMeasured on: ${facts}. Networks: ${networks.join('; ')}.\n`;
}
