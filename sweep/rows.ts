/** Rows of a sweep as they are written, CSV by papaparse. A row never holds a machine path or a time. */
import { UserError } from '../errors.js';
import { readBytes } from '../input/bounded-file.js';
import { csvRecords, openCsv } from '../input/csv.js';
import { escaped } from '../one-line.js';
import { type Cells, cellsBy, csvBy, valuesBy } from './cells.js';
import { COLUMNS, type Column, type RowValues, type SweepRow } from './columns.js';

/** The row's cells as text. A value whose column does not exist is a fault of ours and throws. */
export function cellsOf(row: RowValues): Cells {
  return cellsBy(COLUMNS, row as Readonly<Record<string, string | number | undefined>>);
}

/** A row from its cells, see `valuesBy`. */
export function rowOf(cells: Cells, index = 0): SweepRow {
  return valuesBy(COLUMNS, cells, index) as unknown as SweepRow;
}

/** Header and rows, lines ended by \n. */
export function rowsToCsv(rows: readonly RowValues[]): string {
  return cellsToCsv(rows.map(cellsOf));
}

/** The same of rows that are cells already. */
export function cellsToCsv(rows: readonly Cells[]): string {
  return csvBy(COLUMNS, rows);
}

/** Larger than any sweep of 100,000 rows writes. */
const LARGEST_CSV = 64 * 2 ** 20;
/** A row has about 60 cells. */
const MOST_CELLS = 2 ** 22;
const MOST_COLUMNS = 1000;
const WANTED = 'a CSV that `cheetah sweep` wrote';

/**
 * Reads up to `most` rows of a sweep's CSV, of earlier versions too. Throws UserError, one line, for a file that is
 * missing, too large, malformed or lacks the columns of a sweep, and for figures that cannot be.
 */
export function readRows(file: string, most = 100_000): SweepRow[] {
  return readCsv(file, most).rows;
}

/** The same, with the bytes they were read from. */
export function readCsv(file: string, most = 100_000): { rows: SweepRow[]; bytes: Uint8Array } {
  const wanted = { columns: COLUMNS, needed: ['format', 'accuracy', 'edp_pj_ns'], what: WANTED };
  const { values, bytes } = readValues(file, wanted, most);
  return { rows: values as unknown as SweepRow[], bytes };
}

/** What a CSV must be: its columns, the heads it may not lack, and its kind in words. */
interface Wanted {
  readonly columns: readonly Column[];
  readonly needed: readonly string[];
  readonly what: string;
}

/** Up to `most` rows of a CSV of these columns, with its bytes. Throws UserError, one line, as `readRows`. */
export function readValues(
  file: string,
  { columns, needed, what }: Wanted,
  most = 100_000,
): { values: Record<string, string | number | undefined>[]; bytes: Uint8Array } {
  const bytes = readBytes(file, { most: LARGEST_CSV, wanted: what });
  const { columns: heads, records } = csvRecords(
    openCsv(bytes, file, { cells: MOST_CELLS, columns: MOST_COLUMNS }),
    most,
  );
  const missing = needed.find((name) => !heads.includes(name));
  if (missing !== undefined) throw new UserError(`${file} lacks the column ${missing}; give ${what}`);
  const values = records.map(({ cells }, index) => {
    const plain = Object.entries(cells).map(([name, text]) => [name, escaped(text)]);
    return valuesBy(columns, Object.fromEntries(plain), index);
  });
  return { values, bytes };
}
