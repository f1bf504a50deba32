/** The rows of a table of results: plain values by column, and how they go into a CSV file. */
import Papa from 'papaparse';
import type { Spread } from './statistics.js';

export type Value = string | number;
export type BenchRow = Readonly<Record<string, Value>>;

/** What was not measured. */
export const NOT_MEASURED = 'n/a';

/** `<name>_median`, `<name>_min`, `<name>_max`. */
export function spreadColumns(name: string, spread: Spread | undefined): BenchRow {
  const written = (value: number | undefined): Value =>
    value === undefined || !Number.isFinite(value) ? NOT_MEASURED : significant(value);
  return {
    [`${name}_median`]: written(spread?.median),
    [`${name}_min`]: written(spread?.min),
    [`${name}_max`]: written(spread?.max),
  };
}

/** Four significant digits: more than repeats of a measurement agree in. */
export function significant(value: number): number {
  return Number(value.toPrecision(4));
}

/** With the columns of all rows, in the order in which they are first seen. */
export function csvOf(rows: readonly BenchRow[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => columns.map((column) => row[column] ?? NOT_MEASURED));
  return `${Papa.unparse([columns, ...cells], { newline: '\n' })}\n`;
}
