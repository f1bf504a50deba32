import { describe, expect, it } from 'vitest';
import { bestTable } from '../../../report/best-table.js';
import { writeTable } from '../../../report/table.js';
import type { RowValues } from '../../../sweep/columns.js';
import { choicesBy } from '../../../sweep/summary/best.js';
import { summarize } from '../../../sweep/summary/summarize.js';
import { sampleRow } from '../../report/rows.js';

const price = (energy: number) => ({ energy, delay: 1 });
const row = (format: string, right: number, energy: number, values: RowValues) =>
  sampleRow(format, right, price(energy), { family: 'posit', ...values });

const lines = summarize([
  sampleRow('float32', 960, price(9), { dataflow: 'float', family: 'float', validationAccuracy: 0.99 }),
  // the best on the test images is not the best on the validation images
  row('posit8es0', 959, 5, { validationAccuracy: 0.95 }),
  row('posit8es1', 950, 5, { validationAccuracy: 0.96 }),
  row('posit8es2', 940, 4, { validationAccuracy: 0.96 }),
  row('posit8es3', 930, 4, { validationAccuracy: 0.96 }),
  row('posit5es1', 800, 2, { validationAccuracy: 0.8 }),
  row('posit5es2', 900, 2, {}),
  row('affine8', 955, 1, { family: 'affine', validationAccuracy: 0.9 }),
]);

describe('the choice of the validation images', () => {
  it('is made for each group, ties go to the lower EDP and then to the first', () => {
    const choices = choicesBy(lines, ['family', 'bits']);
    expect(choices.map(({ group, chosen, candidates }) => [...group, chosen.format, candidates])).toEqual([
      ['posit', 8, 'posit8es2', 4],
      ['posit', 5, 'posit5es1', 2],
      ['affine', 8, 'affine8', 1],
    ]);
  });

  it('takes any columns, by the names of the CSV or of the library', () => {
    expect(choicesBy(lines, ['network']).map(({ chosen }) => chosen.format)).toEqual(['posit8es2']);
    expect(choicesBy(lines, ['testImages'])).toEqual(choicesBy(lines, ['test_images']));
  });

  it('stands in a table with what the test images say', () => {
    const { headers, cells } = writeTable(bestTable(choicesBy(lines, ['bits']), ['bits']));
    expect(headers.slice(0, 3)).toEqual(['bits', 'chosen', 'quantizer']);
    const first = Object.fromEntries(headers.map((header, i) => [header, cells[0]![i]]));
    expect(first).toMatchObject({ bits: '8', chosen: 'posit8es2', of: '5', 'validation (%)': '96.00' });
    expect(first['test (%)']).toMatch(/^94\.00 \[/);
    expect(first['drop (points)']).toMatch(/^2\.00 \[/);
  });

  it('is refused without validation, for unknown columns and for several prices', () => {
    const unknown = summarize([sampleRow('posit8es1', 950, price(1))]);
    expect(() => choicesBy(unknown, ['bits'])).toThrow(/no row has a validation accuracy/);
    expect(() => choicesBy(lines, ['famly'])).toThrow(/no column famly; did you mean family/);
    const two = [...lines, ...summarize([row('posit8es1', 950, 5, { validationAccuracy: 1, units: 4 })])];
    expect(() => choicesBy(two, ['bits'])).toThrow(/choose one with --source and --units/);
  });
});
