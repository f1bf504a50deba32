/** Points evaluated on several threads: several points at once, and free threads within one. */
import { UserError } from '../errors.js';
import { Pool, runPool } from '../platform/pool.js';
import type { SweepContext } from './context.js';
import { Evaluator } from './evaluate.js';
import type { Entry } from './journal.js';
import { type Point, pointTitle } from './point.js';
import { type Outcomes, PointQueue, type Task, writeTask } from './queue.js';
import type { Run } from './run-images.js';
import type { Part } from './run-part.js';
import { RunQueue } from './run-queue.js';
import { verdictOf } from './verdict.js';

const WORKER = 'sweep/worker.js';

/**
 * Evaluates all points on up to so many worker threads; the entries are the same for any number. Points that fail
 * are told and the others go on. Resolves when every thread has ended; on abort, points in flight are neither done nor failed.
 */
export async function evaluatePoints(
  context: SweepContext,
  points: readonly Point[],
  threads: number,
  outcomes: Outcomes,
  signal?: AbortSignal,
): Promise<void> {
  const source = new PointQueue(context, points, outcomes);
  await runPool<Task, Part | 'late'>(
    { file: WORKER, data: context, workers: threads, written: writeTask },
    { source, signal },
  );
}

/**
 * The calling thread and workers beside it, for one evaluation after another. Workers without work keep no process
 * alive; `close` ends them.
 */
export class Threads {
  readonly #evaluator: Evaluator;
  readonly #pool: Pool<Task, Part | 'late'>;

  /** `count`: threads in all, from 1 on. */
  constructor(
    private readonly context: SweepContext,
    count: number,
  ) {
    this.#evaluator = new Evaluator(context);
    this.#pool = new Pool({ file: WORKER, data: context, workers: count - 1, written: writeTask });
  }

  /**
   * The entries of all points, in their order, the same for any number of threads; one call at a time. Throws
   * UserError naming the first point that failed, in one line, also where its thread died of it.
   */
  async evaluate(points: readonly Point[]): Promise<Entry[]> {
    const entries: Entry[] = [];
    const failures: string[] = [];
    const source = new PointQueue(this.context, points, {
      onDone(point, entry) {
        entries[point] = entry;
      },
      onFailed(point, message) {
        failures[point] = `${pointTitle(points[point]!)}: ${message}`;
      },
    });
    await this.#pool.run({ source, here: (task) => verdictOf(this.#evaluator, () => task) });
    const failure = failures.find((text) => text !== undefined);
    if (failure !== undefined) throw new UserError(failure);
    return entries;
  }

  /**
   * Runs all of them; their classes are then in their shares, the same for any number of threads. `reach` is told how many
   * have ended. One call at a time, of this and of `evaluate`. Throws UserError as `evaluate` does, with the run's label.
   */
  async classify(runs: readonly Run[], reach: (ended: number) => void = () => {}): Promise<void> {
    const source = new RunQueue(runs, reach);
    await this.#pool.run({ source, here: (task) => verdictOf(this.#evaluator, () => task) });
    if (source.failure !== undefined) throw new UserError(source.failure);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}
