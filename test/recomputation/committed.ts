/** A sweep's three files, recomputed. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { differences } from './comparing.js';
import { parseTable, type Row, type Table } from './csv.js';
import { type PredictedSweep, parsePredictions } from './predictions.js';
import { countedRows } from './rows.js';
import { summaryOf } from './summary.js';

export interface Recomputed {
  /** The rows, and their predictions. */
  readonly table: Table;
  readonly predictions: PredictedSweep;
  /** Lines of the summary, as they are written and as they follow from the other files. */
  readonly written: readonly Row[];
  readonly computed: readonly Row[];
  /** What the rows of the CSV say that does not follow from the predictions. */
  readonly complaints: readonly string[];
}

/** `base`: the files' common name, without `.csv`. */
export function recomputed(base: string): Recomputed {
  const csv = readFileSync(`${base}.csv`);
  const digest = createHash('sha256').update(csv).digest('hex');
  const table = parseTable(csv.toString('utf8'));
  const predictions = parsePredictions(readFileSync(`${base}.predictions.json`, 'utf8'));
  if (predictions.csv !== digest)
    throw new Error(`predictions of the CSV ${predictions.csv}, not of ${digest}`);
  const { heads, records } = parseTable(readFileSync(`${base}.summary.csv`, 'utf8'));
  const computed = summaryOf(table, predictions, digest).map((line) =>
    Object.fromEntries(heads.map((name) => [name, line[name]!])),
  );
  return {
    table,
    predictions,
    written: records,
    computed,
    complaints: differences(table.records, countedRows(table, predictions)),
  };
}
