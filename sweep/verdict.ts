/** A task done in this thread, its error in one line. */
import { BatchError } from '../networks/batches.js';
import { faultOf } from '../platform/fault-text.js';
import type { Verdict } from '../platform/pool.js';
import type { Evaluator } from './evaluate.js';
import type { Task } from './queue.js';
import type { Part } from './run-part.js';

/** A step is a batch. Never throws, whatever `taskOf` throws. */
export function* verdictOf(
  evaluator: Evaluator,
  taskOf: () => Task,
): Generator<void, Verdict<Part | 'late'>> {
  try {
    const { run, role } = taskOf();
    return { kind: 'done', result: yield* evaluator.part(run, role) };
  } catch (error) {
    const [cause, step] = error instanceof BatchError ? [error.cause, error.batch] : [error, -1];
    return { kind: 'failed', message: faultOf(cause).text, step };
  }
}
