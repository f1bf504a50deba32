import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { rowsToCsv } from '../../../sweep/rows.js';
import {
  readSummary,
  rowsHashOf,
  summaryFile,
  summaryOf,
  writeSummary,
} from '../../../sweep/summary/file.js';
import { summarize } from '../../../sweep/summary/summarize.js';
import { sampleRows } from '../../report/rows.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-summary-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a summary is believed where it is of these rows, and made anew where it is of others or not there', () => {
  const csv = join(folder, 'x.csv');
  const text = rowsToCsv(sampleRows());
  writeFileSync(csv, text);
  const made = summaryOf(csv);
  expect(made.map(({ format }) => format)).toEqual(sampleRows().map(({ format }) => format));
  const file = summaryFile(csv);
  expect(readSummary(file, rowsHashOf(text))).toBeUndefined();
  const own = summarize(sampleRows(), undefined, rowsHashOf(text)).map((line) => ({
    ...line,
    verdict: 'mine',
  }));
  writeSummary(file, own);
  expect(summaryOf(csv).every(({ verdict }) => verdict === 'mine')).toBe(true);
  expect(readSummary(file, rowsHashOf(`${text}\n`))).toBeUndefined();
  writeFileSync(csv, rowsToCsv(sampleRows().slice(0, 3)));
  expect(summaryOf(csv).map(({ verdict }) => verdict)).not.toContain('mine');
});
