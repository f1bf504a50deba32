/** The table of a sweep with the columns and rows that somebody wants of it. */
import { UserError } from '../errors.js';
import { didYouMean } from '../near.js';
import { type Column as CsvColumn, columnCalled } from '../sweep/columns.js';
import { writeP } from '../sweep/statistics/write-p.js';
import { SUMMARY_COLUMNS, type SummaryRow } from '../sweep/summary/columns.js';
import { fittingRows } from './select-rows.js';
import { inOrder, sweepTable } from './sweep-table.js';
import { type Cell, type Column, NOT_AVAILABLE, type Table, unitOf } from './table.js';

export interface TableChoice {
  /**
   * Keys of the usual table (`format`, `accuracy`, `edp`, …) or names of columns of the summary (`accuracy_low`,
   * `energy_pj`), in the order wanted. By default the usual table's.
   */
  readonly columns?: readonly string[];
  /** Lines that fit one of these, in the language of `selectRows`; all by default. */
  readonly rows?: readonly string[];
  /** Name of a column as above; by default the baseline is first, the others by energy-delay product. */
  readonly sort?: { readonly by: string; readonly order: 'ascending' | 'descending' };
  readonly caption?: string;
  /** The lines under the table; shown by default. */
  readonly notes?: 'shown' | 'none';
}

/** Which figure of the summary a column of the usual table is sorted by, where it has another name. */
const SORTED_BY: Readonly<Record<string, string>> = {
  energy: 'energy_pj',
  delay: 'delay_ns',
  edp: 'edp_pj_ns',
  p: 'corrected_p',
  deviation: 'accuracy_sd',
  band: 'edp_low_pj_ns',
  front: 'front_probability',
  note: 'verdict',
};

/**
 * The lines of a summary as a table. A share is shown in per cent and a difference in points, with two decimals; other
 * figures in the unit of their column's name, with three significant digits. What is unknown is n/a and sorts last.
 * Throws UserError for a column that does not exist, for rows of which there are none, and where `sweepTable` does.
 */
export function summaryTable(summary: readonly SummaryRow[], choice: TableChoice = {}): Table {
  const lines = inOrder(chosenLines(summary, choice.rows ?? []));
  const usual = sweepTable(lines);
  const columns = (choice.columns ?? usual.columns.map(({ key }) => key)).map((name) => {
    const own = usual.columns.find(({ key }) => key === name);
    return own ? { shown: own, ofSummary: undefined } : { shown: shownColumn(name, usual), ofSummary: name };
  });
  const places = sortedPlaces(lines, choice.sort, usual);
  const notes = [...hiddenNote(usual, choice.columns), ...(usual.notes ?? [])];
  return {
    ...(choice.caption === undefined ? {} : { caption: choice.caption }),
    columns: columns.map(({ shown }) => shown),
    rows: places.map((place) =>
      Object.fromEntries(
        columns.map(({ shown, ofSummary }) => [
          shown.key,
          ofSummary === undefined
            ? usual.rows[place]![shown.key]
            : cellOf(lines[place]!, csvColumn(ofSummary, usual)),
        ]),
      ),
    ),
    strong: new Set(places.flatMap((place, at) => (usual.strong?.has(place) ? [at] : []))),
    notes: choice.notes === 'none' ? [] : notes,
  };
}

/** What tells rows apart stands before their accuracy; what of it is left out is said, so that no two rows look the same by chance. */
function hiddenNote({ columns, rows }: Table, chosen: readonly string[] | undefined): string[] {
  if (!chosen) return [];
  const asked = columns.slice(
    0,
    columns.findIndex(({ key }) => key === 'accuracy'),
  );
  const hidden = asked.filter(
    ({ key }) => !chosen.includes(key) && new Set(rows.map((row) => row[key] ?? '')).size > 1,
  );
  if (hidden.length === 0) return [];
  return [`Rows differ in what is not shown here: ${hidden.map(({ header }) => header).join(', ')}.`];
}

function chosenLines(summary: readonly SummaryRow[], selectors: readonly string[]): readonly SummaryRow[] {
  if (selectors.length === 0) return summary;
  const chosen = new Set(selectors.flatMap((selector) => fittingRows(summary, SUMMARY_COLUMNS, selector)));
  return summary.filter((_, i) => chosen.has(i));
}

function sortedPlaces(lines: readonly SummaryRow[], sort: TableChoice['sort'], usual: Table): number[] {
  const places = lines.map((_, place) => place);
  if (!sort) return places;
  const { word } = csvColumn(SORTED_BY[sort.by] ?? sort.by, usual);
  const values = lines.map((line) => figureOf(line, word));
  return places.sort((a, b) => byValue(values[a], values[b], sort.order));
}

/** Numbers by size, texts by their signs' codes; what is unknown last in either order. */
function byValue(
  a: string | number | undefined,
  b: string | number | undefined,
  order: 'ascending' | 'descending',
): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const sign = a < b ? -1 : a > b ? 1 : 0;
  return order === 'ascending' ? sign : -sign;
}

function figureOf(line: SummaryRow, word: string): string | number | undefined {
  return (line as unknown as Readonly<Record<string, string | number | undefined>>)[word];
}

function csvColumn(name: string, usual: Table): CsvColumn {
  const column = columnCalled(SUMMARY_COLUMNS, name);
  if (column) return column;
  const names = [...usual.columns.map(({ key }) => key), ...SUMMARY_COLUMNS.map(({ name: head }) => head)];
  throw new UserError(
    `there is no column '${name}'${didYouMean(name, names)}; the table has ${usual.columns.map(({ key }) => key).join(', ')}, and the summary's columns go by their names`,
  );
}

const GIVEN = { kind: 'given' } as const;

function shownColumn(name: string, usual: Table): Column {
  const { name: head, style } = csvColumn(name, usual);
  const { header, unit } = unitOf(head);
  const shown = { key: `summary.${head}`, header, align: 'right', priority: 0 } as const;
  switch (style) {
    case 'text':
      return { ...shown, align: 'left', digits: GIVEN };
    case 'integer':
    case 'probability':
      return { ...shown, digits: GIVEN };
    case 'share':
      return { ...shown, unit: '%', digits: { kind: 'decimals', count: 2 } };
    case 'difference':
      return { ...shown, unit: 'points', digits: { kind: 'decimals', count: 2 } };
    case 'significant':
      return { ...shown, ...(unit ? { unit } : {}), digits: { kind: 'significant', count: 3 } };
    default:
      return style satisfies never;
  }
}

function cellOf(line: SummaryRow, { word, style }: CsvColumn): Cell {
  const value = figureOf(line, word);
  if (value === undefined) return NOT_AVAILABLE;
  if (typeof value === 'string') return value;
  if (style === 'share' || style === 'difference') return value * 100;
  return style === 'probability' ? writeP(value) : value;
}
