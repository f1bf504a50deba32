/** Tables of the documents, and the committed results that they are compared with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';
import { expect } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The text of a file of the project. */
export const textOf = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');

/** With a space for every line break, as a sentence is compared. */
export const proseOf = (text: string): string => text.replaceAll('\n', ' ');

export type Row = Readonly<Record<string, string>>;

/** The rows of a CSV in results/. */
export function rowsOf(file: string): readonly Row[] {
  return Papa.parse<Row>(textOf('results', file), { header: true, skipEmptyLines: true }).data;
}

/** The cells of the table whose head begins so, line by line, its head and rule left out. */
export function tableOf(page: string, head: string): string[][] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith(head));
  expect(start, head).toBeGreaterThan(0);
  const body = lines.slice(start + 2);
  const end = body.findIndex((line) => !line.startsWith('|'));
  return body.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
