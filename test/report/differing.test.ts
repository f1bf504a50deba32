import { describe, expect, it } from 'vitest';
import { differingWords, wordsOf } from '../../report/differing.js';
import { paretoPlot } from '../../report/plot.js';
import { ASKED, type RowValues } from '../../sweep/columns.js';
import { summarize } from '../../sweep/summary/summarize.js';
import { sampleRow } from './rows.js';

const row = (format: string, values: RowValues = {}) =>
  sampleRow(format, 950, { energy: 1, delay: format.length }, values);

/** Another value of each column that says what was asked for, whichever columns there are. */
const other = (word: string): RowValues => ({ [word]: word === 'bits' ? 3 : 7 });

describe('what rows differ in', () => {
  it.each(ASKED.filter((word) => word !== 'format' && word !== 'quantizer'))(
    'is %s where two rows of one format and quantizer differ in nothing else',
    (word) => {
      expect(differingWords([row('posit8es1'), row('posit8es1', other(word))])).toEqual([word]);
    },
  );

  it('is an axis that goes with the format, for a reader takes the format to be all', () => {
    const rows = [row('posit8es1', { granularity: 'channel' }), row('float8e4m3', { granularity: 'tensor' })];
    expect(differingWords(rows)).toEqual(['granularity']);
  });

  it('is not what describes a format, nor what does not apply to a quantizer', () => {
    const linear = { calibrator: 'mse', scales: 'real' };
    const rows = [
      row('posit8es1', { ...linear, family: 'posit' }),
      row('fixed6q3', { ...linear, family: 'fixed' }),
      row('fixed6q3', { quantizer: 'rounding', family: 'fixed' }),
    ];
    expect(differingWords(rows)).toEqual([]);
  });

  it('is written word by word, without what does not apply', () => {
    const words = ['calibrator', 'scales', 'scaleBits'] as const;
    expect(wordsOf(row('posit8es1', { scales: 'pow2', scaleBits: 8 }), words)).toBe(
      'scales pow2, scale bits 8',
    );
  });
});

describe('a figure', () => {
  it('says it in labels and in what is read aloud of a point', () => {
    const rows = [
      row('posit8es1', { scales: 'pow2' }),
      sampleRow('float8e4m3', 980, { energy: 2, delay: 20 }, { scales: 'real' }),
    ];
    const text = JSON.stringify(paretoPlot(summarize(rows)));
    expect(text).toContain('"text":"posit8es1 pow2"');
    expect(text).toContain('"said":"float8e4m3 scales real, linear, 8 bits: ');
  });
});
