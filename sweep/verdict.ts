/** A task done in this thread, its error in one line. */
import { UserError } from '../errors.js';
import { BatchError } from '../networks/batches.js';
import type { Evaluator } from './evaluate.js';
import type { Verdict } from './pool.js';
import type { Task } from './queue.js';
import type { Part } from './run-part.js';

/** A step is a batch. Never throws. */
export function* verdictOf(
  evaluator: Evaluator,
  { run, role }: Task,
): Generator<void, Verdict<Part | 'late'>> {
  try {
    return { kind: 'done', result: yield* evaluator.part(run, role) };
  } catch (error) {
    const [cause, step] = error instanceof BatchError ? [error.cause, error.batch] : [error, -1];
    return { kind: 'failed', message: sentence(cause), step };
  }
}

/** A user's error as it is, another with the place it comes from. */
function sentence(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  // the last two names of a path say enough, and none of the machine
  const place = /([^/\\]+[/\\][^/\\]+:\d+):\d+\)?$/m.exec(stack ?? '')?.[1];
  return `internal error: ${message.split('\n')[0]}${place ? ` (${place})` : ''}`;
}
