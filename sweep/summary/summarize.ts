/** From the rows of a sweep and the predictions beside them to its summary. */
import { isBaseline, type SweepRow } from '../columns.js';
import type { Predictions } from '../predictions.js';
import { frontProbabilities, type UncertainRow } from '../statistics/front-probability.js';
import type { Interval } from '../statistics/interval.js';
import { verdictInWords } from '../statistics/verdict.js';
import { type AnyRow, SUMMARY_COLUMNS, type SummaryRow } from './columns.js';
import { type Evidence, evidenceOf, type Point } from './evidence.js';
import { type Hits, hitsByRow } from './hits.js';
import { linesOf } from './lines.js';

/**
 * A line for each point over its seeds and each way it is priced, in the order of the rows. Without predictions points of
 * several seeds have no interval and no p. `rowsHash`: what the summary is of, where that is a file.
 */
export function summarize(
  rows: readonly SweepRow[],
  predictions?: Predictions,
  rowsHash?: string,
): SummaryRow[] {
  const lines = linesOf(rows);
  const hits = predictions && hitsByRow(predictions);
  const points = new Map<string, Point>();
  for (const { rows: own, point } of lines) {
    if (points.has(point)) continue;
    const ofPoint = own.map((i) => rows[i]!);
    const kind = isBaseline(ofPoint[0]!) ? 'baseline' : 'point';
    points.set(point, { kind, rows: ofPoint, hits: hits && hitsOf(own, hits) });
  }
  const baseline = [...points.values()].find(({ kind }) => kind === 'baseline');
  const found = evidenceOf([...points.values()], baseline?.hits);
  const evidence = new Map([...points.keys()].map((point, i) => [point, found[i]!]));
  const summary = lines.map(({ rows: own, point }) =>
    lineOf(
      own.map((i) => rows[i]!),
      evidence.get(point)!,
      rowsHash,
    ),
  );
  const front = frontProbabilities(summary.map((line, i) => contender(line, evidence.get(lines[i]!.point)!)));
  return summary.map((line, i) => ({ ...line, frontProbability: front[i] }));
}

/** A line among those of its network, data set and source; float32 is not one of them. */
function contender(line: SummaryRow, { draws }: Evidence): UncertainRow {
  return {
    group: JSON.stringify([line.network, line.dataset, line.cost]),
    accuracies: isBaseline(line) ? undefined : draws,
    edp: line.edpPjNs !== undefined && line.edpPjNs > 0 ? line.edpPjNs : undefined,
    logDeviation: line.edpSigma,
    structure: line.unit ?? '',
  };
}

function hitsOf(rows: readonly number[], hits: ReadonlyMap<number, Uint8Array>): Hits | undefined {
  const own = rows.flatMap((i) => hits.get(i) ?? []);
  return own.length === rows.length ? own : undefined;
}

const SUMMARY_WORDS = new Set(SUMMARY_COLUMNS.map(({ word }) => word));

type NumberWord = {
  [Word in keyof SweepRow]: SweepRow[Word] extends number | undefined ? Word : never;
}[keyof SweepRow];

function mean(values: readonly (number | undefined)[]): number | undefined {
  if (values.length === 0 || values.includes(undefined)) return undefined;
  return (values as number[]).reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly (number | undefined)[]): number | undefined {
  const centre = mean(values);
  if (centre === undefined || values.length < 2) return undefined;
  const squares = (values as number[]).map((value) => (value - centre) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (values.length - 1));
}

/** What is the same in all rows; several values joined where it was found anew for each seed. */
function joined(
  rows: readonly SweepRow[],
  word: 'format' | 'weights' | 'activations' | 'weightsHash' | 'unit',
): string | undefined {
  const values = [...new Set(rows.flatMap((row) => row[word] ?? []))];
  return values.length === 0 ? undefined : values.join(' / ');
}

/** What all rows of a line have alike, and what of the first stands for all. */
function sharedOf(row: SweepRow): AnyRow {
  return Object.fromEntries(
    Object.entries(row).filter(([word]) => SUMMARY_WORDS.has(word)),
  ) as unknown as AnyRow;
}

function lineOf(rows: readonly SweepRow[], evidence: Evidence, rowsHash: string | undefined): SummaryRow {
  const first = rows[0]!;
  const average = (word: NumberWord) => mean(rows.map((row) => row[word]));
  const { accuracy, difference, p, correctedP, verdict } = evidence;
  // from row − float32 to the loss against it
  const drop: Partial<Interval> = difference ? { low: -difference.high, high: -difference.low } : {};
  return {
    ...sharedOf(first),
    format: joined(rows, 'format'),
    weights: joined(rows, 'weights'),
    activations: joined(rows, 'activations'),
    weightsHash: joined(rows, 'weightsHash'),
    seed: rows.length === 1 ? first.seed : undefined,
    seeds: rows.length,
    accuracy: average('accuracy'),
    accuracyLow: accuracy?.low,
    accuracyHigh: accuracy?.high,
    accuracySd: deviation(rows.map((row) => row.accuracy)),
    validationAccuracy: average('validationAccuracy'),
    baseline: average('baseline'),
    drop: average('drop'),
    dropLow: drop.low,
    dropHigh: drop.high,
    p,
    correctedP,
    verdict: verdict && verdictInWords(verdict),
    tied: mean(
      rows.map(({ ties, testImages }) => (ties === undefined || !testImages ? undefined : ties / testImages)),
    ),
    cycles: average('cycles'),
    periodNs: average('periodNs'),
    delayNs: average('delayNs'),
    energyPj: average('energyPj'),
    edpPjNs: average('edpPjNs'),
    edpLowPjNs: average('edpLowPjNs'),
    edpHighPjNs: average('edpHighPjNs'),
    edpSigma: average('edpSigma'),
    unit: joined(rows, 'unit'),
    energyPerMacPj: average('energyPerMacPj'),
    edpPerMacPjNs: average('edpPerMacPjNs'),
    areaUm2: average('areaUm2'),
    luts: average('luts'),
    frontProbability: undefined,
    rowsHash,
  };
}
