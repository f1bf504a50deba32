/** What the images say of each point against float32: intervals, p and what they show. */

import type { SweepRow } from '../columns.js';
import { holm } from '../statistics/holm.js';
import { atLeast, type Interval } from '../statistics/interval.js';
import { mcnemarExact } from '../statistics/mcnemar.js';
import { bounds, drawnDifferences, resampleAccuracies } from '../statistics/resample.js';
import { signFlip } from '../statistics/sign-flip.js';
import { tango } from '../statistics/tango.js';
import { type DifferenceVerdict, differenceVerdict } from '../statistics/verdict.js';
import { wilson } from '../statistics/wilson.js';
import { type Hits, onlyOne, signedDifferences } from './hits.js';

/** Of one point. Differences are row − float32; shares, −1 to 1. */
export interface Evidence {
  /** 95 %; undefined where the predictions it takes are not known. */
  readonly accuracy: Interval | undefined;
  readonly difference: Interval | undefined;
  readonly p: number | undefined;
  /** Holm's, over all points. */
  readonly correctedP: number | undefined;
  readonly verdict: DifferenceVerdict | undefined;
  /** Accuracies by draw, the same draws for every point; undefined without predictions. */
  readonly draws: Float64Array | undefined;
}

/** A point with its rows of all seeds, and what it and float32 had right, where the predictions are known. */
export interface Point {
  readonly kind: 'baseline' | 'point';
  readonly rows: readonly SweepRow[];
  readonly hits: Hits | undefined;
}

/**
 * Evidence of each point, in their order. One seed is judged by the counts in its row: Wilson, Tango, McNemar's exact p.
 * Several take the predictions: the two-stage bootstrap, never narrower than Wilson or Tango at the mean counts of the
 * seeds, and the exact sign-flip test. Without predictions there is nothing but the mean. `baselines`: float32's hits, in
 * the points' order of seeds.
 */
export function evidenceOf(points: readonly Point[], baselines: Hits | undefined): Evidence[] {
  const draws = drawsOf(points, baselines);
  const partial = points.map((point, i) => {
    const own = draws?.points[i];
    const accuracy = accuracyInterval(point, own);
    if (point.kind === 'baseline') {
      return { accuracy, difference: undefined, p: undefined, draws: own };
    }
    const drawn = own && draws?.baseline && drawnDifferences(own, draws.baseline);
    return { accuracy, ...comparison(point, baselines, drawn), draws: own };
  });
  const corrected = holm(partial.map(({ p }) => p));
  return partial.map((evidence, i) => ({
    ...evidence,
    correctedP: corrected[i],
    verdict: evidence.difference && differenceVerdict(evidence.difference, corrected[i]),
  }));
}

interface Draws {
  /** By point. */
  readonly points: readonly (Float64Array | undefined)[];
  readonly baseline: Float64Array | undefined;
}

/** Points whose seeds are not those of the baseline are not drawn. */
function drawsOf(points: readonly Point[], baselines: Hits | undefined): Draws | undefined {
  if (!baselines) return undefined;
  const drawable = points.filter(({ hits }) => hits?.length === baselines.length);
  const all = [baselines, ...drawable.map(({ hits }) => hits!)];
  const [baseline, ...drawn] = resampleAccuracies(all, 'shared');
  const byPoint = new Map(drawable.map((point, i) => [point, drawn[i]]));
  return { points: points.map((point) => byPoint.get(point)), baseline };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Wilson's, at the mean count of the seeds on the images of one. */
function accuracyInterval({ rows }: Point, draws: Float64Array | undefined): Interval | undefined {
  const images = rows[0]!.testImages;
  if (!images || rows.some(({ accuracy }) => accuracy === undefined)) return undefined;
  // the CSV's six decimals give the counts back
  const right = sum(rows.map(({ accuracy }) => Math.round(accuracy! * images))) / rows.length;
  const score = wilson(right, images);
  if (rows.length === 1) return score;
  return draws && atLeast(bounds(draws), score);
}

function comparison(
  { rows, hits }: Point,
  baselines: Hits | undefined,
  drawn: Float64Array | undefined,
): Pick<Evidence, 'difference' | 'p'> {
  const [first] = rows;
  const images = first!.testImages;
  if (rows.length === 1) {
    const { gained, lost } = first!;
    if (gained === undefined || lost === undefined || images === undefined) {
      return { difference: undefined, p: first!.mcnemarP };
    }
    // a file can hold counts that cannot be
    if (![gained, lost, images].every(Number.isInteger) || gained + lost > images) {
      return { difference: undefined, p: first!.mcnemarP };
    }
    return { difference: tango(gained, lost, images), p: mcnemarExact(gained, lost) };
  }
  if (!hits || !baselines || !drawn) return { difference: undefined, p: undefined };
  const score = tango(...onlyOne(hits, baselines), hits[0]!.length);
  return {
    difference: atLeast(bounds(drawn), score),
    p: signFlip(signedDifferences(hits, baselines)),
  };
}
