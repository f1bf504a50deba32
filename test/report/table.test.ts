import { describe, expect, it } from 'vitest';
import { sortRows, tableOf, writeTable } from '../../report/table.js';
import { htmlTable, markdownTable } from '../../report/table-markup.js';
import { textTable } from '../../report/table-text.js';
import { emphasise, terminalStyle } from '../../report/terminal.js';
import { wrap } from '../../report/wrap.js';

const rows = [
  { name: 'first', energy_pj: 1.23456, count: 3 },
  { name: 'second, longer', energy_pj: 123.456, count: 12 },
  { name: 'third', energy_pj: 'n/a', count: 5 },
];

describe('tables', () => {
  it('share decimals in a column, leave whole numbers whole, and put the unit in the header', () => {
    const written = writeTable(tableOf(rows));
    expect(written.headers).toEqual(['name', 'energy (pJ)', 'count']);
    expect(written.cells.map((cells) => cells[1])).toEqual(['1.235', '123.456', 'n/a']);
    expect(written.cells.map((cells) => cells[2])).toEqual(['3', '12', '5']);
  });

  it('write no negative zero and give numbers of very different size their own digits', () => {
    const column = {
      key: 'x',
      header: 'x',
      align: 'right',
      digits: { kind: 'decimals', count: 2 },
      priority: 0,
    } as const;
    expect(writeTable({ columns: [column], rows: [{ x: -0.001 }, { x: -0.5 }] }).cells).toEqual([
      ['0.00'],
      ['-0.50'],
    ]);
    expect(writeTable(tableOf([{ x: 0.000123456 }, { x: 123456.5 }])).cells).toEqual([
      ['0.0001235'],
      ['123500'],
    ]);
  });

  it('set numbers and texts of numbers to the right, words to the left', () => {
    expect(
      textTable(
        tableOf([
          { a: 'x', b: '1.5' },
          { a: 'yyy', b: '22.5' },
        ]),
      ),
    ).toBe(['a       b', '─────────', 'x     1.5', 'yyy  22.5', ''].join('\n'));
  });

  it('sort n/a last, equal rows in their order', () => {
    const sorted = sortRows(
      [
        { v: 'n/a', i: 0 },
        { v: 2, i: 1 },
        { v: '1', i: 2 },
        { v: 2, i: 3 },
      ],
      'v',
    );
    expect(sorted.map(({ i }) => i)).toEqual([2, 1, 3, 0]);
  });

  it('leave out columns a narrow terminal has no room for, and say so', () => {
    const table = tableOf(rows);
    const text = textTable(table, { width: 24, colour: 'plain' });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(24);
    expect(text).toContain('Too narrow to show:');
    expect(text).toContain('count');
    expect(textTable(table)).not.toContain('Too narrow');
  });

  it('escape what Markdown and HTML would read as marks', () => {
    const table = { ...tableOf([{ 'a|b': '<i>*x*</i>' }]), caption: 'A & B' };
    expect(markdownTable(table)).toBe('**A & B**\n\n| a\\|b |\n| --- |\n| &lt;i&gt;\\*x\\*&lt;/i&gt; |\n');
    expect(htmlTable(table)).toContain('<td>&lt;i&gt;*x*&lt;/i&gt;</td>');
    expect(htmlTable(table)).toContain('<figcaption>A &amp; B</figcaption>');
  });

  it('have a header where there are no rows', () => {
    expect(textTable(tableOf([], ['a', 'b']))).toBe('a  b\n────\n');
  });
});

describe('the terminal', () => {
  it('has colour only where it is one and nobody asked for none', () => {
    const screen = { isTTY: true, columns: 100 };
    expect(terminalStyle(screen, {})).toEqual({ width: 100, colour: 'colour' });
    expect(terminalStyle(screen, { NO_COLOR: '1' }).colour).toBe('plain');
    expect(terminalStyle(screen, { TERM: 'dumb' }).colour).toBe('plain');
    expect(terminalStyle({}, {})).toEqual({ width: Number.POSITIVE_INFINITY, colour: 'plain' });
    expect(emphasise('x', 'bold', { width: 80, colour: 'plain' })).toBe('x');
    expect(emphasise('x', 'bold', { width: 80, colour: 'colour' })).toBe('\u001b[1mx\u001b[22m');
  });

  it('wraps notes at blanks', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
  });
});
