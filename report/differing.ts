/**
 * What rows differ in beyond format and quantizer, so that no two of them look alike and a reader knows what else is not
 * the same: a column of a table, a word of a label. It goes through all that a row was asked for; no axis can be forgotten.
 */
import { ASKED, FORMAT_WORDS } from '../sweep/columns.js';
import { columnName } from '../sweep/spellings.js';
import type { AnyRow } from '../sweep/summary/columns.js';

/** Shown of every row in any case. */
const SHOWN: ReadonlySet<string> = new Set(['format', 'quantizer']);

/** Words that describe a format: they follow from its name, but where rows of one name differ in them. */
const DESCRIBES: ReadonlySet<string> = new Set(FORMAT_WORDS);

/** Words that follow from the scales: of no interest where they are only there or not. */
const FOLLOWS: ReadonlySet<string> = new Set(['requantizer', 'lanes']);

/**
 * The words of the rows' columns in which they differ, in the order of the columns. What does not apply (the calibrator of
 * a rounding) is a value of its own only among rows of one format and quantizer, which it must tell apart.
 */
export function differingWords(rows: readonly AnyRow[]): (keyof AnyRow)[] {
  const alike = new Map<string, AnyRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.format, row.quantizer]);
    alike.set(key, [...(alike.get(key) ?? []), row]);
  }
  const words = [...ASKED, 'units', 'requantizer', 'lanes'].filter(
    (word) => !SHOWN.has(word),
  ) as (keyof AnyRow)[];
  return words.filter(
    (word) =>
      (!DESCRIBES.has(word) && new Set(rows.flatMap((row) => row[word] ?? [])).size > 1) ||
      (!FOLLOWS.has(word) &&
        [...alike.values()].some((some) => new Set(some.map((row) => row[word])).size > 1)),
  );
}

/** `scales pow2, scale bits 8`: a row's values of these words; what does not apply is left out. */
export function wordsOf(row: AnyRow, words: readonly (keyof AnyRow)[]): string {
  return words
    .flatMap((word) =>
      row[word] === undefined ? [] : [`${columnName(word).replaceAll('_', ' ')} ${row[word]}`],
    )
    .join(', ');
}

/** `pow2, channel, scale bits 8`: the same where there is little room; a value that is a word stands for itself. */
export function shortWordsOf(row: AnyRow, words: readonly (keyof AnyRow)[]): string {
  return words
    .flatMap((word) =>
      typeof row[word] === 'string' ? [row[word]] : wordsOf(row, [word]) === '' ? [] : [wordsOf(row, [word])],
    )
    .join(', ');
}
