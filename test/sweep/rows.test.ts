import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { COLUMNS, formatRow, readRows, rowsToCsv } from '../../sweep/rows.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cheetah-rows-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('formatRow', () => {
  it('writes each column in its own style, and n/a for what is unknown', () => {
    const row = formatRow({
      format: 'posit8es1',
      images: 10000,
      accuracy: 0.98765,
      mcnemar_p: 0.000012345,
      energy_pj: 1234567.891,
      edp_pj_ns: 1.23456789e21,
      period_ns: 0.00123456789,
      area_um2: 'n/a',
      luts: Number.NaN,
    });
    expect(row).toMatchObject({
      format: 'posit8es1',
      images: '10000',
      accuracy: '0.987650',
      mcnemar_p: '1.234e-5',
      energy_pj: '1234570',
      edp_pj_ns: '1.23457e+21',
      period_ns: '0.00123457',
      area_um2: 'n/a',
      luts: 'n/a',
      network: 'n/a',
    });
    expect(Object.keys(row)).toEqual(COLUMNS.map(({ name }) => name));
  });

  it('keeps 0 apart from n/a', () => {
    expect(formatRow({ drop: 0, ties: 0, energy_pj: 0, mcnemar_p: 0 })).toMatchObject({
      drop: '0.000000',
      ties: '0',
      energy_pj: '0',
      mcnemar_p: '0.000000',
    });
  });

  it('throws for a column that does not exist', () => {
    expect(() => formatRow({ speed: 1 })).toThrow(/speed/);
  });
});

describe('rowsToCsv and readRows', () => {
  it('give back what was written, separators and quotes included', () => {
    const rows = [formatRow({ format: 'a,"b"', layers: 'x=1;y=2', accuracy: 0.5, edp_pj_ns: 2 })];
    const file = join(folder, 'rows.csv');
    writeFileSync(file, rowsToCsv(rows));
    expect(readRows(file)).toEqual(rows);
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe(COLUMNS.map(({ name }) => name).join(','));
  });

  it.each([
    ['missing.csv', undefined, /does not exist/],
    ['other.csv', 'a,b\n1,2\n', /lacks the column format/],
    ['short.csv', 'format,accuracy,edp_pj_ns\nposit8es1,0.5\n', /row 2/],
  ])('refuse %s in one line', (name, content, message) => {
    const file = join(folder, name);
    if (content !== undefined) writeFileSync(file, content);
    expect(() => readRows(file)).toThrow(UserError);
    expect(() => readRows(file)).toThrow(message);
  });
});
