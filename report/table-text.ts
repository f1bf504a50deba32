/** A table as aligned text, for a terminal. */
import { type Table, type WrittenTable, writeTable } from './table.js';
import { emphasise, type TerminalStyle } from './terminal.js';
import { length, wrap } from './wrap.js';

const GAP = '  ';

/** Plain text of any width: what goes into a pipe or a file. */
export const PLAIN: TerminalStyle = { width: Number.POSITIVE_INFINITY, colour: 'plain' };

/**
 * The table as lines, ending with a newline: numbers to the right, header underlined. Where the terminal is too
 * narrow, columns of low priority are left out and named under the table; what is still too wide is cut with '…'.
 */
export function textTable(table: Table, style: TerminalStyle = PLAIN): string {
  const { written, left } = fit(writeTable(table), style.width);
  const widths = columnWidths(written);
  const line = (cells: readonly string[]): string =>
    cut(
      cells
        .map((cell, i) => pad(cell, widths[i]!, written.columns[i]!.align))
        .join(GAP)
        .trimEnd(),
      style.width,
    );
  const total = widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
  const lines = [
    ...(written.caption ? [emphasise(cut(written.caption, style.width), 'bold', style), ''] : []),
    emphasise(line(written.headers), 'bold', style),
    emphasise('─'.repeat(Math.min(total, style.width)), 'dim', style),
    ...written.cells.map((cells, row) =>
      written.strong.has(row) ? emphasise(line(cells), 'bold', style) : line(cells),
    ),
  ];
  const notes = [...written.notes];
  if (left.length > 0) notes.push(`Too narrow to show: ${left.join(', ')}.`);
  for (const note of notes)
    lines.push(...wrap(note, style.width).map((text) => emphasise(text, 'dim', style)));
  return `${lines.join('\n')}\n`;
}

/** Leaves columns out, least important first, until the table fits or only the indispensable ones are left. */
function fit(written: WrittenTable, width: number): { written: WrittenTable; left: string[] } {
  let kept = written.columns.map((_, i) => i);
  const left: string[] = [];
  const widths = columnWidths(written);
  const total = (): number => kept.reduce((sum, i) => sum + widths[i]! + GAP.length, -GAP.length);
  while (total() > width) {
    const least = kept.reduce((worst, i) =>
      written.columns[i]!.priority >= written.columns[worst]!.priority ? i : worst,
    );
    if (written.columns[least]!.priority === 0) break;
    kept = kept.filter((i) => i !== least);
    left.unshift(written.headers[least]!);
  }
  return {
    written: {
      ...written,
      columns: kept.map((i) => written.columns[i]!),
      headers: kept.map((i) => written.headers[i]!),
      cells: written.cells.map((cells) => kept.map((i) => cells[i]!)),
    },
    left,
  };
}

function columnWidths(written: WrittenTable): number[] {
  return written.headers.map((header, i) =>
    written.cells.reduce((width, cells) => Math.max(width, length(cells[i]!)), length(header)),
  );
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - length(text)));
  return align === 'left' ? text + space : space + text;
}

function cut(text: string, width: number): string {
  return length(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;
}
