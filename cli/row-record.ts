/** A row of a sweep as JSON has it. */
import { COLUMNS, type SweepRow } from '../sweep/columns.js';

/** By the names of the CSV's columns, what is unknown or does not apply as null. */
export function rowRecord(row: SweepRow): Record<string, string | number | null> {
  return Object.fromEntries(COLUMNS.map(({ word, name }) => [name, row[word as keyof SweepRow] ?? null]));
}
