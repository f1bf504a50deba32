/** What a notebook imports to show its results, and to hear what the command line asked of it. */
import type { FigureSpec } from '../figure.js';
import { type Table, type TableRow, tableOf } from '../table.js';
import { textTable } from '../table-text.js';
import { terminalStyle } from '../terminal.js';
import { activeRecorder, type Output } from './recorder.js';

function record(output: Output): void {
  const recorder = activeRecorder();
  if (recorder) recorder.add(output);
  else process.stdout.write(outsideRun(output));
}

/** A notebook started as a plain program (`tsx file.ts`) prints what it can. */
function outsideRun(output: Output): string {
  switch (output.kind) {
    case 'text':
    case 'markdown':
      return `${output.text}\n`;
    case 'table':
      return `${textTable(output.table, terminalStyle(process.stdout))}\n`;
    case 'plot':
      return `[plot: ${output.caption}; \`cheetah notebook run\` draws it]\n`;
    default:
      return output satisfies never;
  }
}

export const show = {
  /** Values as text, one blank between them; strings as they are, numbers as String has them. */
  text(...values: readonly (string | number | bigint | boolean)[]): void {
    record({ kind: 'text', text: values.map(String).join(' ') });
  },

  /** Markdown made by code, in the dialect of the notebook's own Markdown cells. */
  markdown(text: string): void {
    record({ kind: 'markdown', text });
  },

  /**
   * A table, or plain rows: their fields become columns (all, or those of `columns` in that order), numbers to the
   * right with four significant digits.
   */
  table(table: Table | readonly TableRow[], columns?: readonly string[]): void {
    const whole = Array.isArray(table) ? tableOf(table as readonly TableRow[], columns) : (table as Table);
    // The rows are copied: a notebook may go on filling the array it has shown.
    record({ kind: 'table', table: { ...whole, rows: whole.rows.map((row) => ({ ...row })) } });
  },

  /**
   * A figure by its Vega-Lite specification, drawn after the run. A specification that cannot be drawn is an error
   * of the cell that showed it.
   */
  plot(spec: FigureSpec, caption = ''): void {
    const number = activeRecorder()?.nextFigure() ?? 0;
    record({ kind: 'plot', spec: structuredClone(spec), caption, number });
  },

  /** How many of `full` training images to take: all, or no more than `--train-images` allows. */
  trainImages(full: number): number {
    return Math.min(full, activeRecorder()?.options.trainImages ?? full);
  },

  /** How many of `full` test images to take: all, or no more than `--test-images` allows. */
  testImages(full: number): number {
    return Math.min(full, activeRecorder()?.options.testImages ?? full);
  },

  /** The directory of `--data`, else of CHEETAH_DATA, else undefined. */
  dataDirectory(): string | undefined {
    return activeRecorder()?.options.data ?? process.env.CHEETAH_DATA;
  },

  /** The data set of `--dataset`, else the notebook's own. */
  dataset(own: string): string {
    return activeRecorder()?.options.dataset ?? own;
  },
} as const;
