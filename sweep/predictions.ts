/**
 * The predictions behind the rows of a sweep, in a file beside its CSV: with them every accuracy, interval and comparison
 * can be computed again (docs/file-formats.md).
 */
import { z } from 'zod';
import { UserError } from '../errors.js';
import { readBytes } from '../input/bounded-file.js';
import { parseJson } from '../input/structured.js';
import { writeAtomically } from '../platform/atomic-file.js';
import { changesOf, withChanges } from './class-changes.js';
import type { Entry } from './journal.js';

export const PREDICTIONS_FORMAT = 'cheetah-predictions-1';

/** One run: the rows of the CSV that it made, counted from 0 without the head, and its classes. */
export interface RowPredictions {
  readonly rows: readonly number[];
  readonly seed: number;
  readonly kind: 'baseline' | 'point';
  /** [testImages]; −1 where every logit was NaN. */
  readonly classes: Int32Array;
}

export interface Predictions {
  /** [testImages] */
  readonly labels: Int32Array;
  readonly runs: readonly RowPredictions[];
}

/** An entry of the journal, in the order of its rows in the CSV. */
export interface PredictedEntry {
  readonly kind: 'baseline' | 'point';
  readonly seed: number;
  readonly entry: Entry;
}

/** The predictions of a sweep whose entries are at hand. `labels`: [testImages]. */
export function predictionsOf(labels: ArrayLike<number>, entries: readonly PredictedEntry[]): Predictions {
  const zeros = new Int32Array(labels.length);
  const baselines = new Map<number, Int32Array>();
  let next = 0;
  const runs = entries.map(({ kind, seed, entry }): RowPredictions => {
    const rows = entry.rows.map((_, i) => next + i);
    next += rows.length;
    const classes = withChanges(kind === 'baseline' ? zeros : baselines.get(seed)!, entry.changes, 'journal');
    if (kind === 'baseline') baselines.set(seed, classes);
    return { rows, seed, kind, classes };
  });
  return { labels: Int32Array.from(labels), runs };
}

/** What stands in the file: labels and baselines whole, as changes from zeros; every other run as changes from its baseline. */
const fileSchema = z.strictObject({
  format: z.literal(PREDICTIONS_FORMAT),
  csv: z.string(),
  images: z.int().min(1).max(10_000_000),
  labels: z.string(),
  runs: z
    .array(
      z.strictObject({
        rows: z.array(z.int().min(0)).min(1),
        seed: z.int().min(0),
        kind: z.enum(['baseline', 'point']),
        changes: z.string(),
      }),
    )
    .min(1),
});

/** `results/x.csv` → `results/x.predictions.json`. */
export function predictionsFile(csv: string): string {
  return `${csv.replace(/\.csv$/i, '')}.predictions.json`;
}

/** Writes the file of a complete CSV whose SHA-256 (hex) is `digest`. `labels`: [testImages]. */
export function writePredictions(
  file: string,
  digest: string,
  labels: ArrayLike<number>,
  entries: readonly PredictedEntry[],
): void {
  const zeros = new Int32Array(labels.length);
  let next = 0;
  const runs = entries.map(({ kind, seed, entry }) => {
    const rows = entry.rows.map((_, i) => next + i);
    next += rows.length;
    return { rows, seed, kind, changes: entry.changes };
  });
  const record = {
    format: PREDICTIONS_FORMAT,
    csv: digest,
    images: labels.length,
    labels: changesOf(labels, zeros),
  };
  // one run a line, so that two versions can be compared by eye
  const lines = runs.map((run) => JSON.stringify(run)).join(',\n');
  writeAtomically(file, `${JSON.stringify(record).slice(0, -1)},"runs":[\n${lines}\n]}\n`);
}

const LARGEST = 2 ** 27;
const MOST_VALUES = 2 ** 22;
const WANTED = 'the predictions that `cheetah sweep` wrote beside its CSV';

/** Reads the file of a CSV with this SHA-256. Throws UserError for one that is missing, damaged or of another CSV. */
export function readPredictions(file: string, digest: string): Predictions {
  const text = new TextDecoder().decode(readBytes(file, { most: LARGEST, wanted: WANTED }));
  const parsed = fileSchema.safeParse(parseJson(text, file, { values: MOST_VALUES }));
  if (!parsed.success) throw new UserError(`${file} is damaged or of another kind; give ${WANTED}`);
  const { csv, images, labels, runs } = parsed.data;
  if (csv !== digest) {
    throw new UserError(`${file} is of another CSV than the one given; run the sweep again to make both`);
  }
  const zeros = new Int32Array(images);
  const baselines = new Map<number, Int32Array>();
  const read = runs.map(({ rows, seed, kind, changes }): RowPredictions => {
    const others = kind === 'baseline' ? zeros : baselines.get(seed);
    if (!others) throw new UserError(`${file} has a run of seed ${seed} before its baseline`);
    const classes = withChanges(others, changes, file);
    if (kind === 'baseline') baselines.set(seed, classes);
    return { rows, seed, kind, classes };
  });
  return { labels: withChanges(zeros, labels, file), runs: read };
}
