/**
 * Tables of features with a label in each row, from CSV (input/csv.ts). The rule, for any table:
 * - a first row `rows,features,name,…` with two counts and two or more names, whose second count is true, is
 *   scikit-learn's: it names the classes, labels are 0 .. classes − 1, and the first count must be true too;
 * - else the first row is a header where it is said to be, or where datasets/table-header.ts finds it is;
 * - the label is the column asked for (its name, or its number from 1), else the last;
 * - every other cell is a decimal number;
 * - without scikit-learn's names, classes are the distinct labels in ascending order (as numbers where all are).
 */
import { UserError } from '../errors.js';
import { type Csv, type CsvChoices, eachRow, openCsv, raggedRow } from '../input/csv.js';
import { headerByLabels, headerByNames, NUMBER } from './table-header.js';

export interface TableChoices extends CsvChoices {
  /** Label column: its name, or its number from 1; the last where absent. */
  readonly label?: string | undefined;
  /** Is the first row column names? Guessed where absent. */
  readonly header?: 'yes' | 'no' | undefined;
}

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
  /** How the file was read, one line, for the person who gave it; undefined where nothing was guessed. */
  readonly guesses: string | undefined;
}

/** Most cells of a table: 10,000 images of 28×28 with their labels fit. */
const MOST_CELLS = 2 ** 23;
/** As wide as a layer of a network may be, and the label. */
const MOST_COLUMNS = 65_537;
/** With more distinct values than this a column cannot be the label, and counting stops. */
const MOST_LABELS = 10_000;

interface Row {
  readonly number: number;
  readonly cells: readonly string[];
}

/**
 * The table in `content` (bytes are changed: line ends); `path` only names it in errors. Throws UserError with the
 * row's number on a ragged row, a cell that is not a finite number, a missing or unknown label; also on fewer than
 * 2 rows, no feature, fewer than 2 or more than 256 classes, a label column that is not there, text in another
 * encoding, or a table beyond the bounds.
 */
export function parseTable(content: Uint8Array | string, path: string, choices: TableChoices = {}): Table {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const csv = openCsv(bytes, path, { cells: MOST_CELLS, columns: MOST_COLUMNS }, choices);
  const reader = new TableReader(csv, choices);
  eachRow(csv, (cells, number) => reader.take({ number, cells }));
  return reader.end();
}

/**
 * Takes rows one by one, so that only one is held as text; the first waits until it is known whether it is a header.
 */
class TableReader {
  readonly #values: Float64Array;
  readonly #labels: Uint32Array;
  /** Distinct labels in order of appearance, and how often each came. */
  readonly #distinct = new Map<string, number>();
  readonly #counts: number[] = [];
  #first: Row | undefined;
  #width = 0;
  #column = 0;
  #kind: 'scikit' | 'header' | 'data' | 'by labels' = 'data';
  #rows = 0;

  constructor(
    private readonly csv: Csv,
    private readonly choices: TableChoices,
  ) {
    this.#values = new Float64Array(csv.cells);
    this.#labels = new Uint32Array(csv.rows);
  }

  take(row: Row): void {
    if (this.#first === undefined) {
      this.#first = row;
      return;
    }
    if (this.#rows === 0 && this.#width === 0) this.#begin(this.#first, row);
    this.#add(row);
  }

  /** What the first row is, seen beside the second. */
  #begin(first: Row, second: Row): void {
    const { source } = this.csv;
    const { label, header } = this.choices;
    this.#kind = this.#kindOf(first, second);
    const shaping = this.#kind === 'scikit' ? second : first;
    this.#width = shaping.cells.length;
    if (this.#width < 2) {
      throw new UserError(`${source}: rows of ${this.#width} cell; at least one feature and a label belong`);
    }
    if (label !== undefined && !/^\d+$/.test(label) && this.#kind !== 'header') {
      throw new UserError(
        `${source}: no column named ${label}, ${header === 'no' ? '--header no says that the first row is' : 'the first row holds'} numbers; give the label column's number from 1`,
      );
    }
    this.#column = labelColumn(shaping, source, label);
    if (this.#kind === 'data') this.#add(first);
  }

  #kindOf(first: Row, second: Row): 'scikit' | 'header' | 'data' | 'by labels' {
    const { label, header } = this.choices;
    if (header === 'yes') return 'header';
    if (header === 'no') return 'data';
    if (isScikit(first.cells, second.cells)) return 'scikit';
    if (label !== undefined && !/^\d+$/.test(label) && first.cells.includes(label)) return 'header';
    const at = label === undefined ? first.cells.length - 1 : /^\d+$/.test(label) ? Number(label) - 1 : -1;
    const features = first.cells.filter((_, c) => c !== at);
    return headerByNames(features);
  }

  #add(row: Row): void {
    const { source } = this.csv;
    if (row.cells.length !== this.#width) throw raggedRow(source, row.number, row.cells.length, this.#width);
    this.#labels[this.#rows] = this.#labelIndex(this.#labelOf(row));
    let to = this.#rows * (this.#width - 1);
    for (let c = 0; c < this.#width; c++) {
      if (c !== this.#column) this.#values[to++] = this.#number(row, c);
    }
    this.#rows++;
  }

  #labelOf(row: Row): string {
    const text = row.cells[this.#column]!;
    const { source } = this.csv;
    if (text === '' || /^nan$/i.test(text)) throw new UserError(`${source}: row ${row.number} has no label`);
    const names = this.#kind === 'scikit' ? this.#first!.cells.slice(2) : undefined;
    if (names && !(/^\d+$/.test(text) && Number(text) < names.length)) {
      throw new UserError(
        `${source}: row ${row.number} has label ${text}; labels are 0..${names.length - 1} (${names.join(', ')})`,
      );
    }
    return text;
  }

  #labelIndex(text: string): number {
    let index = this.#distinct.get(text);
    if (index === undefined) {
      index = this.#distinct.size;
      if (index === MOST_LABELS) throw this.#notClasses(`more than ${MOST_LABELS}`);
      this.#distinct.set(text, index);
      this.#counts.push(0);
    }
    this.#counts[index]!++;
    return index;
  }

  #number(row: Row, column: number): number {
    const text = row.cells[column]!;
    const value = Number(text);
    if (NUMBER.test(text) && Number.isFinite(value)) return value;
    const hint =
      row === this.#first && this.choices.header === undefined ? ' (or is it a header? --header yes)' : '';
    const comma = /^[+-]?\d+,\d+$/.test(text) ? ', for a decimal comma write a point' : '';
    throw new UserError(
      `${this.csv.source}: row ${row.number}, column ${column + 1}: '${text}' is not a finite number${comma}; mend or drop the row${hint}`,
    );
  }

  #notClasses(count: number | string): UserError {
    return new UserError(
      `${this.csv.source}: ${count} distinct labels in column ${this.#column + 1}; 2 to 256 classes can be learnt. Name the label column (--label)`,
    );
  }

  end(): Table {
    const { source } = this.csv;
    const first = this.#first;
    if (first === undefined || this.#width === 0) {
      throw new UserError(`${source}: ${first === undefined ? 0 : 1} rows; a table has at least 2`);
    }
    if (this.#kind === 'by labels') {
      const label = first.cells[this.#column]!;
      if (headerByLabels(label, new Map([...this.#distinct].map(([text, i]) => [text, this.#counts[i]!])))) {
        this.#kind = 'header';
      } else this.#addFirst(first);
    }
    const names = this.#kind === 'scikit' ? first.cells.slice(2) : undefined;
    if (names && Number(first.cells[0]) !== this.#rows) {
      throw new UserError(
        `${source}: its first row announces ${first.cells[0]} rows, ${this.#rows} follow; mend that row or get the file again`,
      );
    }
    const classes = names ?? this.#sortedLabels();
    const features = this.#width - 1;
    return {
      rows: this.#rows,
      features,
      values: this.#values.subarray(0, this.#rows * features),
      labels: this.#classIndices(names, classes),
      classes,
      columns: this.#kind === 'header' ? first.cells.filter((_, c) => c !== this.#column) : undefined,
      guesses: this.#guesses(first),
    };
  }

  /** For a first row that turned out to be data after all the others were read: they move up by one. */
  #addFirst(first: Row): void {
    const features = this.#width - 1;
    const rows = this.#rows;
    this.#values.copyWithin(features, 0, rows * features);
    this.#labels.copyWithin(1, 0, rows);
    this.#rows = 0;
    this.#add(first);
    this.#rows = rows + 1;
  }

  #sortedLabels(): string[] {
    const distinct = [...this.#distinct.keys()];
    const numeric = distinct.every((text) => NUMBER.test(text));
    distinct.sort((a, b) => (numeric ? Number(a) - Number(b) : 0) || (a < b ? -1 : a > b ? 1 : 0));
    if (distinct.length < 2 || distinct.length > 256) throw this.#notClasses(distinct.length);
    return distinct;
  }

  #classIndices(names: readonly string[] | undefined, classes: readonly string[]): Uint8Array {
    const place = [...this.#distinct.keys()].map((text) => (names ? Number(text) : classes.indexOf(text)));
    return Uint8Array.from(this.#labels.subarray(0, this.#rows), (index) => place[index]!);
  }

  #guesses(first: Row): string | undefined {
    const { label, header } = this.choices;
    const { delimiter, chosen, source } = this.csv;
    const marks: Readonly<Record<string, string>> = {
      ',': 'commas',
      ';': 'semicolons',
      '\t': 'tabs',
      '|': 'bars',
    };
    const guesses: string[] = [];
    if (chosen === 'guessed') guesses.push(`cells between ${marks[delimiter]} (--delimiter)`);
    if (header === undefined) {
      const what = { scikit: 'the classes', header: 'a header', data: 'data', 'by labels': 'data' }[
        this.#kind
      ];
      guesses.push(`the first row is ${what} (--header)`);
    }
    if (label === undefined) {
      const name = this.#kind === 'header' ? ` '${first.cells[this.#column]}'` : '';
      guesses.push(`labels in column ${this.#column + 1}${name} (--label)`);
    }
    return guesses.length === 0 ? undefined : `${source}: taken as ${guesses.join(', ')}`;
  }
}

/** Two counts, of which the second is true, and at least two names. */
function isScikit(first: readonly string[], second: readonly string[]): boolean {
  const [count, features, ...names] = first;
  return (
    /^\d+$/.test(count!) &&
    Number(features) === second.length - 1 &&
    names.length >= 2 &&
    names.every((name) => !NUMBER.test(name))
  );
}

function labelColumn(row: Row, path: string, label: string | undefined): number {
  if (label === undefined) return row.cells.length - 1;
  const at = /^\d+$/.test(label) ? Number(label) - 1 : -1;
  if (at >= 0 && at < row.cells.length) return at;
  const named = row.cells.indexOf(label);
  if (named >= 0) return named;
  throw new UserError(`${path}: no label column ${label}; its columns are ${row.cells.join(', ')}`);
}
