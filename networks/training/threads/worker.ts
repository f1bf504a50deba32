/** A worker thread of a training: its lane of every epoch, and its share of what is classified. */
import { parentPort, workerData } from 'node:worker_threads';
import '../../../platform/kernel-files.js';
import { createKernelsOver } from '../../../kernels/loader.js';
import { faultOf } from '../../../platform/fault-text.js';
import type { Answer, Verdict } from '../../../platform/pool.js';
import { atOnce } from '../../batches.js';
import { Learner } from '../learner.js';
import { perform, type Result, type Work, type WorkerData } from './tasks.js';
import { Team } from './team.js';

const { memory, words, lesson, lanes, plugins } = workerData as WorkerData;
const port = parentPort!;
const say = (answer: Answer<Result>): void => port.postMessage(answer);

if (plugins.length > 0) {
  const { loadPlugins } = await import('../../../input/plugin.js');
  await loadPlugins(plugins);
}
const team = new Team(lanes, words);
let learner: Learner | undefined;

function verdictOf(work: Work): Verdict<Result> {
  try {
    // buffers are laid out for a lane, so a worker keeps the one it took
    const own = () => (learner ??= new Learner(createKernelsOver(memory), lesson, team.hire()));
    return atOnce(perform(own, team, lesson, work));
  } catch (error) {
    team.break();
    return { kind: 'failed', message: faultOf(error).text, step: -1 };
  }
}

port.on('message', (work: Work) => say(verdictOf(work)));
say({ kind: 'ready' });
