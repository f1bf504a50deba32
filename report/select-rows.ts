/** The run of a sweep that a person means: `posit8es1`, `posit8es1,linear`, `format=posit8es1,seed=1`. */
import { UserError } from '../errors.js';
import { listedNames } from '../input/listed-names.js';
import { didYouMean } from '../near.js';
import { COLUMNS, type Column, columnCalled, type SweepRow } from '../sweep/columns.js';
import { columnName } from '../sweep/spellings.js';
import { FOUND, OF_POINT } from '../sweep/summary/lines.js';

/** One part of a selector as a condition. The first part without `=` is a format, others any word that a row was asked for with. */
function condition(part: string, isFirst: boolean, columns: readonly Column[]): (row: object) => boolean {
  const [name, value] = part.split('=', 2) as [string, string | undefined];
  if (value === undefined) {
    const words = isFirst ? (['format'] as const) : OF_POINT;
    return (row) => words.some((word) => String((row as SweepRow)[word]) === name);
  }
  const column = columnCalled(columns, name);
  if (!column) {
    const names = columns.map(({ name: head }) => head);
    throw new UserError(`'${part}': there is no column ${name}${didYouMean(name, names)}`);
  }
  return (row) => String((row as SweepRow)[column.word as keyof SweepRow] ?? 'n/a') === value;
}

/** The rows that fit all parts of `selector`, as indices; `columns` are theirs. Throws UserError where none fits. */
export function fittingRows(
  rows: readonly Pick<SweepRow, 'format'>[],
  columns: readonly Column[],
  selector: string,
): number[] {
  const parts = listedNames(selector);
  const conditions = parts.map((part, i) => condition(part, i === 0, columns));
  const found = rows.flatMap((row, i) => (conditions.every((fits) => fits(row)) ? [i] : []));
  if (found.length > 0) return found;
  const formats = [...new Set(rows.flatMap(({ format }) => format ?? []))];
  throw new UserError(
    `'${selector}': no row is of that${didYouMean(parts[0]!, formats)}; give a format of the CSV, and with commas what else tells its rows apart`,
  );
}

/**
 * The rows that fit all parts of `selector`, as indices; of each seed they are of one point. Throws UserError where none
 * fits, and where several points do, with the columns they differ in.
 */
export function selectRows(rows: readonly SweepRow[], selector: string): number[] {
  const found = fittingRows(rows, COLUMNS, selector);
  const isFound = found.every((i) => rows[i]!.fraction === 'best');
  const differing = OF_POINT.filter(
    (word) => !(isFound && FOUND.has(word)) && new Set(found.map((i) => rows[i]![word])).size > 1,
  );
  if (differing.length > 0) {
    const ways = differing.map(
      (word) => `${columnName(word)} (${[...new Set(found.map((i) => rows[i]![word] ?? 'n/a'))].join(', ')})`,
    );
    throw new UserError(
      `'${selector}' is several points, which differ in ${ways.join(', ')}; add which, after a comma`,
    );
  }
  return found;
}
