/** What the validation images choose, and what the test images say of it. */
import { UserError } from '../../errors.js';
import { didYouMean } from '../../near.js';
import { columnCalled, isBaseline } from '../columns.js';
import { SUMMARY_COLUMNS, type SummaryRow } from './columns.js';

export interface Choice {
  /** The values of the columns that were grouped by, in their order. */
  readonly group: readonly (string | number | undefined)[];
  /** The line with the highest validation accuracy; of equals that of the lower EDP, then the first. */
  readonly chosen: SummaryRow;
  /** Lines it was chosen from. */
  readonly candidates: number;
}

/**
 * The choice of each group of lines with equal values of the columns `by` (names as in the CSV), in the order in which the
 * groups first occur; float32 is none. A line without a price stands behind those with one. Throws UserError for a column
 * that is none, for lines priced in several ways, and where no line has a validation accuracy.
 */
export function choicesBy(summary: readonly SummaryRow[], by: readonly string[]): Choice[] {
  const words = by.map(wordOf);
  const lines = summary.filter((line) => !isBaseline(line));
  if (lines.every(({ validationAccuracy }) => validationAccuracy === undefined)) {
    throw new UserError(
      'no row has a validation accuracy: the weights do not say which images their training left out, so nothing can be chosen without the test images',
    );
  }
  const prices = new Set(lines.map((line) => `${line.cost} on ${line.units} units`));
  if (prices.size > 1) {
    throw new UserError(`rows are priced by ${[...prices].join(', ')}; choose one with --source and --units`);
  }
  const groups = new Map<string, SummaryRow[]>();
  for (const line of lines) {
    const key = JSON.stringify(words.map((word) => line[word] ?? null));
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].map((group) => ({
    group: words.map((word) => group[0]![word]),
    chosen: group.reduce((best, line) => (isBetter(line, best) ? line : best)),
    candidates: group.length,
  }));
}

function isBetter(line: SummaryRow, best: SummaryRow): boolean {
  const [own, other] = [line.validationAccuracy ?? -1, best.validationAccuracy ?? -1];
  if (own !== other) return own > other;
  return (line.edpPjNs ?? Number.POSITIVE_INFINITY) < (best.edpPjNs ?? Number.POSITIVE_INFINITY);
}

function wordOf(name: string): keyof SummaryRow {
  const column = columnCalled(SUMMARY_COLUMNS, name);
  if (column) return column.word as keyof SummaryRow;
  const names = SUMMARY_COLUMNS.map((one) => one.name);
  throw new UserError(`there is no column ${name}${didYouMean(name, names)}`);
}
