/** What the threads of a training do together, a task a thread, and how one does its own. */
import type { Kernels } from '../../../kernels/loader.js';
import { faultOf } from '../../../platform/fault-text.js';
import type { Verdict } from '../../../platform/pool.js';
import { BatchError } from '../../batches.js';
import type { Parameters } from '../../network.js';
import type { Leader, Learner, Lesson } from '../learner.js';
import { type Classified, classifyShare } from './classify.js';
import type { Team } from './team.js';

/** What a worker is started with; buffers are shared. */
export interface WorkerData {
  readonly memory: Kernels['memory'];
  readonly words: Int32Array;
  readonly lesson: Lesson;
  readonly lanes: number;
  readonly plugins: readonly string[];
}

export type Work =
  | { readonly kind: 'epoch'; readonly epoch: number; readonly from: number }
  | {
      readonly kind: 'classify';
      readonly parameters: Parameters;
      readonly what: Classified;
      /** Shared: which batch comes next. */
      readonly counter: Int32Array;
    };

/** The right ones of the images this thread classified; 0 of an epoch. */
export type Result = number;

/** Never throws but what the leader throws. */
export function* perform(
  learnerOf: () => Learner,
  team: Team,
  { network, dataset }: Lesson,
  work: Work,
  leader?: Leader,
): Generator<void, Verdict<Result>> {
  if (work.kind === 'classify') {
    try {
      const { parameters, what, counter } = work;
      return { kind: 'done', result: yield* classifyShare(network, parameters, dataset, what, counter) };
    } catch (error) {
      const [cause, step] = error instanceof BatchError ? [error.cause, error.batch] : [error, -1];
      return { kind: 'failed', message: faultOf(cause).text, step };
    }
  }
  const learner = learnerOf();
  team.begin();
  while (!team.isComplete) yield;
  yield* learner.epoch(work.epoch, work.from, leader);
  return { kind: 'done', result: 0 };
}
