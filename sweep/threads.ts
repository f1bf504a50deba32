/** Points evaluated on worker threads: several points at once, and free threads within one. */
import { UserError } from '../errors.js';
import type { SweepContext } from './context.js';
import type { Entry } from './journal.js';
import type { Point } from './plan.js';
import { runPool } from './pool.js';
import { type Outcomes, PointQueue, type Task } from './queue.js';
import type { Part } from './run-part.js';

/**
 * Evaluates all points on up to so many threads; the entries are the same for any number. Points that fail are
 * told and the others go on. Resolves when every thread has ended; on abort, points in flight are neither.
 */
export async function evaluatePoints(
  context: SweepContext,
  points: readonly Point[],
  threads: number,
  outcomes: Outcomes,
  signal?: AbortSignal,
): Promise<void> {
  await runPool<Task, Part | 'late'>({
    file: 'sweep/worker.js',
    data: context,
    workers: threads,
    source: new PointQueue(context, points, outcomes),
    signal,
  });
}

/** The entries of all points, in their order. Throws UserError naming the first point that failed. */
export async function allEntries(
  context: SweepContext,
  points: readonly Point[],
  threads: number,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const failures: string[] = [];
  await evaluatePoints(context, points, threads, {
    onDone(point, entry) {
      entries[point] = entry;
    },
    onFailed(point, message) {
      const { choice, quantizer } = points[point]!;
      failures[point] = `${choice.label} ${quantizer}: ${message}`;
    },
  });
  const failure = failures.find((text) => text !== undefined);
  if (failure !== undefined) throw new UserError(failure);
  return entries;
}
