/**
 * Tables of features with a label in each row, from CSV text. The rule, for any table:
 * - a first line `rows,features,name,…` whose two counts are true is scikit-learn's: it names the classes, and
 *   labels are 0 .. classes − 1;
 * - else a first line with a feature cell that is not a number is a header of column names;
 * - the label is the column asked for (its name, or its number from 1), else the last;
 * - cells are separated by commas, semicolons or tabs, whichever the first line has most of;
 * - every other cell is a decimal number; blank lines are skipped; rows are counted from 1, the first line included;
 * - without scikit-learn's names, classes are the distinct labels in ascending order (as numbers where all are).
 */
import Papa from 'papaparse';
import { UserError } from '../errors.js';

export interface Table {
  readonly rows: number;
  readonly features: number;
  /** [rows, features]. */
  readonly values: Float64Array;
  /** [rows], indices into `classes`. */
  readonly labels: Uint8Array;
  readonly classes: readonly string[];
  /** Name of each feature, where the file has a header. */
  readonly columns: readonly string[] | undefined;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

interface Row {
  /** From 1, in the file. */
  readonly number: number;
  readonly cells: readonly string[];
}

/**
 * The table in `text`; `path` only names it in errors. Throws UserError with the row's number on a ragged row, a
 * cell that is not a finite number, a missing or unknown label; also on fewer than 2 rows, no feature, fewer
 * than 2 or more than 256 classes, or a label column that is not there.
 */
export function parseTable(text: string, path: string, label?: string): Table {
  const rows = split(text, path);
  const names = scikitClasses(rows);
  const labelOf = (row: Row) => labelColumn(row, path, label);
  const titled = names === undefined && isHeader(rows[0]!, rows[1]!, label);
  if (!titled && label !== undefined && !/^\d+$/.test(label)) {
    throw new UserError(
      `${path}: no column named ${label}, the first row holds numbers; give the label column's number from 1`,
    );
  }
  const data = names !== undefined || titled ? rows.slice(1) : rows;
  const column = labelOf(titled ? rows[0]! : data[0]!);
  const width = titled ? rows[0]!.cells.length : data[0]!.cells.length;
  if (width < 2)
    throw new UserError(`${path}: rows of ${width} cell; at least one feature and a label belong`);
  for (const row of data) {
    if (row.cells.length !== width) {
      throw new UserError(
        `${path}: row ${row.number} has ${row.cells.length} cells where the others have ${width}; mend the row`,
      );
    }
  }
  const classes = names ?? distinctLabels(data, column, path);
  const values = new Float64Array(data.length * (width - 1));
  const labels = new Uint8Array(data.length);
  data.forEach((row, r) => {
    labels[r] = labelIndex(row, column, names, classes, path);
    let to = r * (width - 1);
    for (let c = 0; c < width; c++) {
      if (c !== column) values[to++] = number(row, c, path);
    }
  });
  const columns = titled ? rows[0]!.cells.filter((_, c) => c !== column) : undefined;
  return { rows: data.length, features: width - 1, values, labels, classes, columns };
}

function split(text: string, path: string): Row[] {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const parsed = Papa.parse<string[]>(plain, { header: false, delimiter: delimiterOf(plain) });
  const problem = parsed.errors.find((error) => error.type === 'Quotes');
  if (problem !== undefined) {
    throw new UserError(`${path}: row ${(problem.row ?? 0) + 1}: ${problem.message}; mend the quotes`);
  }
  const rows = parsed.data
    .map((cells, i) => ({ number: i + 1, cells: cells.map((cell) => cell.trim()) }))
    .filter((row) => row.cells.some((cell) => cell !== ''));
  if (rows.length < 2) throw new UserError(`${path}: ${rows.length} rows; a table has at least 2`);
  return rows;
}

/** Comma, semicolon or tab: the one most frequent in the first line that is not blank. */
function delimiterOf(text: string): string {
  const line = /\S.*/.exec(text)?.[0] ?? '';
  const count = (mark: string) => line.split(mark).length;
  return [';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best), ',');
}

/** The class names of scikit-learn's first line, or undefined where the first line is none. */
function scikitClasses(rows: readonly Row[]): readonly string[] | undefined {
  const [count, features, ...names] = rows[0]!.cells;
  const isTrue = Number(count) === rows.length - 1 && Number(features) === rows[1]!.cells.length - 1;
  return isTrue && names.length >= 2 && names.every((name) => !NUMBER.test(name)) ? names : undefined;
}

/** Is the first row column names? Its label may be text in a table without a header too, so that does not count. */
function isHeader(first: Row, second: Row, label: string | undefined): boolean {
  const at = label === undefined ? first.cells.length - 1 : /^\d+$/.test(label) ? Number(label) - 1 : -1;
  return first.cells.some((cell, c) => c !== at && !NUMBER.test(cell) && cell !== second.cells[c]);
}

function labelColumn(row: Row, path: string, label: string | undefined): number {
  if (label === undefined) return row.cells.length - 1;
  const named = row.cells.indexOf(label);
  if (named >= 0 && !/^\d+$/.test(label)) return named;
  const at = /^\d+$/.test(label) ? Number(label) - 1 : -1;
  if (at >= 0 && at < row.cells.length) return at;
  throw new UserError(`${path}: no label column ${label}; its columns are ${row.cells.join(', ')}`);
}

function distinctLabels(rows: readonly Row[], column: number, path: string): string[] {
  const distinct = [...new Set(rows.map((row) => labelCell(row, column, path)))];
  const numeric = distinct.every((text) => NUMBER.test(text));
  distinct.sort((a, b) => (numeric ? Number(a) - Number(b) : 0) || (a < b ? -1 : a > b ? 1 : 0));
  if (distinct.length < 2 || distinct.length > 256) {
    throw new UserError(
      `${path}: ${distinct.length} distinct labels in column ${column + 1}; 2 to 256 classes can be learnt. Name the label column`,
    );
  }
  return distinct;
}

function labelCell(row: Row, column: number, path: string): string {
  const text = row.cells[column]!;
  if (text === '' || /^nan$/i.test(text)) throw new UserError(`${path}: row ${row.number} has no label`);
  return text;
}

function labelIndex(
  row: Row,
  column: number,
  names: readonly string[] | undefined,
  classes: readonly string[],
  path: string,
): number {
  const text = labelCell(row, column, path);
  if (names === undefined) return classes.indexOf(text);
  if (!/^\d+$/.test(text) || Number(text) >= names.length) {
    throw new UserError(
      `${path}: row ${row.number} has label ${text}; labels are 0..${names.length - 1} (${names.join(', ')})`,
    );
  }
  return Number(text);
}

function number(row: Row, column: number, path: string): number {
  const text = row.cells[column]!;
  const value = Number(text);
  if (!NUMBER.test(text) || !Number.isFinite(value)) {
    throw new UserError(
      `${path}: row ${row.number}, column ${column + 1}: '${text}' is not a finite number; mend or drop the row`,
    );
  }
  return value;
}
