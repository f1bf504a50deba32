/**
 * Runs a sweep: plan → points → journal → CSV. The rows depend on the spec, the data and the version alone, not
 * on workers, machine, interruptions or the clock.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../atomic-file.js';
import type { Dataset } from '../datasets/dataset.js';
import { loadDataset } from '../datasets/load.js';
import { UserError } from '../errors.js';
import { isFile, readBytes } from '../input/bounded-file.js';
import { weightsHash } from '../networks/files.js';
import { resolveTraining, type TrainingOptions } from '../networks/training/options.js';
import { baselineEntry } from './baseline.js';
import { checkPlan } from './check.js';
import type { SeedContext } from './context.js';
import { type Entry, Journal, type JournalMode } from './journal.js';
import { type Failure, writeManifest } from './manifest.js';
import { describePlan, type Point, planSweep, type SweepPlan } from './plan.js';
import { testCount } from './predict.js';
import { networkSource, Stopped, seedContext, trainedParameters } from './prepare.js';
import type { SweepProgress } from './progress.js';
import { type Row, rowsToCsv } from './rows.js';
import { hashOf, type SweepSpec } from './spec.js';
import { evaluatePoints } from './threads.js';
import { packageVersion } from './version.js';

export interface SweepOptions {
  /** The CSV; the journal and the manifest stand beside it. */
  readonly out: string;
  /** Where data sets are; CHEETAH_DATA where absent. */
  readonly dataDirectory?: string | undefined;
  readonly workers: number;
  readonly mode: JournalMode;
  readonly plugins: readonly string[];
  readonly progress: SweepProgress;
  /** Aborting keeps what is finished and writes the CSV of it. */
  readonly signal?: AbortSignal | undefined;
}

export interface SweepResult {
  readonly rows: readonly Row[];
  readonly failures: readonly Failure[];
  /** Points and baselines that have their rows, of how many. */
  readonly finished: number;
  readonly total: number;
  readonly ended: 'complete' | 'stopped';
  readonly csv: string;
  readonly manifest: string;
}

/** One entry of the journal: a float32 baseline or a point. */
type Task =
  | { readonly kind: 'baseline'; readonly seed: number; readonly key: string }
  | { readonly kind: 'point'; readonly seed: number; readonly key: string; readonly point: Point };

/** Baseline of a seed first, then its points in the plan's order. */
function tasksOf(plan: SweepPlan, journal: Journal): Task[] {
  return plan.seeds.flatMap((seed): Task[] => [
    { kind: 'baseline', seed, key: journal.key({ baseline: seed }) },
    ...plan.points
      .filter((point) => point.seed === seed)
      .map((point): Task => ({ kind: 'point', seed, key: journal.key(point), point })),
  ]);
}

/** The data of a sweep: as many training and test images as its spec says. */
export async function sweepDataset(
  spec: SweepSpec,
  directory: string | undefined,
  tell: (line: string) => void,
): Promise<Dataset> {
  const train = spec.training?.images ?? 'all';
  return loadDataset(spec.dataset, directory ?? (process.env.CHEETAH_DATA || undefined), {
    ...(train === 'all' ? {} : { train }),
    ...(spec.images === 'all' ? {} : { test: spec.images }),
    table: spec.table,
    tell,
  });
}

/** The recipe without its axis (the seed) and what the data set is told. */
function recipeOf({ training }: SweepSpec): Partial<TrainingOptions> {
  const { images: _images, ...recipe } = training!;
  return Object.fromEntries(Object.entries(recipe).filter(([, value]) => value !== undefined));
}

/**
 * Runs what is not in the journal yet. Throws UserError, before any work, for data, formats or files that cannot
 * be, and for a journal of another sweep. A point that fails is listed in the result and has no row.
 */
export async function runSweep(spec: SweepSpec, options: SweepOptions): Promise<SweepResult> {
  const { out, progress, signal } = options;
  const started = performance.now();
  const plan = planSweep(spec);
  if (existsSync(out) && statSync(out).isDirectory()) {
    throw new UserError(
      `${out} is a directory; give the name of a CSV file, such as ${join(out, spec.name)}.csv`,
    );
  }
  const dataset = await sweepDataset(spec, options.dataDirectory, (line) => progress.note(line));
  const { network, parameters: given } = await networkSource(spec.network, spec.weights, dataset);
  checkPlan(plan, spec, network);
  const base = out.replace(/\.csv$/, '');
  const identity = hashOf({
    spec,
    version: packageVersion(),
    dataset: dataset.checksum,
    network,
    weights: given ? weightsHash(given) : null,
    training: given ? null : resolveTraining(recipeOf(spec)),
    files: [...options.plugins, ...spec.cost.filter(isFile)].map((file) =>
      Buffer.from(readBytes(file, { most: 2 ** 22, wanted: 'a plugin or a cost file' })).toString('base64'),
    ),
  });
  const total = plan.seeds.length + plan.points.length;
  const journal = Journal.open(`${base}.journal`, spec.name, identity, total, options.mode, out);
  const tasks = tasksOf(plan, journal);
  const entries = new Map<string, Entry>();
  for (const { key } of tasks) {
    const kept = journal.read(key);
    if (kept) entries.set(key, kept);
  }
  progress.note(`${spec.name}: ${describePlan(plan)}${entries.size > 0 ? `; ${entries.size} kept` : ''}`);
  const keep = (key: string, entry: Entry): void => {
    journal.write(key, entry);
    entries.set(key, entry);
  };
  const failed = new Map<number, Failure>();
  try {
    const seeds: SeedContext[] = [];
    const pending = tasks.filter(({ key }) => !entries.has(key));
    for (const seed of new Set(pending.map((task) => task.seed))) {
      const parameters =
        given ??
        (await trainedParameters(
          network,
          dataset,
          { ...recipeOf(spec), seed },
          journal.folder,
          progress,
          signal,
        ));
      const context = seedContext(network, parameters, dataset, {
        seed,
        calibrationImages: spec.calibrationImages,
        testImages: testCount(dataset, spec),
      });
      seeds.push(context);
      const baseline = tasks.find((task) => task.kind === 'baseline' && task.seed === seed)!;
      if (!entries.has(baseline.key)) keep(baseline.key, baselineEntry(context, dataset, spec));
    }
    const points = pending.filter((task) => task.kind === 'point');
    progress.begin('points', plan.points.length, plan.points.length - points.length);
    await evaluatePoints(
      { dataset, seeds, plugins: options.plugins, version: packageVersion() },
      points.map(({ point }) => point),
      options.workers,
      {
        onDone(index, entry) {
          keep(points[index]!.key, entry);
          progress.reach(entries.size - plan.seeds.length + failed.size);
        },
        onFailed(index, message) {
          const { choice, quantizer } = points[index]!.point;
          failed.set(index, { point: `${choice.label} ${quantizer}`, message });
          progress.reach(entries.size - plan.seeds.length + failed.size);
        },
      },
      signal,
    );
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  } finally {
    progress.end();
  }
  // in the plan's order, whichever failed first
  const failures = [...failed].sort(([a], [b]) => a - b).map(([, failure]) => failure);
  const done = tasks.filter(({ key }) => entries.has(key));
  const rows = done.flatMap(({ key }) => entries.get(key)!.rows);
  if (rows.length > 0) writeAtomically(out, rowsToCsv(rows));
  const manifest = `${base}.manifest.json`;
  writeManifest(manifest, {
    spec,
    plan,
    identity,
    dataset,
    failures,
    workers: options.workers,
    milliseconds: Math.round(performance.now() - started),
    entries: done.map((task) => ({
      what:
        task.kind === 'baseline' ? 'float32 baseline' : `${task.point.choice.label} ${task.point.quantizer}`,
      seed: task.seed,
      entry: entries.get(task.key)!,
    })),
  });
  const ended = signal?.aborted && done.length < tasks.length ? 'stopped' : 'complete';
  return { rows, failures, finished: done.length, total, ended, csv: out, manifest };
}

/** `results/<name>.csv` in the folder the command runs in. */
export function defaultOutput(spec: SweepSpec): string {
  return join('results', `${spec.name}.csv`);
}
