/**
 * CSV, for every file of rows this project reads. Cells stand between delimiters, in double quotes where they hold one
 * (RFC 4180). The delimiter is what is asked for, else what a first line `sep=;` says, else the comma, semicolon, tab
 * or bar that the first row has most of outside quotes (of equally many not the comma: it may be a decimal one).
 * Blank lines and lines that begin with # are passed over. A row's number is that of the line it begins on, from 1.
 */
import Papa from 'papaparse';
import { UserError } from '../errors.js';
import { decoded, plainLines, type TextEncoding } from './text.js';

export interface CsvChoices {
  /** One character, or comma, semicolon, tab, pipe; guessed where absent. */
  readonly delimiter?: string | undefined;
  /** UTF-8 where absent. */
  readonly encoding?: TextEncoding | undefined;
}

export interface CsvBounds {
  readonly cells: number;
  /** In one row. */
  readonly columns: number;
}

export interface Csv {
  readonly source: string;
  readonly delimiter: string;
  readonly chosen: 'given' | 'stated' | 'guessed';
  /** Cells in all, and rows, at most: quotes and comments are counted as if they were cells and lines. */
  readonly cells: number;
  readonly rows: number;
  /** From the first row on. */
  readonly text: string;
  /** Line the text begins on. */
  readonly line: number;
}

const NAMED: Readonly<Record<string, string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  pipe: '|',
  '\\t': '\t',
};
const GUESSED = [';', '\t', '|', ','] as const;
/** The first row must be within this many bytes for its delimiters to be counted. */
const HEAD = 2 ** 16;
const LF = 0x0a;

/** The character of `comma`, `;`, `tab`, …. Throws UserError for what cannot be a delimiter. */
function delimiterOf(given: string): string {
  const delimiter = NAMED[given] ?? given;
  if (delimiter === '\t' || /^[\x20-\x7e]$/.test(delimiter)) {
    if (!/[\w"#.+-]/.test(delimiter)) return delimiter;
  }
  throw new UserError(
    `delimiter '${given}' is impossible; give comma, semicolon, tab, pipe or one mark that no number has`,
  );
}

/**
 * Looks at CSV before its rows are read. `bytes` are changed (line ends). Throws UserError for text that is not in
 * the encoding, and for more cells or columns than `bounds`, counted before anything is made of them.
 */
export function openCsv(bytes: Uint8Array, source: string, bounds: CsvBounds, choices: CsvChoices = {}): Csv {
  const plain = plainLines(bytes, source);
  const head = Buffer.from(plain.subarray(0, HEAD)).toString('latin1');
  const stated = /^"?sep=([^\n])"?\n/i.exec(head);
  const skipped = stated ? stated[0].length : 0;
  const asked = choices.delimiter === undefined ? stated?.[1] : choices.delimiter;
  const delimiter = asked === undefined ? guessed(head) : delimiterOf(asked);
  const { cells, rows } = counted(plain, delimiter.charCodeAt(0), source, bounds);
  return {
    source,
    delimiter,
    chosen: choices.delimiter !== undefined ? 'given' : stated ? 'stated' : 'guessed',
    cells,
    rows,
    text: decoded(plain, source, choices.encoding).slice(skipped),
    line: stated ? 2 : 1,
  };
}

function guessed(head: string): string {
  const row = /^(?!#)[^\n]*\S[^\n]*/m.exec(head)?.[0] ?? '';
  const bare = head
    .slice(head.indexOf(row))
    .replace(/"(?:[^"]|"")*"/g, '')
    .split('\n')[0]!;
  const count = (mark: string) => bare.split(mark).length;
  return GUESSED.reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

function counted(
  plain: Uint8Array,
  delimiter: number,
  source: string,
  bounds: CsvBounds,
): { cells: number; rows: number } {
  let cells = 1;
  let rows = 1;
  let columns = 1;
  for (let i = 0; i < plain.length; i++) {
    const byte = plain[i];
    if (byte === delimiter) {
      if (++columns > bounds.columns) {
        throw new UserError(`${source}: row ${rows} has more than the ${bounds.columns} cells that are read`);
      }
    } else if (byte === LF) {
      rows++;
      columns = 1;
    } else continue;
    if (++cells > bounds.cells) {
      throw new UserError(`${source} has more than the ${bounds.cells} cells that are read; give fewer rows`);
    }
  }
  return { cells, rows };
}

/**
 * Gives `take` each row that is not blank, its cells without the blanks around them, and its number. Throws UserError
 * for quotes that are not closed or stand where none belong, and passes on what `take` throws.
 */
export function eachRow(csv: Csv, take: (cells: string[], row: number) => void): void {
  let line = csv.line;
  let at = 0;
  Papa.parse<string[]>(csv.text, {
    delimiter: csv.delimiter,
    newline: '\n',
    comments: '#',
    step({ data, errors, meta }) {
      // the row's own lines are the last of those passed since the row before: comments come first
      let passed = 0;
      for (let next = csv.text.indexOf('\n', at); next >= 0 && next < meta.cursor; ) {
        passed++;
        next = csv.text.indexOf('\n', next + 1);
      }
      const own =
        data.reduce((sum, cell) => sum + newlines(cell), 0) + (csv.text[meta.cursor - 1] === '\n' ? 1 : 0);
      const row = line + Math.max(0, passed - own);
      line += passed;
      at = meta.cursor;
      const broken = errors.find((error) => error.type === 'Quotes');
      if (broken) throw new UserError(`${csv.source}: row ${row}: ${broken.message}; mend the quotes`);
      const cells = data.map((cell) => cell.trim());
      if (cells.some((cell) => cell !== '')) take(cells, row);
    },
  });
}

function newlines(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++;
  return count;
}

/**
 * Up to `most` rows under a header, as records by column. Throws UserError beyond them, for a column that stands twice
 * and for a ragged row.
 */
export function csvRecords(
  csv: Csv,
  most: number,
): {
  readonly columns: readonly string[];
  readonly records: readonly { readonly row: number; readonly cells: Readonly<Record<string, string>> }[];
} {
  let columns: string[] | undefined;
  const records: { row: number; cells: Record<string, string> }[] = [];
  eachRow(csv, (cells, row) => {
    if (columns === undefined) {
      const twice = cells.find((name, i) => cells.indexOf(name) !== i);
      if (twice !== undefined)
        throw new UserError(`${csv.source}: the column '${twice}' stands twice; name it once`);
      columns = cells;
      return;
    }
    if (cells.length !== columns.length) throw raggedRow(csv.source, row, cells.length, columns.length);
    if (records.length === most) {
      throw new UserError(`${csv.source} has more than ${most} rows; give at most so many`);
    }
    records.push({ row, cells: Object.fromEntries(columns.map((name, i) => [name, cells[i]!])) });
  });
  return { columns: columns ?? [], records };
}

export function raggedRow(source: string, row: number, found: number, expected: number): UserError {
  return new UserError(
    `${source}: row ${row} has ${found} cells where the others have ${expected}; mend the row`,
  );
}
