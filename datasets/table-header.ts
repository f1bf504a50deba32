/** Is the first row of a table a header? Rather a row too many refused aloud than a row of data lost in silence. */

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
 * By the first row's feature cells alone. Names, and cells left empty beside them, are a header. Numbers may be one
 * (years, say), and numbers among names too: the labels tell. Anything else is data.
 */
export function headerByNames(features: readonly string[]): 'header' | 'data' | 'by labels' {
  const contents = features.map(contentOf);
  if (contents.includes('notation')) return 'data';
  const names = contents.includes('name');
  if (!contents.includes('number')) return names ? 'header' : 'data';
  return contents.includes('missing') ? 'data' : 'by labels';
}

/** By the labels: one that occurs nowhere else, where every other (counted without it) occurs at least twice. */
export function headerByLabels(label: string, others: ReadonlyMap<string, number>): boolean {
  return !others.has(label) && others.size > 0 && [...others.values()].every((count) => count >= 2);
}
