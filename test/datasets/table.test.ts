import { describe, expect, it } from 'vitest';
import { parseTable, type TableChoices } from '../../datasets/table.js';

const parse = (text: string, label?: string) => parseTable(text, 'x.csv', { label });

describe('tables', () => {
  it('take class names from the first line of scikit-learn', () => {
    const table = parse('3,2,red,blue\n1,2.5,0\n-3e1,.5,1\n4,5,0\n');
    expect(table).toMatchObject({ rows: 3, features: 2, classes: ['red', 'blue'], columns: undefined });
    expect([...table.values]).toEqual([1, 2.5, -30, 0.5, 4, 5]);
    expect([...table.labels]).toEqual([0, 1, 0]);
  });

  it('do not take a header for scikit-learn’s where its counts are wrong', () => {
    expect(parse('a,b,kind\n1,2,x\n3,4,y\n').columns).toEqual(['a', 'b']);
  });

  it('need no header, and sort labels as numbers where all are, else as text', () => {
    expect(parse('1,2,10\n3,4,9\n').classes).toEqual(['9', '10']);
    const named = parse('1,2,setosa\n3,4,virginica\n5,6,setosa\n');
    expect(named.rows).toBe(3);
    expect(named.classes).toEqual(['setosa', 'virginica']);
    expect([...named.labels]).toEqual([0, 1, 0]);
  });

  it('take the label from the column asked for, by name or number', () => {
    const text = 'kind,a,b\nx,1,2\ny,3,4\n';
    for (const label of ['kind', '1']) {
      const table = parse(text, label);
      expect([...table.values]).toEqual([1, 2, 3, 4]);
      expect(table.classes).toEqual(['x', 'y']);
      expect(table.columns).toEqual(['a', 'b']);
    }
    expect(parse('x,1,2\ny,3,4\n', '1').rows).toBe(2);
    expect(() => parse(text, 'sort')).toThrow('x.csv: no label column sort; its columns are kind, a, b');
    expect(() => parse('1,2,3\n4,5,6\n', 'kind')).toThrow(/no column named kind/);
    expect(() => parse(text, '4')).toThrow(/no label column 4/);
  });

  it('read quotes, CRLF, a byte order mark, blank lines, semicolons', () => {
    const table = parse('\uFEFFa;b\r\n\r\n1;"x; or y"\r\n2;z\r\n\r\n');
    expect(table.classes).toEqual(['x; or y', 'z']);
    expect([...table.values]).toEqual([1, 2]);
  });

  it('name the row of what is wrong', () => {
    expect(() => parse('a,b,k\n1,2,x\n1,y\n')).toThrow('x.csv: row 3 has 2 cells where the others have 3');
    expect(() => parse('a,b,k\n1,2,x\n1,2,3,y\n')).toThrow(/row 3 has 4 cells/);
    for (const cell of ['', 'NaN', 'nan', 'Infinity', '1e999', '0x10', '1,5'.replace(',', ' ')]) {
      expect(() => parse(`1,2,x\n3,${cell},y\n`)).toThrow(
        /^x\.csv: row 2, column 2: '.*' is not a finite number/,
      );
    }
    expect(() => parse('1,2,x\n\n3,4,\n')).toThrow('x.csv: row 3 has no label');
    expect(() => parse('2,2,red,blue\n1,2,0\n3,4,2\n')).toThrow(/row 3 has label 2; labels are 0\.\.1/);
    expect(() => parse('1,2,x\n3,"4,y\n5,6,x\n')).toThrow(/quote/i);
  });

  it('are refused with one row, one column, or one class', () => {
    expect(() => parse('1,2,x\n')).toThrow('1 rows; a table has at least 2');
    expect(() => parse('')).toThrow('0 rows');
    expect(() => parse('1\n2\n')).toThrow(/rows of 1 cell/);
    expect(() => parse('1,2,x\n3,4,x\n')).toThrow(/1 distinct labels/);
    const many = Array.from({ length: 257 }, (_, i) => `1,${i}`).join('\n');
    expect(() => parse(many)).toThrow(/257 distinct labels/);
  });

  it('keep a first row of data whose missing or foreign number is no name of a column', () => {
    for (const cell of ['?', '', 'NaN', 'n/a', '-', '"0,5"', '12 %', "1'000", '0x1f', 'inf']) {
      expect(() => parse(`${cell},1,2,a\n3,4,5,a\n6,7,8,b\n9,1,2,b\n`)).toThrow(
        /^x\.csv: row 1, column 1: '.*' is not a finite number.*--header yes/,
      );
    }
    // a slip of the finger in one cell does not make a header of the row
    expect(() => parse('5.l,3,a\n1,2,a\n3,4,b\n5,6,b\n')).toThrow(/row 1, column 1: '5\.l'/);
  });

  it('take a first row of numbers for a header where its label is none of the others', () => {
    const years = parse('2019,2020,2021,kind\n1,2,3,a\n4,5,6,b\n7,8,9,a\n1,2,3,b\n');
    expect(years).toMatchObject({ rows: 4, classes: ['a', 'b'], columns: ['2019', '2020', '2021'] });
    expect([...years.values.subarray(0, 3)]).toEqual([1, 2, 3]);
    expect(years.guesses).toBe(
      "x.csv: taken as cells between commas (--delimiter), the first row is a header (--header), labels in column 4 'kind' (--label)",
    );
    const mixed = parse('id,2020,kind\n1,2,a\n4,5,b\n7,8,a\n1,2,b\n');
    expect(mixed.columns).toEqual(['id', '2020']);
    // the label b occurs once: the first row may be one of three such classes
    const data = parse('2019,2020,kind\n1,2,a\n4,5,b\n7,8,a\n');
    expect(data).toMatchObject({ rows: 4, classes: ['a', 'b', 'kind'], columns: undefined });
    expect([...data.values]).toEqual([2019, 2020, 1, 2, 4, 5, 7, 8]);
    expect([...data.labels]).toEqual([2, 0, 1, 0]);
  });

  it('take an index column without a name as part of a header', () => {
    expect(parse(',a,kind\n0,1,x\n1,2,y\n').columns).toEqual(['', 'a']);
  });

  it('do as they are told, and then say nothing', () => {
    const told = (text: string, choices: TableChoices) => parseTable(text, 'x.csv', choices);
    const all = { delimiter: 'semicolon', header: 'no', label: '1' } as const;
    expect(told('7;1\n8;2\n', all)).toMatchObject({ rows: 2, classes: ['7', '8'], guesses: undefined });
    expect(told('1,2,3\n1,2,4\n5,6,4\n5,6,3\n', { header: 'yes' })).toMatchObject({
      rows: 3,
      columns: ['1', '2'],
    });
    const byName = told('2019,2020,2021\n1,2,3\n4,5,6\n', { header: 'yes', label: '2020' });
    expect(byName).toMatchObject({ columns: ['2019', '2021'], classes: ['2', '5'] });
    expect(() => told('a,b,kind\n1,2,x\n3,4,y\n', { header: 'no' })).toThrow(/row 1, column 1: 'a' is not/);
    expect(() => told('1,2\n', { delimiter: 'e' })).toThrow(/delimiter 'e' is impossible/);
  });

  it('are refused where their encoding is not said, and not one class is lost', () => {
    const latin1 = Buffer.from('1,2,\xe9\n3,4,\xe8\n5,6,\xe9\n', 'latin1');
    expect(() => parseTable(Uint8Array.from(latin1), 'x.csv')).toThrow(
      'x.csv: row 1 is not UTF-8; save it as UTF-8, or say --encoding latin1 if it is that',
    );
    expect(parseTable(Uint8Array.from(latin1), 'x.csv', { encoding: 'latin1' }).classes).toEqual(['è', 'é']);
    expect(parse('1,2,é\n3,4,è\n').classes).toEqual(['è', 'é']);
  });

  it('say when scikit-learn’s count of rows is wrong', () => {
    expect(() => parse('3,2,red,blue\n1,2,0\n3,4,1\n')).toThrow(/announces 3 rows, 2 follow/);
  });

  it('are refused beyond the bounds, before a cell is made of them', () => {
    const wide = `${'1,'.repeat(65_537)}1\n`;
    expect(() => parse(wide + wide)).toThrow('x.csv: row 1 has more than the 65537 cells that are read');
    expect(() => parse('1,2\n'.repeat(2 ** 22 + 1))).toThrow(/more than the 8388608 cells/);
    expect(() => parse('\n'.repeat(2 ** 23 + 1))).toThrow(/more than the 8388608 cells/);
  });
});
