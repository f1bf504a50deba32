/** A worker thread of a sweep: takes runs, or some batches of them, and gives back what it counted. */
import { parentPort, workerData } from 'node:worker_threads';
import '../platform/kernel-files.js';
import { atOnce } from '../networks/batches.js';
import type { Answer } from '../platform/pool.js';
import type { SweepContext } from './context.js';
import { Evaluator } from './evaluate.js';
import { readTask, type WrittenTask } from './queue.js';
import type { Part } from './run-part.js';
import { verdictOf } from './verdict.js';

const context = workerData as SweepContext;
const port = parentPort!;
const say = (answer: Answer<Part | 'late'>): void => port.postMessage(answer);

if (context.plugins.length > 0) {
  const { loadPlugins } = await import('../input/plugin.js');
  await loadPlugins(context.plugins);
}
const evaluator = new Evaluator(context);

port.on('message', (task: WrittenTask) => say(atOnce(verdictOf(evaluator, () => readTask(task)))));
say({ kind: 'ready' });
