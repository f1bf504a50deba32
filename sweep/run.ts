/**
 * Runs a sweep: plan → points → journal → CSV. The rows depend on the spec, the data and the version alone, not
 * on workers, machine, interruptions or the clock.
 */
import { existsSync } from 'node:fs';
import { nameOf } from '../datasets/dataset.js';
import { isFile, readBytes } from '../input/bounded-file.js';
import { weightsHash } from '../networks/files/model.js';
import { resolveTraining, type TrainingOptions } from '../networks/training/options.js';
import { takeLock } from '../platform/lock.js';
import { baselineEntry } from './baseline.js';
import { checkPlan } from './check.js';
import type { SeedContext } from './context.js';
import { type Entry, entryKey, Journal, type JournalMode, refuseForeign } from './journal.js';
import { type Failure, writeManifest } from './manifest.js';
import { type Output, outputOf, type Written, writeCsv } from './output.js';
import { describePlan, type Point, planSweep, type SweepPlan } from './plan.js';
import { testCount } from './predict.js';
import { Stopped, seedContext, trainedParameters } from './prepare.js';
import type { SweepProgress } from './progress.js';
import type { Row } from './rows.js';
import { loadSource, type Source } from './source.js';
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
  /** `kept`: the CSV that was there has more than what is finished now, and stays. */
  readonly written: Written;
  /** Entries of this run; the others were kept from earlier ones. */
  readonly computed: number;
  readonly manifest: string;
}

/** One entry of the journal: a float32 baseline or a point. */
type Task =
  | { readonly kind: 'baseline'; readonly seed: number; readonly key: string }
  | { readonly kind: 'point'; readonly seed: number; readonly key: string; readonly point: Point };

/** Baseline of a seed first, then its points in the plan's order. */
function tasksOf(plan: SweepPlan, identity: string): Task[] {
  return plan.seeds.flatMap((seed): Task[] => [
    { kind: 'baseline', seed, key: entryKey(identity, { baseline: seed }) },
    ...plan.points
      .filter((point) => point.seed === seed)
      .map((point): Task => ({ kind: 'point', seed, key: entryKey(identity, point), point })),
  ]);
}

/** Network, weights and data of a sweep: as many training and test images as its spec says. */
export function sweepSource(
  spec: SweepSpec,
  directory: string | undefined,
  tell: (line: string) => void,
): Promise<Source> {
  const train = spec.training?.images ?? 'all';
  return loadSource({
    ...{ network: spec.network, weights: spec.weights, dataset: spec.dataset, table: spec.table, directory },
    load: {
      ...(train === 'all' ? {} : { train }),
      ...(spec.images === 'all' ? {} : { test: spec.images }),
      tell,
    },
  });
}

/** What a run would start from. Throws UserError, as it would, for data, a network, weights or prices that cannot be had. */
export async function checkFiles(
  spec: SweepSpec,
  plan: SweepPlan,
  directory: string | undefined,
  tell: (line: string) => void,
): Promise<Source> {
  const source = await sweepSource(spec, directory, tell);
  checkPlan(plan, spec, source.network);
  return source;
}

/** The recipe without its axis (the seed) and what the data set is told. */
export function recipeOf({ training }: SweepSpec): Partial<TrainingOptions> {
  const { images: _images, ...recipe } = training!;
  return Object.fromEntries(Object.entries(recipe).filter(([, value]) => value !== undefined));
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
  const { progress, signal } = options;
  const started = performance.now();
  const plan = planSweep(spec);
  const source = await sweepSource(spec, options.dataDirectory, (line) => progress.note(line));
  const { dataset } = source;
  checkPlan(plan, spec, source.network);
  const identity = identityOf(spec, options, source);
  const tasks = tasksOf(plan, identity);
  const keys = tasks.map(({ key }) => key);
  const journal = Journal.open(output.journal, { name: spec.name, identity, keys }, options.mode);
  const entries = keptEntries(journal, tasks, progress);
  const found = entries.size;
  progress.note(`${spec.name}: ${describePlan(plan)}${found > 0 ? `; ${found} kept` : ''}`);
  const failures =
    entries.size < tasks.length
      ? await runTasks({ spec, options, plan, source, journal, tasks, entries })
      : [];
  const done = tasks.filter(({ key }) => entries.has(key));
  const rows = done.flatMap(({ key }) => entries.get(key)!.rows);
  const complete = done.length === tasks.length;
  const result = {
    ...{
      rows,
      failures,
      finished: done.length,
      total: tasks.length,
      csv: output.csv,
      manifest: output.manifest,
    },
    ended: signal?.aborted && !complete ? ('stopped' as const) : ('complete' as const),
    written: writeCsv(output, rows, complete, journal),
    computed: done.length - found,
  };
  if (result.written === 'kept' || (found === tasks.length && existsSync(output.manifest))) return result;
  writeManifest(output.manifest, {
    ...{ spec, plan, identity, dataset, failures, workers: options.workers },
    milliseconds: Math.round(performance.now() - started),
    entries: done.map((task) => ({
      what:
        task.kind === 'baseline' ? 'float32 baseline' : `${task.point.choice.label} ${task.point.quantizer}`,
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

/** What the journal has of the tasks, by key; files that are damaged are told. */
function keptEntries(journal: Journal, tasks: readonly Task[], progress: SweepProgress): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const { key } of tasks) {
    const kept = journal.read(key);
    if (kept === 'damaged') {
      progress.note(`${journal.fileOf(key)} is damaged: its point is computed again`);
    } else if (kept !== 'missing') entries.set(key, kept);
  }
  dropDoubtfulBaselines(tasks, entries);
  return entries;
}

/**
 * Where the entries of a seed do not agree on their weights, its baseline is dropped: the seed then gets its weights
 * again, and `seedContexts` sees which entries ran on others.
 */
function dropDoubtfulBaselines(tasks: readonly Task[], entries: Map<string, Entry>): void {
  const weights = new Map<number, Set<string | undefined>>();
  for (const { seed, key } of tasks) {
    const entry = entries.get(key);
    if (entry) weights.set(seed, (weights.get(seed) ?? new Set()).add(weightsOf(entry)));
  }
  for (const { kind, seed, key } of tasks) {
    if (kind === 'baseline' && (weights.get(seed)?.size ?? 0) > 1) entries.delete(key);
  }
}

interface Work {
  readonly spec: SweepSpec;
  readonly options: SweepOptions;
  readonly plan: SweepPlan;
  readonly source: Source;
  readonly journal: Journal;
  readonly tasks: readonly Task[];
  /** By key; what is finished is added. */
  readonly entries: Map<string, Entry>;
}

/** Trains where no weights are given, then runs the tasks that have no entry yet. An abort ends it early. */
async function runTasks(work: Work): Promise<Failure[]> {
  const { options, plan, source, journal, tasks, entries } = work;
  const { dataset } = source;
  const { progress, signal } = options;
  const keep = (key: string, entry: Entry): void => {
    journal.write(key, entry);
    entries.set(key, entry);
  };
  const failed = new Map<number, Failure>();
  try {
    const seeds = await seedContexts(work, keep);
    const points = tasks.filter((task) => task.kind === 'point').filter(({ key }) => !entries.has(key));
    progress.begin('points', plan.points.length, plan.points.length - points.length);
    const reach = (): void => progress.reach(entries.size - plan.seeds.length + failed.size);
    await evaluatePoints(
      { dataset, seeds, plugins: options.plugins, version: packageVersion() },
      points.map(({ point }) => point),
      options.workers,
      {
        onDone(index, entry) {
          keep(points[index]!.key, entry);
          reach();
        },
        onFailed(index, message) {
          const { choice, quantizer } = points[index]!.point;
          failed.set(index, { point: `${choice.label} ${quantizer}`, message });
          reach();
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
  return [...failed].sort(([a], [b]) => a - b).map(([, failure]) => failure);
}

/** The seeds that have tasks left: trained or read, calibrated, their baselines kept. Throws Stopped on abort. */
async function seedContexts(
  { spec, options, source, journal, tasks, entries }: Work,
  keep: (key: string, entry: Entry) => void,
): Promise<SeedContext[]> {
  const { progress, signal } = options;
  const { dataset } = source;
  const seeds: SeedContext[] = [];
  for (const seed of new Set(tasks.filter(({ key }) => !entries.has(key)).map((task) => task.seed))) {
    if (signal?.aborted) throw new Stopped();
    const train = () => {
      const recipe = { ...recipeOf(spec), seed };
      return trainedParameters(source.network, dataset, recipe, journal.folder, progress, signal);
    };
    const parameters = source.parameters ?? (await train());
    const context = seedContext(source.network, parameters, dataset, {
      seed,
      calibrationImages: spec.calibrationImages,
      testImages: testCount(dataset, spec),
      trainedOn: source.parameters ? source.trainedOn : nameOf(dataset),
    });
    seeds.push(context);
    const own = tasks.filter((task) => task.seed === seed);
    for (const { key } of own.filter((task) => weightsOf(entries.get(task.key)) !== context.weightsHash)) {
      if (!entries.delete(key)) continue;
      progress.note(`${journal.fileOf(key)} ran on other weights than seed ${seed} has now: computed again`);
    }
    const baseline = own.find(({ kind }) => kind === 'baseline')!;
    if (!entries.has(baseline.key)) keep(baseline.key, baselineEntry(context, dataset, spec));
  }
  return seeds;
}

/** The weights an entry ran on, as its rows say. */
function weightsOf(entry: Entry | undefined): string | undefined {
  return entry?.rows[0]?.weights_hash;
}
