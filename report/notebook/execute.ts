/** Runs a notebook's cells in this process and keeps what they show. */
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { prepareImports } from '../../platform/user-modules.js';
import { figureSvg } from '../figure.js';
import type { TerminalStyle } from '../terminal.js';
import { CELL_HOOK, type Cell, instrument } from './parse.js';
import { type NotebookOptions, type Output, type Recorder, setActiveRecorder } from './recorder.js';

export interface CellError {
  /** Index of the cell in which it came up. */
  readonly cell: number;
  /** Line of the notebook file, from 1; undefined where the error does not say. */
  readonly line: number | undefined;
  readonly message: string;
}

export interface CellRun {
  readonly cell: Cell;
  readonly outputs: Output[];
}

export interface Execution {
  /** The cells that began, in the file's order. */
  readonly ran: readonly CellRun[];
  /** Finished figures by number. */
  readonly figures: ReadonlyMap<number, string>;
  readonly error: CellError | undefined;
}

/** Hears of cells and outputs as they come, for the terminal. */
export interface Listener {
  cell(cell: Cell): void;
  output(output: Output): void;
}

/** What the notebook is called while it runs; the ending makes it a module whatever package it stands in. */
const ENDING = '.cells.mts';

/**
 * Runs the notebook as one module. Whatever it throws is caught and becomes the execution's error; console.log and
 * console.info count as text of the cell.
 */
export async function execute(
  file: string,
  source: string,
  cells: readonly Cell[],
  options: NotebookOptions,
  style: TerminalStyle,
  listener: Listener,
): Promise<Execution> {
  const ran: CellRun[] = [];
  let figureCount = 0;
  const begin = (index: number): void => {
    const cell = cells[index]!;
    ran.push({ cell, outputs: [] });
    listener.cell(cell);
  };
  const recorder: Recorder = {
    options,
    style,
    add(output) {
      if (ran.length === 0) begin(0);
      ran.at(-1)!.outputs.push(output);
      listener.output(output);
    },
    nextFigure: () => ++figureCount,
  };
  const url = pathToFileURL(file).href + ENDING;
  await prepareImports({ url, source: instrument(source, cells) });
  const log = console.log;
  const info = console.info;
  const say = (...values: readonly unknown[]): void =>
    recorder.add({
      kind: 'text',
      text: values
        .map((value) => (typeof value === 'string' ? value : inspect(value, { colors: false })))
        .join(' '),
    });
  console.log = say;
  console.info = say;
  setActiveRecorder(recorder);
  Object.assign(globalThis, { [CELL_HOOK]: begin });
  const home = process.cwd();
  let error: CellError | undefined;
  try {
    await settled(import(url));
  } catch (thrown) {
    error = describe(thrown, ran.at(-1)?.cell.index ?? 0, url, cells);
  } finally {
    // a cell may have changed the folder; the page goes where it was asked for
    process.chdir(home);
    console.log = log;
    console.info = info;
    setActiveRecorder(undefined);
    Reflect.deleteProperty(globalThis, CELL_HOOK);
  }
  const drawn = await draw(ran);
  return { ran, figures: drawn.figures, error: error ?? drawn.error };
}

/**
 * Waits until the module ends. Throws what it throws, a rejection nobody handles, a throw in a timer, an error for a
 * call of process.exit, and one for an await that can never end, at which Node would stop silently.
 */
async function settled(run: Promise<unknown>): Promise<void> {
  let fail: (reason: unknown) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // a failure after the race is over has no one to catch it, and would end the process
  failure.catch(() => {});
  const stuck = (): void => fail(new Error('the cell awaits something that never happens'));
  const { exit } = process;
  process.exit = (code) => {
    const error = new Error(`the cell calls process.exit(${code ?? ''})`);
    fail(error);
    throw error;
  };
  process.on('beforeExit', stuck);
  process.on('unhandledRejection', fail);
  process.on('uncaughtException', fail);
  try {
    await Promise.race([run, failure]);
    // timers and rejections that the module has left to the next turn of the event loop may still fail
    await setImmediate();
    await Promise.race([failure, setImmediate()]);
  } finally {
    process.exit = exit;
    process.off('beforeExit', stuck);
    process.off('unhandledRejection', fail);
    process.off('uncaughtException', fail);
  }
}

/** The error as one line of words and the line of the file that it came up in. */
function describe(thrown: unknown, running: number, url: string, cells: readonly Cell[]): CellError {
  const error = thrown instanceof Error ? thrown : new Error(inspect(thrown));
  // The stack of a module has its address, a complaint of the TypeScript reader a path, with its own ending.
  const name = url.slice(url.lastIndexOf('/') + 1, -'.mts'.length);
  const place = new RegExp(`(?:${literal(name)}|${literal(decodeURIComponent(name))})\\.m?ts`);
  const found = new RegExp(`${place.source}:(\\d+)`).exec(`${error.stack ?? ''}\n${error.message}`);
  const line = found ? Number(found[1]) : undefined;
  const within = line === undefined ? undefined : cells.findLast((cell) => cell.line <= line)?.index;
  const syntax = /ERROR: (.*)/.exec(error.message)?.[1];
  const first = syntax === undefined ? error.message.split('\n')[0]! : `syntax error: ${syntax}`;
  const plain = ['Error', 'UserError'].includes(error.name) || syntax !== undefined;
  const message = plain ? first : `${error.name}: ${first}`;
  return { cell: within ?? running, line, message: withoutPaths(message).replace(place, shownName(name)) };
}

/** The page must read the same whatever machine it was made on: of an absolute path only the last name stays. */
function withoutPaths(message: string): string {
  return message.replace(/(?<![:/\w])(?:file:\/\/)?\/\S*\/([^/\s]+)/g, '$1');
}

function shownName(name: string): string {
  return basename(decodeURIComponent(name), '.cells');
}

/** The text as a pattern that matches it and nothing else. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Draws every figure, in order; the first that cannot be drawn is the error. */
async function draw(
  ran: readonly CellRun[],
): Promise<{ figures: Map<number, string>; error: CellError | undefined }> {
  const figures = new Map<number, string>();
  let error: CellError | undefined;
  for (const { cell, outputs } of ran) {
    for (const output of outputs) {
      if (output.kind !== 'plot') continue;
      try {
        figures.set(output.number, await figureSvg(output.spec));
      } catch (thrown) {
        error ??= { cell: cell.index, line: cell.line, message: (thrown as Error).message };
      }
    }
  }
  return { figures, error };
}
