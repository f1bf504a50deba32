/** The table of a sweep: the float32 baseline on top, then every format by energy-delay product. */
import { UserError } from '../errors.js';
import { isBaseline } from '../sweep/columns.js';
import { columnName } from '../sweep/spellings.js';
import type { AnyRow, SummaryRow } from '../sweep/summary/columns.js';
import { differingWords } from './differing.js';
import { isOnFront, SURE } from './front.js';
import { accuracyText, dropText, evidenceNote, pText } from './significance.js';
import { type Column, givenColumn, NOT_AVAILABLE, sortRows, type Table, type TableRow } from './table.js';
import { energyUnit, productUnit, timeUnit, type Unit } from './units.js';

/**
 * Columns a person wants of a sweep's summary: format, quantizer, accuracy with interval, drop with the interval of the
 * paired difference, p, energy, delay, EDP with its band and what is shown. Energies in pJ, times in ns or a thousandfold
 * of them, as the header says. Networks, data sets, modes, seeds and whatever else rows differ in get a column each. What
 * a source cannot price sorts last. Throws UserError where rows are priced by two sources, which no ranking may mix.
 */
export function sweepTable(summary: readonly SummaryRow[]): Table {
  const source = onlySource(summary);
  const sorted = inOrder(summary);
  const figures = (pick: (row: SummaryRow) => number | undefined): number[] =>
    summary.map(pick).filter((value) => value !== undefined);
  const units = {
    energy: energyUnit(figures((row) => row.energyPj)),
    time: timeUnit(figures((row) => row.delayNs)),
    product: productUnit(figures((row) => row.edpPjNs)),
  };
  const extra = differingWords(summary.filter((row) => !isBaseline(row)));
  const seeds = summary.some((row) => (row.seeds ?? 1) > 1);
  const tied = sorted.some((row) => !isBaseline(row) && row.logits === 'rounded');
  const banded = summary.some((row) => row.edpLowPjNs !== undefined);
  return {
    columns: [
      ...extra.filter((key) => WHERE.has(key)).map(extraColumn),
      givenColumn('left', 'format', 'format', '', 0),
      givenColumn('left', 'quantizer', 'quantizer', '', 1),
      ...extra.filter((key) => !WHERE.has(key)).map(extraColumn),
      givenColumn('right', 'accuracy', 'accuracy', '%', 0),
      ...(seeds ? [points('deviation', 'sd over seeds', 6)] : []),
      givenColumn('right', 'drop', 'drop', 'points', 3),
      givenColumn('right', 'p', 'p', '', 5),
      ...(tied ? [givenColumn('right', 'tied', 'tied', '%', 4)] : []),
      givenColumn('right', 'energy', 'energy', units.energy.name, 8),
      givenColumn('right', 'delay', 'delay', units.time.name, 8),
      givenColumn('right', 'edp', 'EDP', units.product.name, 0),
      ...(banded
        ? [
            givenColumn('right', 'band', 'EDP band', units.product.name, 7),
            givenColumn('right', 'front', 'on front', '', 6),
          ]
        : []),
      givenColumn('left', 'note', 'against float32', '', 2),
    ],
    rows: sorted.map((row) => tableRow(row, extra, units)),
    strong: new Set(sorted.flatMap((row, position) => (isBaseline(row) ? [position] : []))),
    notes: [...costNotes(summary, source), evidenceNote(summary)],
  };
}

/** The baseline first, then by energy-delay product; what has none last, equals as they stand. */
export function inOrder(summary: readonly SummaryRow[]): SummaryRow[] {
  const order = sortRows(
    summary.map((row, index) => ({ index, edp: row.edpPjNs })),
    'edp',
  ).map(({ index }) => summary[index]!);
  return [...order.filter(isBaseline), ...order.filter((row) => !isBaseline(row))];
}

function tableRow(
  row: SummaryRow,
  extra: readonly (keyof AnyRow)[],
  { energy, time, product }: { energy: Unit; time: Unit; product: Unit },
): TableRow {
  const baseline = isBaseline(row);
  const scaled = (value: number | undefined, { divisor }: Unit): string =>
    value === undefined ? NOT_AVAILABLE : threeDigits(value / divisor);
  return {
    ...Object.fromEntries(extra.map((key) => [key, row[key] ?? NOT_AVAILABLE])),
    format: baseline ? `${row.format} (baseline)` : row.format,
    quantizer: baseline ? '' : (row.quantizer ?? NOT_AVAILABLE),
    accuracy: accuracyText(row),
    deviation: row.accuracySd === undefined ? NOT_AVAILABLE : row.accuracySd * 100,
    drop: baseline ? '' : dropText(row),
    p: baseline ? '' : pText(row.correctedP),
    tied: baseline ? '' : row.tied === undefined ? NOT_AVAILABLE : (row.tied * 100).toFixed(1),
    energy: scaled(row.energyPj, energy),
    delay: scaled(row.delayNs, time),
    edp: scaled(row.edpPjNs, product),
    band: bandText(row, product),
    front: baseline ? '' : (row.frontProbability?.toFixed(2) ?? NOT_AVAILABLE),
    note: baseline ? '' : noteOf(row),
  };
}

/** Shares of tied images from which on a row says so itself. */
const MANY_TIES = 0.01;

function noteOf(row: SummaryRow): string {
  const ties = row.logits === 'rounded' && (row.tied ?? 0) > MANY_TIES;
  return [
    row.verdict ?? (row.drop === undefined ? '' : 'no test without predictions'),
    ties ? `${(row.tied! * 100).toFixed(0)} % tied` : '',
    isOnFront(row) ? 'Pareto' : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function bandText({ edpLowPjNs: low, edpHighPjNs: high }: SummaryRow, { divisor }: Unit): string {
  if (low === undefined || high === undefined) return NOT_AVAILABLE;
  return `${threeDigits(low / divisor)}–${threeDigits(high / divisor)}`;
}

/** More digits than a model of costs has to give. */
export function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Where a row was measured stands before its format, how it was computed behind. */
const WHERE: ReadonlySet<string> = new Set(['network', 'dataset', 'testImages']);

function extraColumn(key: string): Column {
  return givenColumn(
    'left',
    key,
    key === 'dataset' ? 'data set' : columnName(key).replaceAll('_', ' '),
    '',
    2,
  );
}

function points(key: string, header: string, priority: number): Column {
  const digits = { kind: 'decimals', count: 2 } as const;
  return { key, header, unit: 'points', align: 'right', digits, priority };
}

/** The cost source all priced rows share; undefined where none is priced. */
export function onlySource(rows: readonly AnyRow[]): string | undefined {
  const sources = [...new Set(rows.filter((row) => row.edpPjNs !== undefined).map((row) => row.cost))];
  if (sources.length > 1) {
    throw new UserError(
      `costs are from ${sources.length} sources (${sources.join(', ')}), which cannot be ranked together; choose one with --source`,
    );
  }
  return sources[0];
}

function costNotes(rows: readonly AnyRow[], source: string | undefined): string[] {
  if (source === undefined) return ['Costs: n/a, no source priced these rows.'];
  const priced = rows.filter((row) => row.edpPjNs !== undefined);
  const units = [...new Set(priced.flatMap((row) => row.units ?? []))].join(' or ');
  const built = units ? `, ${units} multiply-accumulate unit${units === '1' ? '' : 's'}` : '';
  const front =
    'On front: the share of 2,000 draws of images, trainings and costs in which no other row is at least as accurate and as cheap';
  return [
    `Cost of one inference by ${source}${built}${bandOf(priced)}. EDP: energy × delay.`,
    `${front}; Pareto from ${SURE} on.`,
  ];
}

/**
 * The error band of the priced rows, those of candidates where there are any: the source's own, and how many rows lie
 * outside what it was fitted to (their `cost_band` begins with `extrapolated` and says in what).
 */
export function bandOf(priced: readonly AnyRow[]): string {
  const candidates = priced.filter((row) => !isBaseline(row));
  const bands = (candidates.length > 0 ? candidates : priced).flatMap((row) => row.costBand ?? []);
  if (bands.length === 0) return '';
  // A row of several units states a band for each, joined by semicolons.
  const all = bands.flatMap((band) => band.split('; ')).filter((part) => !part.startsWith('extrapolated'));
  const parts = [...new Set(all.map((part) => part.replace(/^in range: /, '')))].map((part) =>
    part.split(', '),
  );
  const shared = parts[0]?.filter((word) => parts.every((words) => words.includes(word))) ?? [];
  const others = [...new Set(parts.flat())].filter((word) => !shared.includes(word));
  const outside = bands.filter((band) => band.startsWith('extrapolated')).length;
  const more = [
    ...(others.length > 0 ? [`some rows: ${others.join(', ')}`] : []),
    ...(outside > 0
      ? [`${outside} of ${bands.length} rows are outside what it was fitted to: column cost_band`]
      : []),
  ];
  return `, error band ${shared.join(', ')}${more.length > 0 ? ` (${more.join('; ')})` : ''}`;
}
