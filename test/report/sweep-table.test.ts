import { describe, expect, it } from 'vitest';
import { familyOf } from '../../report/row-family.js';
import { sweepTable } from '../../report/sweep-table.js';
import { writeTable } from '../../report/table.js';
import { rowOf } from '../../sweep/rows.js';
import { columnName } from '../../sweep/spellings.js';
import { tango } from '../../sweep/statistics/tango.js';
import { summarize } from '../../sweep/summary/summarize.js';
import { sampleRow, sampleRows } from './rows.js';

describe('the table of a sweep', () => {
  const written = writeTable(sweepTable(summarize(sampleRows())));
  const column = (header: string): string[] => {
    const at = written.headers.findIndex((one) => one.startsWith(header));
    return written.cells.map((cells) => cells[at]!);
  };

  it('has the baseline on top, then everything by energy-delay product, what has no price last', () => {
    expect(column('format')).toEqual([
      'float32 (baseline)',
      'fixed6q4',
      'fixed8q6',
      'posit5es1',
      'float8e4m3',
      'posit8es1',
      'pow2val4',
    ]);
    expect(written.strong).toEqual(new Set([0]));
    expect(column('EDP').at(-1)).toBe('n/a');
  });

  it('states interval, drop in points, p and units a person reads', () => {
    expect(column('accuracy')[1]).toBe('94.80 [93.24, 96.01]');
    // of 1,000 images 16 are right by float32 alone and 4 by fixed6q4 alone
    const { low, high } = tango(16, 4, 1000);
    expect(column('drop')[1]).toBe(`1.20 [${(100 * low).toFixed(2)}, ${(100 * high).toFixed(2)}]`);
    expect(column('p')[3]).toBe('<0.001');
    expect(written.headers).toContain('energy (nJ)');
    expect(written.headers).toContain('EDP (µJ·µs)');
    expect(column('EDP')[1]).toBe('120');
  });

  it('says what is shown against float32, and nothing of the front where no draw was made', () => {
    expect(column('against')).toEqual(['', 'worse', 'worse', 'worse', 'not decided', 'not decided', 'worse']);
    expect(written.notes.join(' ')).toContain(
      'by library45, 1 multiply-accumulate unit, error band area ±15 %',
    );
  });

  it('has a column for what the candidates differ in, and none for what only the baseline has', () => {
    expect(written.headers).not.toContain('accumulator');
    const two = [
      ...sampleRows(),
      sampleRow('posit8es1', 950, { energy: 1, delay: 1 }, { accumulator: 'wrap16' }),
    ];
    expect(writeTable(sweepTable(summarize(two))).headers).toContain('accumulator');
  });

  it.each([
    ['mode', 'toward-zero'],
    ['policy', 'infinity'],
    ['underflow', 'half'],
    ['scaleBits', 8],
    ['bias', 'format'],
    ['logits', 'accumulator'],
    ['dataflow', 'simulated'],
    ['calibrationImages', 50],
    ['scales', 'pow2'],
    ['testImages', 500],
    ['units', 4],
    ['activations', 'affine8'],
    ['layers', 'dense3 affine8'],
  ])('tells rows apart that differ in %s alone', (field, value) => {
    const rows = [
      ...sampleRows(),
      sampleRow('posit8es1', 950, { energy: 1, delay: 1 }, { [field]: value }),
      sampleRow('posit8es1', 950, { energy: 1, delay: 1 }),
    ];
    const { headers, cells } = writeTable(sweepTable(summarize(rows)));
    const column = headers.indexOf(columnName(field).replaceAll('_', ' '));
    expect(cells.map((line) => line[column])).toContain(String(value));
  });

  it('has the share of tied images where logits are rounded, and rows above 1 % say so', () => {
    const rows = [
      sampleRow('posit8es1', 950, { energy: 1, delay: 1 }, { logits: 'rounded', ties: 10 }),
      sampleRow('posit5es0', 950, { energy: 1, delay: 1 }, { logits: 'rounded', ties: 11 }),
      sampleRow('posit6es0', 950, { energy: 1, delay: 1 }, { logits: 'accumulator', ties: 300 }),
    ];
    const { headers, cells } = writeTable(sweepTable(summarize(rows)));
    expect(cells.map((line) => line[headers.indexOf('tied (%)')])).toEqual(['1.0', '1.1', '30.0']);
    expect(cells.map((line) => line.at(-1)!.includes('tied'))).toEqual([false, true, false]);
    const exact = rows.map((row) => ({ ...row, logits: 'accumulator' }));
    expect(writeTable(sweepTable(summarize(exact))).headers).not.toContain('tied (%)');
  });

  it('has the band of the EDP, the probability of the front, and Pareto from 0.95 on', () => {
    const price = { energy: 2e6, delay: 1e6 };
    const band = { edpLowPjNs: 1.5e12, edpHighPjNs: 2.5e12 };
    const lines = summarize([
      sampleRow('posit8es1', 950, price, band),
      sampleRow('posit8es2', 950, price, band),
      sampleRow('posit16es1', 950, price),
    ]).map((line, i) => ({ ...line, frontProbability: [0.94, 0.95, undefined][i] }));
    const { headers, cells } = writeTable(sweepTable(lines));
    const column = (header: string) => cells.map((line) => line[headers.indexOf(header)]);
    expect(column('EDP band (µJ·ms)')).toEqual(['1.5–2.5', '1.5–2.5', 'n/a']);
    expect(column('on front')).toEqual(['0.94', '0.95', 'n/a']);
    expect(cells.map((line) => line.at(-1)!.includes('Pareto'))).toEqual([false, true, false]);
  });

  it('has no column for what follows from the quantizer', () => {
    const rows = [
      sampleRow('posit8es1', 950, { energy: 1, delay: 1 }, { calibrationImages: 1000, scales: 'exact' }),
      sampleRow('posit8es1', 950, { energy: 1, delay: 1 }, { quantizer: 'rounding' }),
    ];
    const { headers } = writeTable(sweepTable(summarize(rows)));
    expect(headers).not.toContain('calibration images');
    expect(headers).not.toContain('scales');
  });

  it('states the source’s own error band once, and how many rows are outside it', () => {
    const costBand = 'extrapolated (multiplication by s); in range: area ±15 %';
    const rows = [
      sampleRow('posit8es1', 950, { energy: 1, delay: 1 }, { costBand }),
      ...sampleRows().slice(3, 5),
    ];
    expect(sweepTable(summarize(rows)).notes?.[0]).toContain(
      'error band area ±15 % (1 of 3 rows are outside',
    );
  });

  it('refuses to rank rows of two cost sources', () => {
    const two = [...sampleRows(), sampleRow('posit8es1', 950, { energy: 1, delay: 1 }, { cost: 'other' })];
    expect(() => sweepTable(summarize(two))).toThrow(/2 sources \(library45, other\)/);
  });

  it('knows families of rows that lack the column by their names, plugins too', () => {
    const names = ['posit8es1', 'bfloat16', 'int8', 'uint8', 'pow2int6', 'pow2val5', 'takum8'];
    expect(names.map((name) => familyOf(rowOf({ format: name, weights: name, activations: name })))).toEqual([
      'posit',
      'float',
      'affine',
      'affine',
      'pow2int',
      'pow2val',
      'takum',
    ]);
  });
});
