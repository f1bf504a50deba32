/** A worker thread of a sweep: takes runs, or some batches of them, and gives back what it counted. */
import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../errors.js';
import type { SweepContext } from './context.js';
import { Evaluator } from './evaluate.js';
import type { Answer } from './pool.js';
import { BatchError } from './predict.js';
import type { Task } from './queue.js';
import type { Part } from './run-part.js';

const context = workerData as SweepContext;
const port = parentPort!;
const say = (answer: Answer<Part | 'late'>): void => port.postMessage(answer);

if (context.plugins.length > 0) {
  const { loadPlugins } = await import('../formats/plugin.js');
  await loadPlugins(context.plugins);
}
const evaluator = new Evaluator(context);

/** One line: a user's error as it is, another with the place it comes from. */
function sentence(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  // the last two names of a path say enough, and none of the machine
  const place = /([^/\\]+[/\\][^/\\]+:\d+):\d+\)?$/m.exec(stack ?? '')?.[1];
  return `internal error: ${message.split('\n')[0]}${place ? ` (${place})` : ''}`;
}

port.on('message', ({ run, role }: Task) => {
  try {
    say({ kind: 'done', result: evaluator.part(run, role) });
  } catch (error) {
    const [cause, step] = error instanceof BatchError ? [error.cause, error.batch] : [error, -1];
    say({ kind: 'failed', message: sentence(cause), step });
  }
});
say({ kind: 'ready' });
