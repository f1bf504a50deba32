import { describe, expect, it } from 'vitest';
import type { BenchRow } from '../../bench/rows.js';
import { summaryRows } from '../../bench/summary.js';

const product = (format: string, ratio: number | 'n/a', shape = '2048×256×784'): BenchRow => ({
  kind: 'exact',
  format,
  quantizer: 'rounding',
  shape,
  k: Number(shape.split('×')[2]),
  per_int16_median: ratio,
  round_per_encode_median: 2,
});

function targetOf(rows: readonly BenchRow[], text: string) {
  return summaryRows(new Map([['gemm', rows]])).find(({ what }) => what.includes(text))!;
}

describe('the summary of targets', () => {
  it('the worst format decides, and says how many reach the target', () => {
    const rows = [product('posit8es1', 0.7), product('float8e4m3fn', 0.6), product('fixed8q5', 0.8)];
    expect(targetOf(rows, '2048×256×784, of our bare int16')).toEqual({
      what: 'every format ≤ 8 bits at 2048×256×784, of our bare int16 product',
      target: '≥ 0.65',
      worst: '0.60 (float8e4m3fn rounding 2048×256×784)',
      middle: '0.70, 2 of 3 reach it',
      met: 'no',
    });
    expect(targetOf(rows.slice(0, 1), '2048×256×784, of our bare int16').met).toBe('yes');
  });

  it('what must stay below is judged by its largest', () => {
    const rows = [product('posit8es1', 1), { ...product('posit8es2', 1), round_per_encode_median: 3.5 }];
    expect(targetOf(rows, 'our bulk encode')).toMatchObject({ target: '≤ 3×', met: 'no' });
    expect(targetOf(rows, 'our bulk encode').worst).toContain('3.50');
  });

  it('wide formats, other shapes and what was not measured do not count', () => {
    const rows = [
      product('posit16es1', 0.1),
      product('bfloat16', 0.1),
      product('posit8es1', 0.1, '1024×64×576'),
      product('posit8es0', 'n/a'),
    ];
    expect(targetOf(rows, '2048×256×784, of our bare int16')).toMatchObject({ worst: 'n/a', met: 'n/a' });
    expect(targetOf([...rows, product('affine8', 0.9)], '2048×256×784, of our bare int16').met).toBe('yes');
  });

  it('sections that were not run have no targets', () => {
    expect(summaryRows(new Map())).toEqual([]);
  });
});
