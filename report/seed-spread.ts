/**
 * What a format does over several seeds: rows that differ only in the seed, and in what follows from it, as one
 * line with mean and spread. For the eye only; nothing here reaches a CSV.
 */
import { createRequire } from 'node:module';
import { ASKED, type SweepRow } from '../sweep/columns.js';
import { wilson } from '../sweep/statistics/wilson.js';
import { SIGNIFICANT, verdict } from './significance.js';

type Statistics = Pick<typeof import('mathjs/number'), 'mean' | 'std'>;

/** Fewer seeds than this say too little about a spread to stand beside an interval. */
export const SEEDS_FOR_SPREAD = 3;

export interface SeedSpread {
  /** Seeds whose accuracy is known. */
  readonly seeds: number;
  /** Sample standard deviation (n − 1) of the seeds' accuracies, a share; undefined for fewer than two. */
  readonly deviation: number | undefined;
  /** Seeds with p below 0.05, of those that have a p; undefined where none has. */
  readonly significant: { readonly count: number; readonly of: number } | undefined;
  /** `worse`, `within noise`, `better`, with the seeds that say so where they disagree. */
  readonly verdict: string;
}

interface SeedLine {
  /** Means over the seeds; the interval is Wilson's of all their images pooled; no p, no seed. */
  readonly row: SweepRow;
  readonly first: SweepRow;
  readonly spread: SeedSpread;
}

/** Different seeds among the rows. */
export function seedCount(rows: readonly SweepRow[]): number {
  return new Set(rows.flatMap(({ seed }) => seed ?? [])).size;
}

/** One line for each point, in the order in which the points first occur. */
export function linesOverSeeds(rows: readonly SweepRow[]): SeedLine[] {
  const groups = new Map<string, SweepRow[]>();
  for (const row of rows) {
    const key = pointOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const statistics = loadStatistics();
  return [...groups.values()].map((group) => lineOf(group, statistics));
}

/**
 * Loads mathjs, which takes long, only where a spread is stated; without `import()`, which would make every table a
 * promise.
 */
function loadStatistics(): Statistics {
  return createRequire(import.meta.url)('mathjs/number') as Statistics;
}

/** What a row was asked for: the columns before the seed, and what priced it. All others follow from the seed. */
const SAME_IN_ALL_SEEDS = [
  ...ASKED.filter((word) => word !== 'seed'),
  'units',
  'requantizer',
  'lanes',
  'cost',
  'version',
] as readonly (keyof SweepRow)[];

/** The best fraction bits of a format may differ from seed to seed: rows of one width belong together. */
const FOUND = new Set<keyof SweepRow>(['format', 'weights', 'activations']);

function pointOf(row: SweepRow): string {
  return JSON.stringify(
    SAME_IN_ALL_SEEDS.map((name) => (row.fraction === 'best' && FOUND.has(name) ? '' : (row[name] ?? ''))),
  );
}

function lineOf(rows: readonly SweepRow[], { mean, std }: Statistics): SeedLine {
  const known = (pick: (row: SweepRow) => number | undefined): number[] =>
    rows.map(pick).filter((value) => value !== undefined);
  const average = (pick: (row: SweepRow) => number | undefined): number | undefined => {
    const values = known(pick);
    return values.length === 0 ? undefined : Number(mean(values));
  };
  const accuracies = known(({ accuracy }) => accuracy);
  const ps = known(({ mcnemarP }) => mcnemarP);
  const interval = pooledInterval(rows);
  return {
    first: rows[0]!,
    row: {
      ...rows[0]!,
      format: [...new Set(rows.map(({ format }) => format))].join(' / '),
      accuracy: average(({ accuracy }) => accuracy),
      accuracyLow: interval?.low,
      accuracyHigh: interval?.high,
      baseline: average(({ baseline }) => baseline),
      drop: average(({ drop }) => drop),
      mcnemarP: undefined,
      seed: undefined,
      energyPj: average(({ energyPj }) => energyPj),
      delayNs: average(({ delayNs }) => delayNs),
      edpPjNs: average(({ edpPjNs }) => edpPjNs),
    },
    spread: {
      seeds: accuracies.length,
      deviation: accuracies.length < 2 ? undefined : Number(std(accuracies)),
      significant:
        ps.length === 0 ? undefined : { count: ps.filter((p) => p < SIGNIFICANT).length, of: ps.length },
      verdict: jointVerdict(rows),
    },
  };
}

/** Wilson's interval of the images of all seeds as one sample; undefined where a row does not say how many. */
function pooledInterval(rows: readonly SweepRow[]): ReturnType<typeof wilson> | undefined {
  let right = 0;
  let images = 0;
  for (const row of rows) {
    if (row.accuracy === undefined) continue;
    if (row.testImages === undefined) return undefined;
    // the CSV's six decimals give the count back
    right += Math.round(row.accuracy * row.testImages);
    images += row.testImages;
  }
  return images === 0 ? undefined : wilson(right, images);
}

function jointVerdict(rows: readonly SweepRow[]): string {
  const counts = new Map<string, number>();
  for (const word of rows.map(verdict).filter(Boolean)) counts.set(word, (counts.get(word) ?? 0) + 1);
  if (counts.size <= 1) return [...counts.keys()].join('');
  return [...counts].map(([word, count]) => `${word} in ${count}`).join(', ');
}
