import { describe, expect, it } from 'vitest';
import { type CsvChoices, csvRecords, eachRow, openCsv } from '../../input/csv.js';
import { plainLines, textOf } from '../../input/text.js';

const bounds = { cells: 1000, columns: 100 };
const bytes = (text: string, encoding: BufferEncoding = 'utf8') =>
  Uint8Array.from(Buffer.from(text, encoding));

function rowsOf(text: string | Uint8Array, choices: CsvChoices = {}): [number, ...string[]][] {
  const csv = openCsv(typeof text === 'string' ? bytes(text) : text, 'x.csv', bounds, choices);
  const rows: [number, ...string[]][] = [];
  eachRow(csv, (cells, row) => rows.push([row, ...cells]));
  return rows;
}

describe('rows of CSV', () => {
  it('end with any line end, also with several of them in one file', () => {
    expect(rowsOf('a,b\r\n1,2\n3,4\r5,6')).toEqual([
      [1, 'a', 'b'],
      [2, '1', '2'],
      [3, '3', '4'],
      [4, '5', '6'],
    ]);
  });

  it('are numbered by the line they begin on, comments, blank lines and lines in quotes counted', () => {
    expect(rowsOf('\uFEFFa,b\n# a "comment\n\n1,"x\r\ny"\n,\n2,z\n#\n\n')).toEqual([
      [1, 'a', 'b'],
      [4, '1', 'x\ny'],
      [7, '2', 'z'],
    ]);
    expect(rowsOf('#1\n#2\n"a\nb",c\nd,e')).toEqual([
      [3, 'a\nb', 'c'],
      [5, 'd', 'e'],
    ]);
  });

  it('have the delimiter of the first row, counted outside quotes', () => {
    expect(rowsOf('"a;b;c",d\n1,2')[1]).toEqual([2, '1', '2']);
    expect(rowsOf('a;b\n1;2')[1]).toEqual([2, '1', '2']);
    expect(rowsOf('a\tb\n1\t2')[1]).toEqual([2, '1', '2']);
    expect(rowsOf('a|b\n1|2')[1]).toEqual([2, '1', '2']);
    expect(rowsOf('# x; y; z\n\na,b\n1,2')[1]).toEqual([4, '1', '2']);
    // two decimal commas, two semicolons
    expect(rowsOf('1,5;2,5;a')).toEqual([[1, '1,5', '2,5', 'a']]);
    expect(rowsOf('"x,\ny,\nz";b')).toEqual([[1, 'x,\ny,\nz', 'b']]);
  });

  it('have the delimiter that is said: by the caller, else by a first line sep=', () => {
    expect(rowsOf('sep=;\na,b;c')).toEqual([[2, 'a,b', 'c']]);
    expect(rowsOf('"sep=|"\r\na,b|c')).toEqual([[2, 'a,b', 'c']]);
    expect(rowsOf('sep=;\na,b;c', { delimiter: 'comma' })).toEqual([[2, 'a', 'b;c']]);
    expect(rowsOf('a:b', { delimiter: ':' })).toEqual([[1, 'a', 'b']]);
    expect(rowsOf('a\tb', { delimiter: '\\t' })).toEqual([[1, 'a', 'b']]);
    for (const delimiter of ['', ',,', '"', '1', '.', '\n', 'é', '#']) {
      expect(() => rowsOf('a,b', { delimiter })).toThrow(/is impossible; give comma, semicolon, tab, pipe/);
    }
  });

  it('are refused where quotes do not close, with the row they open in', () => {
    expect(() => rowsOf('a,b\n1,2\n3,"4\n5,6')).toThrow(/^x\.csv: row 3: .*quote.*; mend the quotes$/i);
  });

  it('are refused in another encoding, with the row', () => {
    expect(() => rowsOf(bytes('a,b\r\n1,2\r\n3,\xe9\n', 'latin1'))).toThrow(/^x\.csv: row 3 is not UTF-8/);
    expect(rowsOf(bytes('a,\xe9', 'latin1'), { encoding: 'latin1' })).toEqual([[1, 'a', 'é']]);
    expect(() => rowsOf(bytes('\uFEFFa,b', 'utf16le'))).toThrow('x.csv is UTF-16; save it as UTF-8');
    expect(() => rowsOf(bytes('a,b', 'utf16le'))).toThrow(/holds NUL bytes/);
  });

  it('are counted before they are made', () => {
    expect(() => rowsOf('1,'.repeat(100))).toThrow('x.csv: row 1 has more than the 100 cells that are read');
    expect(() => rowsOf('1,2\n'.repeat(501))).toThrow('x.csv has more than the 1000 cells that are read');
  });
});

describe('records of CSV', () => {
  const records = (text: string) => csvRecords(openCsv(bytes(text), 'x.csv', bounds), 2);
  it('are cells by column', () => {
    expect(records('a, b\n1,2\n\n__proto__,4')).toEqual({
      columns: ['a', 'b'],
      records: [
        { row: 2, cells: { a: '1', b: '2' } },
        { row: 4, cells: { a: '__proto__', b: '4' } },
      ],
    });
    expect(records('')).toEqual({ columns: [], records: [] });
  });

  it('are refused with a column twice or a ragged row, or too many', () => {
    expect(() => records('a\n1\n2\n3')).toThrow('x.csv has more than 2 rows');
    expect(() => records('a,b,a\n1,2,3')).toThrow("x.csv: the column 'a' stands twice; name it once");
    expect(() => records('a,b\n1,2\n3')).toThrow('x.csv: row 3 has 1 cells where the others have 2');
  });
});

describe('text', () => {
  it('loses its mark and its \\r, and nothing else', () => {
    expect(textOf(bytes('\uFEFFé\r\n\r\r\n\n'), 'x')).toBe('é\n\n\n\n');
    expect(textOf(bytes('\uFEFF'), 'x')).toBe('');
    expect(plainLines(bytes('\r'), 'x')).toEqual(bytes('\n'));
    expect(() => textOf(bytes('\xff', 'latin1'), 'x')).toThrow('x is not UTF-8; save it as UTF-8');
  });
});
