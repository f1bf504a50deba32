/** `cheetah notebook run`: a notebook file becomes lines in the terminal, an HTML page and a Markdown file. */
import { realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../errors.js';
import { readBytes } from '../../input/bounded-file.js';
import { textOf } from '../../input/text.js';
import { writeAtomically } from '../../platform/atomic-file.js';
import { PLAIN, textTable } from '../table-text.js';
import { emphasise, type TerminalStyle } from '../terminal.js';
import { execute, type Listener } from './execute.js';
import { figureName, notebookMarkdown } from './markdown-file.js';
import { type Document, errorText, notebookHtml } from './page.js';
import { type Cell, LARGEST_NOTEBOOK, parseNotebook } from './parse.js';
import type { NotebookOptions, Output } from './recorder.js';

export interface NotebookRun extends NotebookOptions {
  /** Directory for the page, the Markdown file and its figures. */
  readonly out: string;
  /** Of the terminal's text; plain by default. */
  readonly style?: TerminalStyle;
  /** Where that text goes; nowhere by default. */
  readonly print?: (text: string) => void;
}

export interface NotebookResult {
  /** The files written, the page first. */
  readonly files: readonly string[];
  /** `file:line: message` of the error that stopped the notebook. */
  readonly error: string | undefined;
}

/**
 * Runs the notebook and writes what it showed, up to and with an error in a cell. The same notebook with the same
 * options writes the same bytes. Throws UserError for a file that is missing, too large or no TypeScript, and where
 * the results cannot be written.
 */
export async function runNotebook(file: string, given: NotebookRun): Promise<NotebookResult> {
  const run = { style: PLAIN, print: () => {}, ...given };
  const source = readNotebook(file);
  const cells = parseNotebook(source);
  if (cells.length === 0) throw new UserError(`${file} has no cells; cut it with lines that say // %%`);
  const fileName = basename(file);
  const name = fileName.replace(/\.[cm]?ts$/, '');
  const execution = await execute(
    realpathSync(file),
    source,
    cells,
    run,
    run.style,
    terminalListener(run, (number) => join(run.out, figureName(name, number))),
  );
  const document: Document = { title: titleOf(cells, name), fileName, notice: fewerNotice(run), execution };
  const files = [join(run.out, `${name}.html`), join(run.out, `${name}.md`)];
  writeAtomically(files[0]!, notebookHtml(document));
  writeAtomically(files[1]!, notebookMarkdown(document, name));
  for (const [number, svg] of execution.figures) {
    files.push(join(run.out, figureName(name, number)));
    writeAtomically(files.at(-1)!, svg);
  }
  return { files, error: execution.error ? errorText(fileName, execution) : undefined };
}

function readNotebook(file: string): string {
  const bytes = readBytes(file, {
    most: LARGEST_NOTEBOOK,
    wanted: 'a notebook: a TypeScript file cut by // %% lines',
  });
  if (!/\.[cm]?ts$/.test(file))
    throw new UserError(`${file} is no TypeScript file; a notebook's name ends in .ts`);
  return textOf(bytes, file);
}

/** The first Markdown heading, else the file's name. */
function titleOf(cells: readonly Cell[], name: string): string {
  for (const cell of cells) {
    const heading = cell.kind === 'markdown' ? /^#{1,6} +(.+)$/m.exec(cell.text) : null;
    if (heading) return heading[1]!.replace(/[*`]/g, '');
  }
  return name;
}

function terminalListener(
  run: Required<Pick<NotebookRun, 'style' | 'print'>>,
  figurePath: (number: number) => string,
): Listener {
  const { style, print } = run;
  return {
    cell(cell) {
      if (cell.kind === 'markdown') print(`\n${cell.text}\n`);
      else
        print(`\n${emphasise(`[${cell.index + 1}] ${cell.title || `line ${cell.line}`}`, 'dim', style)}\n`);
    },
    output(output: Output) {
      switch (output.kind) {
        case 'text':
        case 'markdown':
          return print(`${output.text}\n`);
        case 'table':
          return print(`\n${textTable(output.table, style)}`);
        case 'plot':
          return print(
            `[figure ${output.number}] ${output.caption ? `${output.caption}: ` : ''}${figurePath(output.number)}\n`,
          );
        default:
          return output satisfies never;
      }
    },
  };
}

/** Which images the run was told to do without; undefined where it took all. */
function fewerNotice({ trainImages, testImages }: NotebookRun): string | undefined {
  const said = [
    ...(trainImages === undefined ? [] : [`${trainImages} training images (--train-images)`]),
    ...(testImages === undefined ? [] : [`${testImages} test images (--test-images)`]),
  ];
  if (said.length === 0) return undefined;
  return `Run on at most ${said.join(' and ')}: the figures are rougher than those of the full run.`;
}
