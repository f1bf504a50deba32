/** Whether one format is better than another, by how much, and how sure that is: from the predictions of a sweep. */
import { UserError } from '../errors.js';
import { digestOf } from '../sweep/hash.js';
import { type Predictions, predictionsFile, readPredictions } from '../sweep/predictions.js';
import { readCsv } from '../sweep/rows.js';
import { holm } from '../sweep/statistics/holm.js';
import { atLeast, type Interval } from '../sweep/statistics/interval.js';
import { bounds, drawnDifferences, resampleAccuracies } from '../sweep/statistics/resample.js';
import { signFlip } from '../sweep/statistics/sign-flip.js';
import { tango } from '../sweep/statistics/tango.js';
import { type DifferenceVerdict, differenceVerdict } from '../sweep/statistics/verdict.js';
import { type Hits, onlyOne, rightOf, signedDifferences } from '../sweep/summary/hits.js';
import { selectRows } from './select-rows.js';

/** A pair of those that were named, in their order: the first minus the second. Accuracies are shares, 0 to 1. */
export interface PairComparison {
  readonly first: string;
  readonly second: string;
  readonly seeds: number;
  readonly images: number;
  /** Means over the seeds. */
  readonly firstAccuracy: number;
  readonly secondAccuracy: number;
  readonly difference: number;
  /** 95 %: Tango's of one seed; of more, by drawing seeds and images again, never narrower than Tango's. */
  readonly interval: Interval;
  /** Of the exact sign-flip test over images; it speaks of these trainings. */
  readonly p: number;
  /** Holm's, over the pairs of this comparison. */
  readonly correctedP: number;
  readonly verdict: DifferenceVerdict;
}

/** A point by its name, its seeds in ascending order, and what it has right with each. */
interface NamedHits {
  readonly name: string;
  readonly seeds: readonly number[];
  readonly right: Hits;
}

/**
 * Every pair of the named points, from `csv` and the predictions beside it. `margin` is a share. Throws UserError for
 * files that are missing or do not belong together, for names that are no point or several, and for points of other
 * seeds.
 */
export function compareRows(csv: string, names: readonly string[], margin: number): PairComparison[] {
  if (names.length < 2) throw new UserError('a comparison needs two points; name formats of the CSV');
  const { rows, bytes } = readCsv(csv);
  const predictions = readPredictions(predictionsFile(csv), digestOf(bytes));
  const hits = names.map((name) => hitsOf(name, selectRows(rows, name), predictions));
  const [first] = hits;
  for (const { name, seeds } of hits) {
    if (seeds.join() !== first!.seeds.join()) {
      throw new UserError(
        `${first!.name} has seeds ${first!.seeds.join(', ')} and ${name} has ${seeds.join(', ')}; compare points of the same seeds`,
      );
    }
  }
  const pairs = hits.flatMap((a, i) => hits.slice(i + 1).map((b) => [a, b] as const));
  const ps = pairs.map(([a, b]) => signFlip(signedDifferences(a.right, b.right)));
  const corrected = holm(ps);
  const intervals = intervalsOf(hits, pairs);
  return pairs.map(([a, b], i) => ({
    ...measured(a, b),
    interval: intervals[i]!,
    p: ps[i]!,
    correctedP: corrected[i]!,
    verdict: differenceVerdict(intervals[i]!, corrected[i]!, margin),
  }));
}

function hitsOf(name: string, rows: readonly number[], { runs, labels }: Predictions): NamedHits {
  const wanted = new Set(rows);
  const own = runs.filter((run) => run.rows.some((row) => wanted.has(row))).sort((a, b) => a.seed - b.seed);
  return {
    name,
    seeds: own.map(({ seed }) => seed),
    right: own.map(({ classes }) => rightOf(classes, labels)),
  };
}

const sum = (bits: Uint8Array): number => bits.reduce((total, bit) => total + bit, 0);

function measured(a: NamedHits, b: NamedHits) {
  const images = a.right[0]!.length;
  const mean = ({ right }: NamedHits): number =>
    right.reduce((total, bits) => total + sum(bits), 0) / (right.length * images);
  return {
    first: a.name,
    second: b.name,
    seeds: a.seeds.length,
    images,
    firstAccuracy: mean(a),
    secondAccuracy: mean(b),
    difference: mean(a) - mean(b),
  };
}

function intervalsOf(
  hits: readonly NamedHits[],
  pairs: readonly (readonly [NamedHits, NamedHits])[],
): Interval[] {
  const images = hits[0]!.right[0]!.length;
  const tangos = pairs.map(([a, b]) => tango(...onlyOne(a.right, b.right), images));
  if (hits[0]!.seeds.length === 1) return tangos;
  const draws = resampleAccuracies(
    hits.map(({ right }) => right),
    'shared',
  );
  return pairs.map(([a, b], i) => {
    const first = draws[hits.indexOf(a)]!;
    const second = draws[hits.indexOf(b)]!;
    return atLeast(bounds(drawnDifferences(first, second)), tangos[i]!);
  });
}
