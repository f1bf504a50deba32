/** The table of a sweep's CSV as text, in one of four forms that all have the same cells. */
import Papa from 'papaparse';
import { UserError } from '../errors.js';
import { summaryOf } from '../sweep/summary/file.js';
import { summaryTable, type TableChoice } from './summary-table.js';
import { type Table, writeTable } from './table.js';
import { latexTable } from './table-latex.js';
import { markdownTable } from './table-markup.js';
import { PLAIN, textTable } from './table-text.js';
import type { TerminalStyle } from './terminal.js';

export const TABLE_FORMS = ['text', 'markdown', 'latex', 'csv'] as const;
export type TableForm = (typeof TABLE_FORMS)[number];

const ENDINGS: Readonly<Record<string, TableForm>> = {
  '.txt': 'text',
  '.md': 'markdown',
  '.tex': 'latex',
  '.csv': 'csv',
};

/** The form that a file's ending says; text where it says none. */
export function tableFormOf(file: string): TableForm {
  return Object.entries(ENDINGS).find(([ending]) => file.toLowerCase().endsWith(ending))?.[1] ?? 'text';
}

export function tableIn(form: TableForm, table: Table, style: TerminalStyle = PLAIN): string {
  switch (form) {
    case 'text':
      return textTable(table, style);
    case 'markdown':
      return markdownTable(table);
    case 'latex':
      return latexTable(table);
    case 'csv':
      return csvTable(table);
    default:
      return form satisfies never;
  }
}

/** Headers and cells as the other forms have them, quoted where RFC 4180 wants it; caption and notes have no place in it. */
function csvTable(table: Table): string {
  const { headers, cells } = writeTable(table);
  return `${Papa.unparse([headers, ...cells] as string[][], { newline: '\n' })}\n`;
}

/** Throws UserError, one line, for a CSV that is missing, empty or no sweep's, and where `summaryTable` does. */
export function tableOfCsv(csv: string, choice: TableChoice): Table {
  const summary = summaryOf(csv);
  if (summary.length === 0)
    throw new UserError(`${csv} has a header but no rows; let the sweep finish a point first`);
  return summaryTable(summary, choice);
}
