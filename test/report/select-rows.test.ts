import { describe, expect, it } from 'vitest';
import { selectRows } from '../../report/select-rows.js';
import type { RowValues } from '../../sweep/columns.js';
import { sampleRow } from './rows.js';

const row = (format: string, seed: number, values: RowValues = {}) =>
  sampleRow(format, 950, undefined, { seed, family: 'fixed', ...values });

describe('rows by a selector', () => {
  it('are those of all seeds of one point', () => {
    const rows = [row('fixed8q4', 0), row('fixed8q5', 0), row('fixed8q4', 1)];
    expect(selectRows(rows, 'fixed8q4')).toEqual([0, 2]);
    expect(selectRows(rows, 'fixed8q4,seed=1')).toEqual([2]);
  });

  it('may differ in their fraction bits where each seed looks for its best', () => {
    const best = { fraction: 'best' };
    const rows = [row('fixed8q4', 0, best), row('fixed8q5', 1, best), row('fixed6q4', 0, best)];
    expect(selectRows(rows, 'family=fixed,bits=8')).toEqual([0, 1]);
    expect(() => selectRows(rows, 'family=fixed')).toThrow(/several points, which differ in bits \(8, 6\)/);
    const given = rows.map((one) => ({ ...one, fraction: 'given' }));
    expect(() => selectRows(given, 'family=fixed,bits=8')).toThrow(/differ in format/);
  });
});
