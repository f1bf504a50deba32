/**
 * A table is data: columns with units and rows of values. It is written as text for a terminal, as Markdown or
 * as HTML by the files beside this one; all three print the same cells.
 */
import { escaped } from '../one-line.js';

/** `undefined` is a blank; the text `n/a` is what could not be known, and sorts last. */
export type Cell = string | number | bigint | boolean | null | undefined;

export const NOT_AVAILABLE = 'n/a';

export interface Column {
  /** The field of the rows it shows. */
  readonly key: string;
  readonly header: string;
  /** Stands in the header, once, not in the cells. */
  readonly unit?: string;
  readonly align: 'left' | 'right';
  /**
   * How numbers are written: `significant` digits shared by the column, a fixed number of `decimals`, or as
   * `given`.
   */
  readonly digits:
    | { readonly kind: 'significant'; readonly count: number }
    | { readonly kind: 'decimals'; readonly count: number }
    | { readonly kind: 'given' };
  /** Columns of the highest number are left out first where a terminal is too narrow; 0 always stays. */
  readonly priority: number;
}

/** A column whose cells are written as they are; `unit` is '' where there is none. */
export function givenColumn(
  align: Column['align'],
  key: string,
  header: string,
  unit = '',
  priority = 0,
): Column {
  return { key, header, align, digits: { kind: 'given' }, priority, ...(unit === '' ? {} : { unit }) };
}

export type TableRow = Readonly<Record<string, Cell>>;

export interface Table {
  readonly caption?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly TableRow[];
  /** Rows to set in bold, such as a baseline. */
  readonly strong?: ReadonlySet<number>;
  /** Lines under the table. */
  readonly notes?: readonly string[];
}

/** A table with its numbers written: what the three forms share. `cells[row][column]`. */
export interface WrittenTable {
  readonly caption: string | undefined;
  readonly columns: readonly Column[];
  readonly headers: readonly string[];
  readonly cells: readonly (readonly string[])[];
  readonly strong: ReadonlySet<number>;
  readonly notes: readonly string[];
}

export function writeTable(table: Table): WrittenTable {
  const byColumn = table.columns.map((column) =>
    writeColumn(
      table.rows.map((row) => row[column.key]),
      column.digits,
    ),
  );
  return {
    caption: table.caption,
    columns: table.columns,
    headers: table.columns.map(({ header, unit }) => escaped(unit ? `${header} (${unit})` : header)),
    cells: table.rows.map((_, row) => byColumn.map((column) => column[row]!)),
    strong: table.strong ?? new Set(),
    notes: table.notes ?? [],
  };
}

/**
 * Columns guessed from rows: every field in the order it is first seen, to the right where all its values are
 * numbers, texts of numbers or n/a. A field ending in a known unit (`energy_pj`) has it in the header.
 */
export function tableOf(rows: readonly TableRow[], keys?: readonly string[]): Table {
  const fields = keys ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    rows,
    columns: fields.map((key, index) => {
      const numeric = isNumeric(rows.map((row) => row[key]));
      return {
        key,
        ...unitOf(key),
        align: numeric ? 'right' : 'left',
        digits: { kind: 'significant', count: 4 },
        priority: index,
      };
    }),
  };
}

/** A field's name as a header: `energy_pj` is energy in pJ. */
export function unitOf(key: string): { readonly header: string; readonly unit?: string } {
  const unit = UNITS.find(([suffix]) => key.endsWith(`_${suffix}`));
  const name = unit ? key.slice(0, -unit[0].length - 1) : key;
  return { header: name.replaceAll('_', ' '), ...(unit ? { unit: unit[1] } : {}) };
}

/** Whether a column's cells are numbers, texts of numbers, blanks or n/a, and at least one a number. */
function isNumeric(cells: readonly Cell[]): boolean {
  const told = cells.filter(
    (cell) => cell !== undefined && cell !== null && cell !== '' && cell !== NOT_AVAILABLE,
  );
  return told.length > 0 && told.every((cell) => typeof cell !== 'boolean' && !Number.isNaN(Number(cell)));
}

const UNITS: ReadonlyArray<readonly [suffix: string, unit: string]> = [
  ['pj_ns', 'pJ·ns'],
  ['pj', 'pJ'],
  ['ns', 'ns'],
  ['um2', 'µm²'],
  ['bits', 'bits'],
  ['db', 'dB'],
  ['percent', '%'],
];

/**
 * Rows by a field, ascending; blanks and n/a last, whatever the direction would be. Equal rows keep their order.
 */
export function sortRows<R extends TableRow>(rows: readonly R[], key: string): R[] {
  return [...rows].sort((a, b) => sortValue(a[key]) - sortValue(b[key]) || 0);
}

/** The number a cell sorts by: texts that are numbers count as such, all else comes last. */
function sortValue(cell: Cell): number {
  const number = typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : cell;
  return typeof number === 'number' && !Number.isNaN(number) ? number : Number.MAX_VALUE;
}

function writeColumn(cells: readonly Cell[], digits: Column['digits']): string[] {
  const numbers = cells.filter((cell) => typeof cell === 'number' && Number.isFinite(cell)) as number[];
  const write = numberWriter(numbers, digits);
  return cells.map((cell) => {
    if (cell === null || cell === undefined) return '';
    return typeof cell === 'number' ? write(cell) : escaped(String(cell));
  });
}

/** Beyond this ratio of largest to smallest, numbers of one column no longer share their decimals. */
const SHARED_RANGE = 1e5;

/**
 * One way of writing for a whole column, so that decimal points stand under each other: whole numbers stay
 * whole; others get the decimals the smallest needs for its significant digits.
 */
function numberWriter(numbers: readonly number[], digits: Column['digits']): (value: number) => string {
  if (digits.kind === 'given') return String;
  if (digits.kind === 'decimals')
    return (value) => (Number.isFinite(value) ? fixed(value, digits.count) : String(value));
  if (numbers.every(Number.isInteger)) return String;
  const magnitudes = numbers.map(Math.abs).filter((magnitude) => magnitude > 0);
  const [least, most] = magnitudes.reduce(
    ([low, high], magnitude) => [Math.min(low, magnitude), Math.max(high, magnitude)],
    [Number.POSITIVE_INFINITY, 0],
  );
  if (most / least > SHARED_RANGE) return (value) => trimmed(value, digits.count);
  const needed = digits.count - 1 - decimalExponent(least);
  const decimals = Math.max(0, Math.min(needed, digits.count + 2));
  return (value) => (Number.isFinite(value) ? fixed(value, decimals) : String(value));
}

/** The exponent of the leading decimal digit, from the number's own decimal text. */
function decimalExponent(value: number): number {
  return Number(value.toExponential().split('e')[1]);
}

/** toFixed without a negative zero, which says nothing to a reader. */
function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** `digits` significant digits, trailing zeros gone, exponents only beyond what toPrecision calls for. */
function trimmed(value: number, digits: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(digits)));
}
