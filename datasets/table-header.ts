/**
 * Decides whether the first row of a table is a header. Where it is unclear it counts as data: a header among the
 * data is refused with an error, but data taken for a header would be lost without a word.
 */

/** A decimal number. */
export const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** What stands for a value that is missing. */
const MISSING = /^(|\?|-+|\.|na|n\/a|nan|null|none|nil|missing|[+-]?inf(inity)?)$/i;
/** Digits and what is written beside them in numbers of other notations: `0,5`, `12 %`, `1'000`, `0x1f`. */
const NOTATION = /^(?=.*\d)([-+$€£%\d.,\s'eE]*|0x[\da-f]+)$/i;

type Content = 'number' | 'missing' | 'notation' | 'name';

function contentOf(cell: string): Content {
  if (NUMBER.test(cell)) return 'number';
  if (MISSING.test(cell)) return 'missing';
  return NOTATION.test(cell) ? 'notation' : 'name';
}

/**
 * Decides by the cells of the first row, without its label. Names are a header, also with empty cells beside them.
 * Numbers alone can be names of columns too (years, say), and so can numbers and names together: these go by the
 * labels. Anything else is data.
 */
export function headerByNames(features: readonly string[]): 'header' | 'data' | 'by labels' {
  const contents = features.map(contentOf);
  if (contents.includes('notation')) return 'data';
  const names = contents.includes('name');
  if (!contents.includes('number')) return names ? 'header' : 'data';
  return contents.includes('missing') ? 'data' : 'by labels';
}

/**
 * Decides by the labels: the first row is a header if its label is in no other row, and every other label is in at
 * least two.
 */
export function headerByLabels(label: string, others: ReadonlyMap<string, number>): boolean {
  return !others.has(label) && others.size > 0 && [...others.values()].every((count) => count >= 2);
}
