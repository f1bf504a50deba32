/** A row of a sweep as JSON has it. */
import { COLUMNS, NOT_AVAILABLE, type Row } from '../sweep/rows.js';

/** Numbers as numbers, `n/a` as null. */
export function rowRecord(row: Row): Record<string, string | number | null> {
  return Object.fromEntries(
    COLUMNS.map(({ name, style }) => {
      const cell = row[name]!;
      return [name, cell === NOT_AVAILABLE ? null : style === 'text' ? cell : Number(cell)];
    }),
  );
}
