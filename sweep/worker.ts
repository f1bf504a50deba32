/** A worker thread of a sweep: takes points, gives back their journal entries. */
import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../errors.js';
import type { SweepContext } from './context.js';
import { Evaluator } from './evaluate.js';
import type { Entry } from './journal.js';
import type { Point } from './plan.js';
import type { Answer } from './pool.js';

const context = workerData as SweepContext;
const port = parentPort!;
const say = (answer: Answer<Entry>): void => port.postMessage(answer);

if (context.plugins.length > 0) {
  const { loadPlugins } = await import('../formats/plugin.js');
  await loadPlugins(context.plugins);
}
const evaluator = new Evaluator(context);

port.on('message', (point: Point) => {
  try {
    say({ kind: 'done', result: evaluator.evaluate(point) });
  } catch (error) {
    const by = error instanceof UserError ? 'user' : 'us';
    const { message, stack } = error as Error;
    say({ kind: 'failed', by, message: by === 'user' ? message : (stack ?? message) });
  }
});
say({ kind: 'ready' });
