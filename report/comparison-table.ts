/** Comparisons as a table: what was measured, how sure it is, and what is shown. */
import { verdictInWords } from '../sweep/statistics/verdict.js';
import { writeP } from '../sweep/statistics/write-p.js';
import type { PairComparison } from './compare.js';
import { givenColumn, type Table } from './table.js';

/** `margin` is a share. */
export function comparisonTable(pairs: readonly PairComparison[], margin: number): Table {
  const points = (share: number): string => (100 * share).toFixed(2);
  const { seeds, images } = pairs[0]!;
  const interval =
    seeds === 1
      ? "Tango's score interval of paired differences"
      : `of ${seeds} trainings and of the images, both drawn again 2,000 times`;
  return {
    columns: [
      givenColumn('left', 'first', 'first'),
      givenColumn('left', 'second', 'second'),
      givenColumn('right', 'a', 'first', '%'),
      givenColumn('right', 'b', 'second', '%'),
      givenColumn('right', 'difference', 'difference', 'points'),
      givenColumn('right', 'p', 'p'),
      givenColumn('right', 'corrected', "Holm's p"),
      givenColumn('left', 'shown', 'the first is'),
    ],
    rows: pairs.map((pair) => ({
      first: pair.first,
      second: pair.second,
      a: points(pair.firstAccuracy),
      b: points(pair.secondAccuracy),
      difference: `${points(pair.difference)} [${points(pair.interval.low)}, ${points(pair.interval.high)}]`,
      p: writeP(pair.p),
      corrected: writeP(pair.correctedP),
      shown: verdictInWords(pair.verdict, margin),
    })),
    notes: [
      `${images} test images${seeds === 1 ? '' : `, ${seeds} seeds, means over them`}. Brackets: 95 % interval ${interval}.`,
      'p: exact sign-flip test over images, of these trainings; of one seed it is McNemar’s. Holm’s p is corrected for all pairs above.',
    ],
  };
}
