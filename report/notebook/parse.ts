/**
 * A notebook is a plain TypeScript file cut into cells by `// %%` and `// %% [markdown]` lines, the percent format
 * that editors and Jupytext know.
 */
import { UserError } from '../../errors.js';

export interface Cell {
  readonly index: number;
  readonly kind: 'code' | 'markdown';
  /** What the marker line says after its marks; often empty. */
  readonly title: string;
  /** Line of the marker, from 1 (of the first line, for what stands before any marker). */
  readonly line: number;
  /** Code as it stands, or Markdown with the comment marks gone; no blank lines at either end. */
  readonly text: string;
}

/** Only at the start of a line: an indented one is inside something. */
const MARKER = /^\/\/ ?%%+(?:[ \t]+\[(markdown|md)\])?(?:[ \t]+(.*?))?[ \t]*$/;

/** The name of the function that an instrumented notebook calls at the start of each cell. */
export const CELL_HOOK = '__cheetahCell';

/** In bytes: longer than any notebook a person writes; a larger file is something else. */
export const LARGEST_NOTEBOOK = 4 * 2 ** 20;

/** The cells in order. What stands before the first marker is a code cell of its own, unless it is blank. */
export function parseNotebook(source: string): Cell[] {
  if (source.length > LARGEST_NOTEBOOK) {
    throw new UserError(`the notebook has ${source.length} characters; at most ${LARGEST_NOTEBOOK} are read`);
  }
  const cells: Cell[] = [];
  const lines = source.split(/\r?\n/);
  let start = 0;
  let marker: RegExpExecArray | undefined;
  const close = (end: number): void => {
    const body = lines.slice(marker ? start + 1 : start, end);
    const kind = marker?.[1] ? 'markdown' : 'code';
    const text = trimBlankLines(kind === 'markdown' ? body.map(uncomment) : body);
    if (!marker && text === '') return;
    cells.push({ index: cells.length, kind, title: marker?.[2] ?? '', line: start + 1, text });
  };
  lines.forEach((line, i) => {
    const found = MARKER.exec(line);
    if (!found) return;
    close(i);
    start = i;
    marker = found;
  });
  close(lines.length);
  return cells;
}

/**
 * The same program, line for line, with each marker replaced by a call that says which cell begins: cells stay one
 * module, share their variables and may await, and errors keep their line numbers.
 */
export function instrument(source: string, cells: readonly Cell[]): string {
  const lines = source.split(/\r?\n/);
  for (const cell of cells) {
    const line = cell.line - 1;
    // The semicolon ends a statement before it that was left without one.
    const call = `;globalThis.${CELL_HOOK}(${cell.index});`;
    if (MARKER.test(lines[line]!)) lines[line] = call;
    else if (!lines[line]!.startsWith('#!')) lines[line] = `${call} ${lines[line]}`;
  }
  return lines.join('\n');
}

function uncomment(line: string): string {
  return line.replace(/^\s*\/\/ ?/, '');
}

function trimBlankLines(lines: readonly string[]): string {
  return lines
    .join('\n')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd();
}
