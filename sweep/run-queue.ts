/**
 * Runs as tasks for threads: each plan over its images, the classes left in the run's share. A thread with no run of its
 * own helps one on its way. What lies in the shares does not depend on who did what.
 */
import type { Problem, WorkSource } from '../platform/pool.js';
import { type Task, WORTH_HELP } from './queue.js';
import type { Run } from './run-images.js';
import type { Part } from './run-part.js';
import { batchesLeft, closeShare } from './share.js';

/** A run with the threads on it. */
interface Begun {
  readonly run: Run;
  readonly index: number;
  threads: number;
  problem: Problem | undefined;
}

export class RunQueue implements WorkSource<Task, Part | 'late'> {
  #next = 0;
  #ended = 0;
  readonly #begun = new Set<Begun>();
  readonly #tasks = new Map<Task, Begun>();
  readonly #failed: Begun[] = [];

  /** `reach` is told how many runs have ended. */
  constructor(
    private readonly runs: readonly Run[],
    private readonly reach: (ended: number) => void,
  ) {}

  /** Label and message of the first run, in their order, that failed: the same for any number of threads. */
  get failure(): string | undefined {
    const [first] = [...this.#failed].sort((a, b) => a.index - b.index);
    return first && `${first.run.label}: ${first.problem!.message}`;
  }

  next(): Task | 'wait' | 'end' {
    // runs are begun in their order, so that none before one that failed is left out
    if (this.#next < this.runs.length && this.#failed.length === 0) {
      const index = this.#next++;
      const begun: Begun = { run: this.runs[index]!, index, threads: 0, problem: undefined };
      this.#begun.add(begun);
      return this.#give(begun, 'first');
    }
    const wanting = this.#mostWanting();
    if (wanting) return this.#give(wanting, 'helper');
    return this.#begun.size > 0 ? 'wait' : 'end';
  }

  room(): number {
    const helpers = (run: Run): number => Math.floor(batchesLeft(run.share) / WORTH_HELP);
    const begun = [...this.#begun].reduce((sum, { run }) => sum + helpers(run), 0);
    if (this.#failed.length > 0) return begun;
    return this.runs.slice(this.#next).reduce((sum, run) => sum + Math.max(1, helpers(run)), begun);
  }

  done(task: Task): void {
    this.#settle(this.#back(task));
  }

  failed(task: Task, problem: Problem): void {
    const begun = this.#back(task);
    if (!begun.problem || problem.step < begun.problem.step) begun.problem = problem;
    closeShare(begun.run.share);
    this.#settle(begun);
  }

  /** The run with most batches left for each of its threads. */
  #mostWanting(): Begun | undefined {
    const perThread = ({ run, threads }: Begun): number => batchesLeft(run.share) / threads;
    return [...this.#begun]
      .filter(({ run }) => batchesLeft(run.share) >= WORTH_HELP)
      .reduce<Begun | undefined>(
        (most, one) => (most && perThread(most) >= perThread(one) ? most : one),
        undefined,
      );
  }

  #give(begun: Begun, role: Task['role']): Task {
    const task: Task = { run: begun.run, role };
    begun.threads++;
    this.#tasks.set(task, begun);
    return task;
  }

  #back(task: Task): Begun {
    const begun = this.#tasks.get(task)!;
    this.#tasks.delete(task);
    begun.threads--;
    return begun;
  }

  #settle(begun: Begun): void {
    if (begun.threads > 0) return;
    this.#begun.delete(begun);
    if (begun.problem) this.#failed.push(begun);
    this.reach(++this.#ended);
  }
}
