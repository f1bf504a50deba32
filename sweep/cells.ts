/**
 * Values as cells of a CSV and back: fixed columns in a fixed order, fixed number formatting. What is unknown or does not
 * apply is the word `n/a`, never 0 and never empty.
 */
import Papa from 'papaparse';
import { UserError } from '../errors.js';
import type { Column, Style } from './columns.js';

/** No p of a finite test is 0: below this float64 has lost its bits. */
const SMALLEST_P = 1e-300;

/** What is unknown or does not apply. */
export const NOT_AVAILABLE = 'n/a';

/** A row's cells by column name, as they stand in the CSV. */
export type Cells = Readonly<Record<string, string>>;

/** Six significant digits; toPrecision is exact arithmetic, the same everywhere. */
function significant(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** A value as its column writes it. */
export function cell(value: string | number | undefined, style: Style): string {
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
      if (value < SMALLEST_P) return `<${SMALLEST_P}`;
      return value >= 1e-4 ? value.toFixed(6) : value.toExponential(3);
    case 'significant':
      return significant(value);
    default:
      return style satisfies never;
  }
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
  const value = Number(style === 'probability' && text === `<${SMALLEST_P}` ? 0 : text);
  const where = `row ${index + 1}, column ${name}: '${text.slice(0, 40)}'`;
  if (!Number.isFinite(value)) throw new UserError(`${where} is not a number or ${NOT_AVAILABLE}`);
  const [least, ofStyle] = limits(style);
  const most = column.most ?? ofStyle;
  if (value !== 0 && (value < least || value > most)) {
    throw new UserError(`${where} cannot be; it is ${least} to ${most}, or ${NOT_AVAILABLE}`);
  }
  return value;
}

/** Cells of the columns, by their heads, from values by their words. A value whose column does not exist is a fault of ours and throws. */
export function cellsBy(
  columns: readonly Column[],
  values: Readonly<Record<string, string | number | undefined>>,
): Cells {
  const known = new Set(columns.map(({ word }) => word));
  for (const word of Object.keys(values)) {
    if (!known.has(word)) throw new Error(`row has a value for '${word}', which is no column`);
  }
  return Object.fromEntries(columns.map(({ word, name, style }) => [name, cell(values[word], style)]));
}

/**
 * Values by their words, from cells; blanks, `n/a` and missing columns become `undefined`, columns of earlier versions have
 * their name of now. `index` counts the rows from 0. Throws UserError for a figure that is no number, or none its column
 * can have.
 */
export function valuesBy(
  columns: readonly Column[],
  cells: Cells,
  index: number,
): Record<string, string | number | undefined> {
  return Object.fromEntries(
    columns.map((column) => {
      const name = [column.name, ...column.was].find((head) => head in cells);
      return [column.word, name === undefined ? undefined : readCell(cells[name]!, column, index)];
    }),
  );
}

/** Header and rows, lines ended by \n. */
export function csvBy(columns: readonly Column[], rows: readonly Cells[]): string {
  const fields = columns.map(({ name }) => name);
  return `${Papa.unparse({ fields, data: rows.map((row) => fields.map((name) => row[name])) }, { newline: '\n' })}\n`;
}
