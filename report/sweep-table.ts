/** The table of a sweep: the float32 baseline on top, then every format by energy-delay product. */
import { UserError } from '../errors.js';
import { isBaseline, type SweepRow } from '../sweep/columns.js';
import { columnName } from '../sweep/spellings.js';
import { differingWords } from './differing.js';
import { paretoFront } from './pareto.js';
import { linesOverSeeds, SEEDS_FOR_SPREAD, type SeedSpread, seedCount } from './seed-spread.js';
import { accuracyText, pText, SIGNIFICANCE_NOTE, SIGNIFICANT, verdict } from './significance.js';
import { type Column, NOT_AVAILABLE, sortRows, type Table, type TableRow } from './table.js';
import { energyUnit, productUnit, timeUnit } from './units.js';

/**
 * Columns a person wants of a sweep's rows (as their CSV has them): format, quantizer, accuracy with interval,
 * drop, p, energy, delay, EDP and what to make of it. Energies in pJ, times in ns or a thousandfold of them, as
 * the header says. Networks, data sets, modes, seeds and whatever else rows differ in get a column each. What
 * a source cannot price sorts last. With three or more seeds a line is a point over all its seeds: mean accuracy, drop
 * and costs, the standard deviation over seeds, and how many seeds have p < 0.05.
 * Throws UserError where rows are priced by two sources, which no ranking may mix.
 */
export function sweepTable(rows: readonly SweepRow[]): Table {
  const source = onlySource(rows);
  const overSeeds = seedCount(rows) >= SEEDS_FOR_SPREAD;
  const lines: readonly Line[] = overSeeds ? linesOverSeeds(rows) : rows.map((row) => ({ row, first: row }));
  const read = lines.map(({ row }) => row);
  const order = sortRows(
    read.map((row, index) => ({ index, edp: row.edpPjNs })),
    'edp',
  ).map(({ index }) => index);
  const sorted = [
    ...order.filter((i) => isBaseline(read[i]!)),
    ...order.filter((i) => !isBaseline(read[i]!)),
  ];
  const figures = (pick: (row: SweepRow) => number | undefined): number[] =>
    read.map(pick).filter((value) => value !== undefined);
  const energy = energyUnit(figures((row) => row.energyPj));
  const time = timeUnit(figures((row) => row.delayNs));
  const product = productUnit(figures((row) => row.edpPjNs));
  const front = frontOf(read);
  const scaled = (value: number | undefined, divisor: number): number | string =>
    value === undefined ? NOT_AVAILABLE : value / divisor;
  const candidates = lines.filter(({ row }) => !isBaseline(row)).map(({ first }) => first);
  const extra = differingWords(candidates).filter((key) => !(overSeeds && key === 'seed'));
  const shown = sorted.map((i): TableRow => {
    const { row, first, spread } = lines[i]!;
    const baseline = isBaseline(row);
    const judged = spread ? spread.verdict : verdict(row);
    return {
      ...Object.fromEntries(extra.map((key) => [key, first[key] ?? NOT_AVAILABLE])),
      format: baseline ? `${row.format} (baseline)` : row.format,
      quantizer: baseline ? '' : (row.quantizer ?? NOT_AVAILABLE),
      accuracy: accuracyText(row),
      deviation: spread?.deviation === undefined ? NOT_AVAILABLE : spread.deviation * 100,
      seeds: spread?.seeds,
      drop: baseline ? '' : row.drop === undefined ? NOT_AVAILABLE : row.drop * 100,
      p: baseline ? '' : spread ? countText(spread.significant) : pText(row.mcnemarP),
      energy: scaled(row.energyPj, energy.divisor),
      delay: scaled(row.delayNs, time.divisor),
      edp: scaled(row.edpPjNs, product.divisor),
      note: baseline ? '' : [judged, ...(front.has(row) ? ['Pareto'] : [])].filter(Boolean).join(', '),
    };
  });
  return {
    columns: [
      ...extra.filter((key) => WHERE.has(key)).map(extraColumn),
      text('format', 'format', 0),
      text('quantizer', 'quantizer', 1),
      ...extra.filter((key) => !WHERE.has(key)).map(extraColumn),
      { key: 'accuracy', header: 'accuracy', unit: '%', align: 'right', digits: GIVEN, priority: 0 },
      ...(overSeeds ? SEED_COLUMNS : []),
      { key: 'drop', header: 'drop', unit: 'points', align: 'right', digits: TWO_DECIMALS, priority: 3 },
      {
        key: 'p',
        header: overSeeds ? `p < ${SIGNIFICANT}` : 'p',
        align: 'right',
        digits: GIVEN,
        priority: 4,
      },
      number('energy', 'energy', energy.name, 6),
      number('delay', 'delay', time.name, 7),
      number('edp', 'EDP', product.name, 0),
      text('note', 'against float32', 5),
    ],
    rows: shown,
    strong: new Set(sorted.flatMap((i, position) => (isBaseline(read[i]!) ? [position] : []))),
    notes: [...costNotes(rows, source), ...(overSeeds ? [SEED_NOTE] : []), SIGNIFICANCE_NOTE],
  };
}

/** A row, or a point over its seeds, with the first of its rows, which says what it was asked for. */
interface Line {
  readonly row: SweepRow;
  readonly first: SweepRow;
  readonly spread?: SeedSpread;
}

/** Where a row was measured stands before its format, how it was computed behind. */
const WHERE: ReadonlySet<string> = new Set(['network', 'dataset', 'testImages']);

function extraColumn(key: string): Column {
  return text(key, key === 'dataset' ? 'data set' : columnName(key).replaceAll('_', ' '), 2);
}

const GIVEN = { kind: 'given' } as const;
const TWO_DECIMALS = { kind: 'decimals', count: 2 } as const;

const SEED_COLUMNS: readonly Column[] = [
  {
    key: 'deviation',
    header: 'sd over seeds',
    unit: 'points',
    align: 'right',
    digits: TWO_DECIMALS,
    priority: 1,
  },
  { key: 'seeds', header: 'seeds', align: 'right', digits: GIVEN, priority: 2 },
];

const SEED_NOTE =
  'Accuracy, drop and costs are means over seeds, sd their sample standard deviation (n − 1). The interval pools the ' +
  `images of all seeds as if they were different ones. p < ${SIGNIFICANT} counts the seeds that show it.`;

function countText(significant: SeedSpread['significant']): string {
  return significant ? `${significant.count} of ${significant.of}` : NOT_AVAILABLE;
}

function text(key: string, header: string, priority: number): Column {
  return { key, header, align: 'left', digits: GIVEN, priority };
}

function number(key: string, header: string, unit: string, priority: number): Column {
  return { key, header, unit, align: 'right', digits: { kind: 'significant', count: 3 }, priority };
}

/** The cost source all priced rows share; undefined where none is priced. */
export function onlySource(rows: readonly SweepRow[]): string | undefined {
  const sources = [...new Set(rows.filter((row) => row.edpPjNs !== undefined).map((row) => row.cost))];
  if (sources.length > 1) {
    throw new UserError(
      `costs are from ${sources.length} sources (${sources.join(', ')}), which cannot be ranked together; choose one with --source`,
    );
  }
  return sources[0];
}

/** Per network, data set and seed: a front over two networks would compare nothing. */
function frontOf(rows: readonly SweepRow[]): ReadonlySet<SweepRow> {
  const groups = new Map<string, { cost: number; accuracy: number; row: SweepRow }[]>();
  for (const row of rows) {
    if (isBaseline(row) || row.edpPjNs === undefined || row.accuracy === undefined) continue;
    const key = JSON.stringify([row.network, row.dataset, row.seed]);
    groups.set(key, [...(groups.get(key) ?? []), { cost: row.edpPjNs, accuracy: row.accuracy, row }]);
  }
  return new Set([...groups.values()].flatMap((group) => paretoFront(group).map(({ row }) => row)));
}

function costNotes(rows: readonly SweepRow[], source: string | undefined): string[] {
  if (source === undefined) return ['Costs: n/a, no source priced these rows.'];
  const priced = rows.filter((row) => row.edpPjNs !== undefined);
  const units = [...new Set(priced.flatMap((row) => row.units ?? []))].join(' or ');
  const built = units ? `, ${units} multiply-accumulate unit${units === '1' ? '' : 's'}` : '';
  return [
    `Cost of one inference by ${source}${built}${bandOf(priced)}. Pareto: no other row is both cheaper and better.`,
  ];
}

/**
 * The error band of the priced rows, those of candidates where there are any: the source's own, and how many rows lie
 * outside what it was fitted to (their `cost_band` begins with `extrapolated` and says in what).
 */
export function bandOf(priced: readonly SweepRow[]): string {
  const candidates = priced.filter((row) => !isBaseline(row));
  const bands = (candidates.length > 0 ? candidates : priced).flatMap((row) => row.costBand ?? []);
  if (bands.length === 0) return '';
  // A row of several units states a band for each, joined by semicolons.
  const parts = bands.flatMap((band) => band.split('; ')).filter((part) => !part.startsWith('extrapolated'));
  const own = [...new Set(parts.map((part) => part.replace(/^in range: /, '')))];
  const outside = bands.filter((band) => band.startsWith('extrapolated')).length;
  const more =
    outside > 0
      ? ` (${outside} of ${bands.length} rows are outside what it was fitted to: column cost_band)`
      : '';
  return `, error band ${own.join('; or ')}${more}`;
}
