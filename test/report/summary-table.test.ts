import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, describe, expect, it } from 'vitest';
import type { TableChoice } from '../../report/summary-table.js';
import { type Table, writeTable } from '../../report/table.js';
import { TABLE_FORMS, tableFormOf, tableIn, tableOfCsv } from '../../report/table-file.js';
import { latexTable } from '../../report/table-latex.js';
import { rowsToCsv } from '../../sweep/rows.js';
import { performed } from '../cli/in-process.js';
import { sampleRow, sampleRows } from './rows.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-table-'));
afterAll(() => rmSync(folder, { recursive: true }));
const csv = join(folder, 'a.csv');
const linear = sampleRow('posit5es1', 800, { energy: 1.1e6, delay: 6e5 });
writeFileSync(csv, rowsToCsv([...sampleRows(), linear]));

const formats = (choice: TableChoice): string[] => {
  const { columns, cells } = writeTable(tableOfCsv(csv, choice));
  return cells.map((row) => row[columns.findIndex(({ key }) => key === 'format')]!);
};

/** A line of LaTeX read back: what a reader of the page sees in each cell. */
function seenCells(line: string): string[] {
  return line
    .replace(/ \\\\$/, '')
    .split(' & ')
    .map((cell) =>
      cell
        .replace(/^\\textbf\{(.*)\}$/, '$1')
        .replace(
          /\$(-?)([\d.]*)(?:\\times )?10\^\{(-?\d+)\}\$/g,
          (_, minus, factor, power) => `${minus}${factor || 1}e${power}`,
        )
        .replaceAll('$-$', '-')
        .replaceAll('$\\mu$', 'µ')
        .replaceAll('$\\cdot$', '·')
        .replaceAll('$\\pm$', '±')
        .replaceAll('{[}', '[')
        .replace(/\$([<>])\$/g, '$1')
        .replace(/\\([%&_#${}])/g, '$1'),
    );
}

const inner = (tex: string): string[] => {
  const lines = tex.split('\n');
  return lines
    .slice(lines.indexOf('\\toprule') + 1, lines.indexOf('\\bottomrule'))
    .filter((line) => line !== '\\midrule');
};

describe('the forms of a table', () => {
  const table = tableOfCsv(csv, {});
  const { headers, cells } = writeTable(table);
  const whole = [headers, ...cells];

  it('all have the same cells', () => {
    expect(Papa.parse(tableIn('csv', table).trimEnd()).data).toEqual(whole);
    expect(inner(tableIn('latex', table)).map(seenCells)).toEqual(whole);
    const markdown = tableIn('markdown', table)
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
    expect(
      markdown.map((line) =>
        line
          .slice(2, -2)
          .split(' | ')
          .map((cell) => cell.replaceAll('**', '').replaceAll('\\', '').replaceAll('&lt;', '<').trim()),
      ),
    ).toEqual(whole);
    const text = tableIn('text', table).split('\n');
    const read = [text[0]!, ...text.slice(2, 2 + cells.length)].map((line) =>
      line.split(/ {2,}/).filter(Boolean),
    );
    expect(read).toEqual(whole.map((row) => row.filter(Boolean)));
  });

  it('are the same bytes again, and go by the ending of a name', () => {
    for (const form of TABLE_FORMS) expect(tableIn(form, tableOfCsv(csv, {}))).toBe(tableIn(form, table));
    expect(['a.txt', 'a.MD', 'a.tex', 'a.csv', 'a'].map(tableFormOf)).toEqual([
      'text',
      'markdown',
      'latex',
      'csv',
      'text',
    ]);
  });
});

describe('LaTeX', () => {
  const table: Table = {
    columns: [
      { key: 'a', header: 'a_b', unit: 'µJ·µs', align: 'left', digits: { kind: 'given' }, priority: 0 },
      { key: 'b', header: '50 %', align: 'right', digits: { kind: 'given' }, priority: 0 },
    ],
    rows: [
      { a: 'per-op & #1 {x} ~ ^ $ \\ |', b: '-1.50 [-2.25, -0.75]' },
      { a: '[3 ± 1] × 2², posit-8', b: '1.2e-7' },
      { a: 'float8e4m3 posit8es1', b: '< 1e-300' },
    ],
    strong: new Set([2]),
    notes: ['5 % of a_b\nand more'],
  };

  it('escapes its signs, and sets minus signs and powers of ten as mathematics', () => {
    expect(latexTable(table)).toBe(`% 5 % of a_b and more
\\begin{tabular}{@{}lr@{}}
\\toprule
a\\_b ($\\mu$J$\\cdot$$\\mu$s) & 50 \\% \\\\
\\midrule
per-op \\& \\#1 \\{x\\} \\textasciitilde{} \\textasciicircum{} \\$ \\textbackslash{} \\textbar{} & $-$1.50 {[}$-$2.25, $-$0.75] \\\\
{[}3 $\\pm$ 1] $\\times$ 2$^2$, posit-8 & $1.2\\times 10^{-7}$ \\\\
\\textbf{float8e4m3 posit8es1} & \\textbf{$<$ $10^{-300}$} \\\\
\\bottomrule
\\end{tabular}
`);
  });

  it('floats with a caption, which has the notes under the table', () => {
    const lines = latexTable({ ...table, caption: 'A & B' }).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      '\\begin{table}',
      '\\centering',
      '\\caption{A \\& B}',
      '\\begin{tabular}{@{}lr@{}}',
    ]);
    expect(lines.slice(-5)).toEqual([
      '',
      '\\smallskip',
      '{\\footnotesize 5 \\% of a\\_b and more\\par}',
      '\\end{table}',
      '',
    ]);
  });

  it('has as many cells in each line as columns, brackets in pairs, and no sign left bare', () => {
    const tex = tableIn(
      'latex',
      tableOfCsv(csv, { columns: ['format', 'accuracy', 'energy_pj', 'layers', 'cost_band', 'p'] }),
    );
    for (const line of inner(tex)) {
      expect(line.match(/(?<!\\)&/g)).toHaveLength(5);
      const bare = line.replace(/\\[\\%&_#${}]/g, '');
      expect(bare.match(/\{/g)?.length ?? 0).toBe(bare.match(/\}/g)?.length ?? 0);
      expect((bare.match(/\$/g)?.length ?? 0) % 2).toBe(0);
      expect(bare).not.toMatch(/[%#_~]|[^\x20-\x7e]/);
    }
  });
});

describe('columns, rows and order', () => {
  it('are the usual ones where nothing is asked', () => {
    expect(formats({})).toEqual([
      'float32 (baseline)',
      'fixed6q4',
      'fixed8q6',
      'posit5es1',
      'posit5es1',
      'float8e4m3',
      'posit8es1',
      'pow2val4',
    ]);
  });

  it('are those asked for: of the table with its units, of the summary in their own', () => {
    const table = tableOfCsv(csv, {
      columns: ['bits', 'edp', 'accuracy_low', 'drop', 'energy_pj', 'format'],
      rows: ['fixed6q4'],
    });
    const { headers, cells } = writeTable(table);
    expect(headers).toEqual([
      'bits',
      expect.stringMatching(/^EDP \(/),
      'accuracy low (%)',
      'drop (points)',
      'energy (pJ)',
      'format',
    ]);
    expect(cells).toEqual([
      [
        '6',
        '120',
        expect.stringMatching(/^93\.\d\d$/),
        expect.stringMatching(/^1\.20/),
        '600000',
        'fixed6q4',
      ],
    ]);
  });

  it('are rows that fit one selector or another', () => {
    expect(formats({ rows: ['float32', 'posit5es1,rounding'] })).toEqual(['float32 (baseline)', 'posit5es1']);
    expect(formats({ rows: ['bits=8,linear'] })).toEqual(['fixed8q6', 'float8e4m3', 'posit8es1']);
    expect(() => formats({ rows: ['posit9'] })).toThrow(/no row is of that/);
    expect(() => formats({ rows: ['bitz=8'] })).toThrow(/no column bitz; did you mean bits/);
  });

  it('are sorted by figures, what is unknown last in either order', () => {
    const up = formats({ sort: { by: 'edp', order: 'ascending' } });
    expect(up).toEqual([
      'fixed6q4',
      'fixed8q6',
      'posit5es1',
      'posit5es1',
      'float8e4m3',
      'posit8es1',
      'float32 (baseline)',
      'pow2val4',
    ]);
    expect(formats({ sort: { by: 'energy_pj', order: 'descending' } }).at(-1)).toBe('pow2val4');
    const best = tableOfCsv(csv, { sort: { by: 'accuracy', order: 'descending' } });
    expect(best.rows.map(({ format }) => format).slice(0, 3)).toEqual([
      'float32 (baseline)',
      'float8e4m3',
      'posit8es1',
    ]);
    expect(best.strong).toEqual(new Set([0]));
    expect(() => formats({ sort: { by: 'acuracy', order: 'ascending' } })).toThrow(
      /no column 'acuracy'; did you mean accuracy/,
    );
  });

  it('say what tells rows apart and is not shown', () => {
    const notes = (choice: TableChoice): string => (tableOfCsv(csv, choice).notes ?? []).join('\n');
    expect(notes({ columns: ['format', 'accuracy'] })).toMatch(
      /differ in what is not shown here: .*quantizer/,
    );
    expect(notes({ columns: ['format', 'quantizer', 'accuracy'] })).not.toMatch(/not shown/);
    expect(notes({ notes: 'none' })).toBe('');
  });
});

describe('cheetah table', () => {
  it('prints and writes', async () => {
    const printed = await performed([
      'table',
      csv,
      '--form',
      'csv',
      '--columns',
      'format,bits',
      '--rows',
      'bits=8',
      '--rows',
      'bits=6',
    ]);
    expect(printed.out).toBe('format,bits\nfixed6q4,6\nfixed8q6,8\nfloat8e4m3,8\nposit8es1,8\n');
    const out = join(folder, 'a.tex');
    expect((await performed(['table', csv, '--out', out])).out).toBe(`wrote ${out}\n`);
    expect(readFileSync(out, 'utf8')).toBe(tableIn('latex', tableOfCsv(csv, {})));
  });
});
