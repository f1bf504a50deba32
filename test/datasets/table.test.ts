import { describe, expect, it } from 'vitest';
import { parseTable } from '../../datasets/table.js';

const parse = (text: string, label?: string) => parseTable(text, 'x.csv', label);

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
});
