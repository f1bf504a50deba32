/**
 * Runs a sweep: plan → points → journal → CSV. The rows depend on the spec, the data and the version alone, not
 * on threads, machine, interruptions or the clock.
 */
import { existsSync } from 'node:fs';
import { isFile, readBytes } from '../input/bounded-file.js';
import { firstIndices } from '../networks/batches.js';
import { weightsHash } from '../networks/files/model.js';
import { resolveTraining } from '../networks/training/options.js';
import { takeLock } from '../platform/lock.js';
import { packageVersion } from '../platform/version.js';
import type { SweepRow } from './columns.js';
import { digestOf, hashOf } from './hash.js';
import { Journal, type JournalMode, refuseForeign } from './journal.js';
import { type Failure, writeManifest } from './manifest.js';
import { type Output, outputOf, type Written, writeCsv } from './output.js';
import { describePlan, planSweep } from './plan.js';
import { pointTitle } from './point.js';
import { labelsAt, testCount } from './predict.js';
import { predictionsOf, writePredictions } from './predictions.js';
import type { SweepProgress } from './progress.js';
import { cellsToCsv, rowOf } from './rows.js';
import type { Source } from './source.js';
import type { SweepSpec } from './spec.js';
import { checkFiles, recipeOf } from './spec-source.js';
import type { SummaryRow } from './summary/columns.js';
import { readSummary, rowsHashOf, writeSummary } from './summary/file.js';
import { summarize } from './summary/summarize.js';
import { keptEntries, tasksOf } from './tasks.js';
import { runTasks } from './work.js';

export interface SweepOptions {
  /** The CSV; the journal and the manifest stand beside it. */
  readonly out: string;
  /** Where data sets are; CHEETAH_DATA where absent. */
  readonly dataDirectory?: string | undefined;
  readonly threads: number;
  readonly mode: JournalMode;
  readonly plugins: readonly string[];
  readonly progress: SweepProgress;
  /** Aborting keeps what is finished and writes the CSV of it. */
  readonly signal?: AbortSignal | undefined;
}

export interface SweepResult {
  readonly rows: readonly SweepRow[];
  /** What the rows show: a line for each point over its seeds; none where the run was stopped. */
  readonly summary: readonly SummaryRow[];
  readonly failures: readonly Failure[];
  /** Points and baselines that have their rows, of how many. */
  readonly finished: number;
  readonly total: number;
  readonly ended: 'complete' | 'stopped';
  readonly csv: string;
  /** `kept`: the CSV that was there has more than what is finished now, and stays. */
  readonly written: Written;
  /** Entries of this run; the others were kept from earlier ones. */
  readonly computed: number;
  readonly manifest: string;
}

/**
 * Runs what is not in the journal yet. The CSV is replaced only when every row is there; of a run that was stopped or
 * has failures it is written where there is none, or where an earlier part of this sweep stands. Throws UserError,
 * before any work, for data, formats or files that cannot be, for a journal of another sweep, and where another process
 * is at work on it. A point that fails is listed in the result and has no row.
 */
export async function runSweep(spec: SweepSpec, options: SweepOptions): Promise<SweepResult> {
  const output = outputOf(options.out, spec);
  refuseForeign(output.journal);
  const release = takeLock(output.journal, 'write elsewhere with --out FILE');
  try {
    return await runLocked(spec, options, output);
  } finally {
    release();
  }
}

async function runLocked(spec: SweepSpec, options: SweepOptions, output: Output): Promise<SweepResult> {
  const { threads, plugins, progress, signal } = options;
  const started = performance.now();
  const plan = planSweep(spec);
  const source = await checkFiles(spec, plan, options.dataDirectory, (line) => progress.note(line));
  const identity = identityOf(spec, options, source);
  const tasks = tasksOf(plan, identity);
  const keys = tasks.map(({ key }) => key);
  const journal = Journal.open(output.journal, { name: spec.name, identity, keys }, options.mode);
  const entries = keptEntries(journal, tasks, progress);
  const found = entries.size;
  progress.note(`${spec.name}: ${describePlan(plan)}${found > 0 ? `; ${found} kept` : ''}`);
  const { failures, computed } = await runTasks({
    spec,
    plan,
    source,
    journal,
    tasks,
    entries,
    threads,
    plugins,
    progress,
    signal,
  });
  const done = tasks.filter(({ key }) => entries.has(key));
  const cells = done.flatMap(({ key }) => entries.get(key)!.rows);
  const complete = done.length === tasks.length;
  const csv = cells.length === 0 ? '' : cellsToCsv(cells);
  const rows = cells.map(rowOf);
  const { test } = source.dataset;
  const labels = labelsAt(test, firstIndices(testCount(source.dataset, spec)));
  const predicted = done.map(({ kind, seed, key }) => ({ kind, seed, entry: entries.get(key)! }));
  const stopped = signal?.aborted && !complete;
  const kept = complete && output.kind === 'file' ? readSummary(output.summary, rowsHashOf(csv)) : undefined;
  const summed = (): SummaryRow[] => {
    if (rows.length > 0) progress.note('summing up: drawing seeds and images again');
    return summarize(rows, predictionsOf(labels, predicted), rowsHashOf(csv));
  };
  const summary = stopped ? [] : (kept ?? summed());
  const result = {
    rows,
    summary,
    failures,
    finished: done.length,
    total: tasks.length,
    csv: output.csv,
    manifest: output.manifest,
    ended: stopped ? ('stopped' as const) : ('complete' as const),
    written: writeCsv(output, csv, complete, journal),
    computed,
  };
  if (complete && output.kind === 'file') {
    if (computed > 0 || !existsSync(output.predictions)) {
      writePredictions(output.predictions, digestOf(csv), labels, predicted);
    }
    if (!kept) writeSummary(output.summary, summary);
  }
  if (result.written === 'kept' || (complete && computed === 0 && existsSync(output.manifest))) return result;
  writeManifest(output.manifest, {
    spec,
    plan,
    identity,
    dataset: source.dataset,
    failures,
    threads,
    milliseconds: Math.round(performance.now() - started),
    entries: done.map((task) => ({
      what: task.kind === 'baseline' ? 'float32 baseline' : pointTitle(task.point),
      seed: task.seed,
      entry: entries.get(task.key)!,
    })),
  });
  return result;
}

/** Hash of all that decides the rows. */
function identityOf(
  spec: SweepSpec,
  { plugins }: SweepOptions,
  { dataset, network, parameters, trainedOn }: Source,
): string {
  return hashOf({
    spec,
    version: packageVersion(),
    dataset: dataset.checksum,
    network,
    weights: parameters ? weightsHash(parameters) : null,
    trainedOn: trainedOn ?? null,
    training: parameters ? null : resolveTraining(recipeOf(spec)),
    files: [...plugins, ...spec.cost.filter(isFile)].map((file) =>
      Buffer.from(readBytes(file, { most: 2 ** 22, wanted: 'a plugin or a cost file' })).toString('base64'),
    ),
  });
}
