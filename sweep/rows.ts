/**
 * Rows of a sweep as they are written: fixed columns in a fixed order, fixed number formatting, CSV by papaparse. A row
 * never holds a machine path or a time. What is unknown or does not apply is the word `n/a`, never 0 and never empty.
 */
import Papa from 'papaparse';
import { UserError } from '../errors.js';
import { readBytes } from '../input/bounded-file.js';
import { csvRecords, openCsv } from '../input/csv.js';
import { escaped } from '../one-line.js';
import { COLUMNS, type Column, type RowValues, type Style, type SweepRow } from './columns.js';

/** What is unknown or does not apply. */
export const NOT_AVAILABLE = 'n/a';

/** A row's cells by column name, as they stand in the CSV. */
export type Cells = Readonly<Record<string, string>>;

/** Six significant digits; toPrecision is exact arithmetic, the same everywhere. */
function significant(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function cell(value: string | number | undefined, style: Style): string {
  if (value === undefined || value === '') return NOT_AVAILABLE;
  if (typeof value === 'string') return value;
  if (!Number.isFinite(value)) return NOT_AVAILABLE;
  switch (style) {
    case 'text':
    case 'integer':
      return String(value);
    case 'share':
    case 'difference':
      return value.toFixed(6);
    case 'probability':
      return value === 0 || value >= 1e-4 ? value.toFixed(6) : value.toExponential(3);
    case 'significant':
      return significant(value);
    default:
      return style satisfies never;
  }
}

/** The row's cells as text. A value whose column does not exist is a fault of ours and throws. */
export function cellsOf(row: RowValues): Cells {
  const values = row as Readonly<Record<string, string | number | undefined>>;
  const known = new Set(COLUMNS.map(({ word }) => word));
  for (const word of Object.keys(values)) {
    if (!known.has(word)) throw new Error(`row has a value for '${word}', which is no column`);
  }
  return Object.fromEntries(COLUMNS.map(({ word, name, style }) => [name, cell(values[word], style)]));
}

/** In pJ, ns and pJ·ns: far beyond any circuit, and their quotient is a float64. */
const LEAST_SIGNIFICANT = 1e-30;
const MOST_SIGNIFICANT = 1e30;

/** What a number of a column can be, zero apart. */
function limits(style: Exclude<Style, 'text'>): readonly [least: number, most: number] {
  switch (style) {
    case 'integer':
      return [0, 2 ** 53];
    case 'share':
    case 'probability':
      return [0, 1];
    case 'difference':
      return [-1, 1];
    case 'significant':
      return [LEAST_SIGNIFICANT, MOST_SIGNIFICANT];
    default:
      return style satisfies never;
  }
}

function readCell(written: string, column: Column, index: number): string | number | undefined {
  const text = written.trim();
  if (text === '' || text === NOT_AVAILABLE) return undefined;
  const { name, style } = column;
  if (style === 'text') return text;
  const value = Number(text);
  const where = `row ${index + 1}, column ${name}: '${text.slice(0, 40)}'`;
  if (!Number.isFinite(value)) throw new UserError(`${where} is not a number or ${NOT_AVAILABLE}`);
  const [least, ofStyle] = limits(style);
  const most = column.most ?? ofStyle;
  if (value !== 0 && (value < least || value > most)) {
    throw new UserError(`${where} cannot be; it is ${least} to ${most}, or ${NOT_AVAILABLE}`);
  }
  return value;
}

/**
 * A row from its cells; blanks, `n/a` and missing columns become `undefined`, columns of earlier versions have their name
 * of now. `index` counts the rows from 0. Throws UserError for a figure that is no number, or none its column can have.
 */
export function rowOf(cells: Cells, index = 0): SweepRow {
  const found = COLUMNS.map((column): [string, string | number | undefined] => {
    const name = [column.name, ...column.was].find((head) => head in cells);
    return [column.word, name === undefined ? undefined : readCell(cells[name]!, column, index)];
  });
  return Object.fromEntries(found) as SweepRow;
}

/** Header and rows, lines ended by \n. */
export function rowsToCsv(rows: readonly RowValues[]): string {
  return cellsToCsv(rows.map(cellsOf));
}

/** The same of rows that are cells already. */
export function cellsToCsv(rows: readonly Cells[]): string {
  const fields = COLUMNS.map(({ name }) => name);
  return `${Papa.unparse({ fields, data: rows.map((row) => fields.map((name) => row[name])) }, { newline: '\n' })}\n`;
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
  const bytes = readBytes(file, { most: LARGEST_CSV, wanted: WANTED });
  const { columns, records } = csvRecords(
    openCsv(bytes, file, { cells: MOST_CELLS, columns: MOST_COLUMNS }),
    most,
  );
  const missing = ['format', 'accuracy', 'edp_pj_ns'].find((name) => !columns.includes(name));
  if (missing !== undefined) throw new UserError(`${file} lacks the column ${missing}; give ${WANTED}`);
  const rows = records.map(({ cells }, index) =>
    rowOf(Object.fromEntries(Object.entries(cells).map(([name, text]) => [name, escaped(text)])), index),
  );
  return { rows, bytes };
}
