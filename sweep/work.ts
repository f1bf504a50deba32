/** The tasks of a sweep that have no entry yet: networks trained, baselines and points run and kept one by one. */
import { nameOf } from '../datasets/dataset.js';
import { holdOut } from '../datasets/validation.js';
import { packageVersion } from '../platform/version.js';
import { baselineEntry } from './baseline.js';
import type { SeedContext } from './context.js';
import type { Entry, Journal } from './journal.js';
import type { Failure } from './manifest.js';
import type { SweepPlan } from './plan.js';
import { pointTitle } from './point.js';
import { testCount } from './predict.js';
import { Stopped, seedContext, trainedParameters } from './prepare.js';
import type { SweepProgress } from './progress.js';
import type { Source } from './source.js';
import type { SweepSpec } from './spec.js';
import { recipeOf } from './spec-source.js';
import { type Task, weightsOf } from './tasks.js';
import { evaluatePoints } from './threads.js';

export interface Outcome {
  readonly failures: readonly Failure[];
  /** Entries computed in this run, among them kept ones that had run on other weights and were computed again. */
  readonly computed: number;
}

export interface Work {
  readonly spec: SweepSpec;
  readonly threads: number;
  readonly plugins: readonly string[];
  readonly progress: SweepProgress;
  readonly signal: AbortSignal | undefined;
  readonly plan: SweepPlan;
  readonly source: Source;
  readonly journal: Journal;
  readonly tasks: readonly Task[];
  /** By key; what is finished is added. */
  readonly entries: Map<string, Entry>;
}

/** Trains where no weights are given, then runs the tasks that have no entry yet. An abort ends it early. */
export async function runTasks(work: Work): Promise<Outcome> {
  const { plan, source, journal, tasks, entries, plugins, progress, signal } = work;
  const { dataset } = source;
  let computed = 0;
  const keep = (key: string, entry: Entry): void => {
    journal.write(key, entry);
    entries.set(key, entry);
    computed++;
  };
  if (tasks.every(({ key }) => entries.has(key))) return { failures: [], computed: 0 };
  const failed = new Map<number, Failure>();
  try {
    const seeds = await seedContexts(work, keep);
    const points = tasks.filter((task) => task.kind === 'point').filter(({ key }) => !entries.has(key));
    progress.begin('points', plan.points.length, plan.points.length - points.length);
    const reach = (): void => progress.reach(entries.size - plan.seeds.length + failed.size);
    await evaluatePoints(
      { dataset, seeds, plugins, version: packageVersion() },
      points.map(({ point }) => point),
      work.threads,
      {
        onDone(index, entry) {
          keep(points[index]!.key, entry);
          reach();
        },
        onFailed(index, message) {
          failed.set(index, { point: pointTitle(points[index]!.point), message });
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
  const failures = [...failed].sort(([a], [b]) => a - b).map(([, failure]) => failure);
  return { failures, computed };
}

/** The seeds that have tasks left: trained or read, calibrated, their baselines kept. Throws Stopped on abort. */
async function seedContexts(work: Work, keep: (key: string, entry: Entry) => void): Promise<SeedContext[]> {
  const { spec, source, journal, tasks, entries, progress, signal } = work;
  const { dataset } = source;
  const seeds: SeedContext[] = [];
  for (const seed of new Set(tasks.filter(({ key }) => !entries.has(key)).map((task) => task.seed))) {
    if (signal?.aborted) throw new Stopped();
    const train = () => {
      const recipe = { ...recipeOf(spec), seed };
      return trainedParameters(source.network, dataset, recipe, journal.folder, work);
    };
    const parameters = source.parameters ?? (await train());
    const context = seedContext(source.network, parameters, dataset, {
      seed,
      calibrationImages: spec.calibrationImages,
      testImages: testCount(dataset, spec),
      trainedOn: source.parameters ? source.trainedOn : nameOf(dataset),
      validation: source.parameters ? source.validation : holdOut(dataset.train.count, seed).validation,
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
