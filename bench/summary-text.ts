/** The summary of targets as a table for the terminal and as Markdown for the README. */
import type { Table } from '../dist/report/table.js';
import { markdownTable } from '../dist/report/table-markup.js';
import type { Machine } from './machine.js';
import type { SummaryRow } from './summary.js';

export function summaryTable(rows: readonly SummaryRow[], notes: readonly string[]): Table {
  const column = (key: string, priority = 0) =>
    ({ key, header: key, align: 'left', digits: { kind: 'given' }, priority }) as const;
  return {
    caption: 'Targets: ratios in one run, medians',
    columns: [column('what'), column('target'), column('worst'), column('middle', 1), column('met')],
    rows,
    notes,
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
