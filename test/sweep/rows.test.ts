import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { COLUMNS } from '../../sweep/columns.js';
import { cellsOf, readRows, rowOf, rowsToCsv } from '../../sweep/rows.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cheetah-rows-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('cellsOf', () => {
  it('writes each column in its own style, and n/a for what is unknown', () => {
    const row = cellsOf({
      format: 'posit8es1',
      testImages: 10000,
      accuracy: 0.98765,
      mcnemarP: 0.000012345,
      energyPj: 1234567.891,
      edpPjNs: 1.23456789e21,
      periodNs: 0.00123456789,
      areaUm2: undefined,
      luts: Number.NaN,
    });
    expect(row).toMatchObject({
      format: 'posit8es1',
      test_images: '10000',
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
    expect(cellsOf({ drop: 0, ties: 0, energyPj: 0, mcnemarP: 0 })).toMatchObject({
      drop: '0.000000',
      ties: '0',
      energy_pj: '0',
      mcnemar_p: '<1e-300',
    });
    expect(rowOf(cellsOf({ drop: 0, mcnemarP: 0 }))).toMatchObject({ drop: 0, mcnemarP: 0 });
  });

  it('throws for a column that does not exist', () => {
    expect(() => cellsOf({ speed: 1 } as object)).toThrow(/speed/);
  });
});

describe('rowsToCsv and readRows', () => {
  it('give back what was written, separators and quotes included', () => {
    const rows = [{ format: 'a,"b"', layers: 'x=1;y=2', accuracy: 0.5, edpPjNs: 2 }];
    const file = join(folder, 'rows.csv');
    writeFileSync(file, rowsToCsv(rows));
    expect(readRows(file)).toEqual(rows.map((row) => rowOf(cellsOf(row))));
    expect(readRows(file)[0]).toMatchObject(rows[0]!);
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe(COLUMNS.map(({ name }) => name).join(','));
  });

  it('read the columns of earlier versions under their names of now', () => {
    const file = join(folder, 'early.csv');
    writeFileSync(
      file,
      'network,images,format,accuracy,edp_pj_ns,cost_source\nn,10,posit8es1,0.5,n/a,library45\n',
    );
    const [row] = readRows(file);
    expect(row).toMatchObject({ network: 'n', testImages: 10, accuracy: 0.5, cost: 'library45' });
    expect(row!.edpPjNs).toBeUndefined();
    expect(row!.seed).toBeUndefined();
  });

  it.each([
    ['accuracy', 'much', "row 1, column accuracy: 'much' is not a number or n/a"],
    ['accuracy', '1.5', "row 1, column accuracy: '1.5' cannot be; it is 0 to 1, or n/a"],
    ['edp_pj_ns', '-1', "row 1, column edp_pj_ns: '-1' cannot be"],
    ['edp_pj_ns', '1e31', "row 1, column edp_pj_ns: '1e31' cannot be"],
  ])('refuse %s %s', (name, cell, message) => {
    expect(() => rowOf({ format: 'posit8es1', [name]: cell })).toThrow(message);
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
