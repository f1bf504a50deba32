/** What a notebook shows while it runs, cell by cell. */
import type { FigureSpec } from '../figure.js';
import type { Table } from '../table.js';
import type { TerminalStyle } from '../terminal.js';

export type Output =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'markdown'; readonly text: string }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'plot'; readonly spec: FigureSpec; readonly caption: string; readonly number: number };

/** What the command line gave the notebook. */
export interface NotebookOptions {
  /** Most images of a split that the notebook should take, where it asks. */
  readonly trainImages?: number;
  readonly testImages?: number;
  /** Directory of the data files. */
  readonly data?: string;
  /** Name of the data set to use instead of the notebook's own. */
  readonly dataset?: string;
}

export interface Recorder {
  readonly options: NotebookOptions;
  readonly style: TerminalStyle;
  add(output: Output): void;
  /** Numbers of figures, from 1. */
  nextFigure(): number;
}

/**
 * The recorder of the run going on in this process; undefined outside one. It stands on globalThis because the
 * notebook may have found another copy of this package than the one that runs it.
 */
const KEY = Symbol.for('cheetah-numerics.notebook');

export function activeRecorder(): Recorder | undefined {
  return (globalThis as { [KEY]?: Recorder })[KEY];
}

export function setActiveRecorder(recorder: Recorder | undefined): void {
  (globalThis as { [KEY]?: Recorder | undefined })[KEY] = recorder;
}
