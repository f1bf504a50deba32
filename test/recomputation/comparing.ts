/** Where recomputed cells are not those of a file. */
import type { Row } from './csv.js';

/** What was computed in float64 by another way may be rounded to the other side where it lies between two. */
const ROUNDED = [
  'accuracy_low',
  'accuracy_high',
  'accuracy_sd',
  'drop_low',
  'drop_high',
  'p',
  'corrected_p',
  'mcnemar_p',
];

/** The digits as an integer, and the power of ten of the last. */
function digitsOf(text: string): readonly [digits: number, place: number] {
  const [number, exponent = '0'] = text.split('e');
  const [, decimals = ''] = number!.split('.');
  return [Number(number!.replace('.', '')), Number(exponent) - decimals.length];
}

function isNextTo(a: string, b: string): boolean {
  const [first, place] = digitsOf(a);
  const [second, otherPlace] = digitsOf(b);
  return place === otherPlace && Math.abs(first - second) <= 1;
}

/** Cells of `computed` that are written otherwise, one text each. */
export function differences(written: readonly Row[], computed: readonly Row[]): string[] {
  if (written.length !== computed.length) return [`${written.length} lines, not ${computed.length}`];
  return written.flatMap((row, i) =>
    Object.entries(computed[i]!).flatMap(([name, cell]) => {
      const other = row[name];
      if (other === cell) return [];
      if (other !== undefined && ROUNDED.includes(name) && isNextTo(other, cell)) return [];
      return [`line ${i + 1}, ${name}: ${other} is written, ${cell} computed`];
    }),
  );
}
