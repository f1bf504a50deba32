/** Rows that differ only in the seed, and in what follows from it, belong together: one point, priced one way. */
import { ASKED, type SweepRow } from '../columns.js';

/** The rows of one line, by their places among all rows, in ascending order of their seeds. */
export interface Line {
  readonly rows: readonly number[];
  /** The same for all lines of one point, however they are priced. */
  readonly point: string;
}

/** Columns that say what a point was asked for, but the seed. */
export const OF_POINT = ASKED.filter((word) => word !== 'seed') as readonly (keyof SweepRow)[];
const OF_PRICE = [
  'units',
  'cost',
  'requantizer',
  'lanes',
  'version',
] as const satisfies readonly (keyof SweepRow)[];

/** What is found may differ from seed to seed: the best fraction bits of a width. */
export const FOUND: ReadonlySet<keyof SweepRow> = new Set(['format', 'weights', 'activations']);

/** Lines in the order in which their first rows stand. */
export function linesOf(rows: readonly SweepRow[]): Line[] {
  const lines = new Map<string, { rows: number[]; point: string }>();
  for (const [i, row] of rows.entries()) {
    const point = JSON.stringify(
      OF_POINT.map((word) => (row.fraction === 'best' && FOUND.has(word) ? '' : (row[word] ?? ''))),
    );
    const key = JSON.stringify([point, ...OF_PRICE.map((word) => row[word] ?? '')]);
    const line = lines.get(key);
    if (line) line.rows.push(i);
    else lines.set(key, { rows: [i], point });
  }
  const seed = (i: number): number => rows[i]!.seed ?? 0;
  return [...lines.values()].map((line) => ({
    ...line,
    rows: line.rows.toSorted((a, b) => seed(a) - seed(b)),
  }));
}
