/** The summary of a sweep as a CSV beside that of its rows: `results/x.csv` has `results/x.summary.csv`. */
import { existsSync } from 'node:fs';
import { writeAtomically } from '../../platform/atomic-file.js';
import { cellsBy, csvBy } from '../cells.js';
import { digestOf } from '../hash.js';
import { predictionsFile, readPredictions } from '../predictions.js';
import { readCsv, readValues } from '../rows.js';
import { SUMMARY_COLUMNS, type SummaryRow } from './columns.js';
import { summarize } from './summarize.js';

export function summaryFile(csv: string): string {
  return `${csv.replace(/\.csv$/i, '')}.summary.csv`;
}

/** What a summary says of the CSV it belongs to. */
export function rowsHashOf(csv: string | Uint8Array): string {
  return digestOf(csv).slice(0, 16);
}

export function summaryCsv(summary: readonly SummaryRow[]): string {
  const cells = summary.map((row) =>
    cellsBy(SUMMARY_COLUMNS, row as Readonly<Record<string, string | number | undefined>>),
  );
  return csvBy(SUMMARY_COLUMNS, cells);
}

export function writeSummary(file: string, summary: readonly SummaryRow[]): void {
  writeAtomically(file, summaryCsv(summary));
}

const WANTED = {
  columns: SUMMARY_COLUMNS,
  needed: ['format', 'accuracy', 'verdict', 'rows_hash'],
  what: 'the summary that `cheetah sweep` wrote beside its CSV',
};

/** The lines of a summary file; undefined where it is not there, or of other rows than those of this hash. */
export function readSummary(file: string, rowsHash: string, most?: number): SummaryRow[] | undefined {
  if (!existsSync(file)) return undefined;
  const summary = readValues(file, WANTED, most).values as unknown as SummaryRow[];
  return summary.every((line) => line.rowsHash === rowsHash) ? summary : undefined;
}

/**
 * The summary of a sweep's CSV: the file beside it, or made anew where that is missing or of other rows; then of the
 * predictions too, where they are there. Throws UserError, one line, for files that are missing, malformed or damaged.
 */
export function summaryOf(csv: string, most?: number): SummaryRow[] {
  const { rows, bytes } = readCsv(csv, most);
  const digest = digestOf(bytes);
  const hash = rowsHashOf(bytes);
  const kept = readSummary(summaryFile(csv), hash, most);
  if (kept) return kept;
  const predictions = predictionsFile(csv);
  return summarize(rows, existsSync(predictions) ? readPredictions(predictions, digest) : undefined, hash);
}
