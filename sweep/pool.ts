/**
 * Worker threads that take tasks one at a time from a source that may still grow. A task that throws, or takes its
 * worker down with it, is that task's error and nobody else's; the pool never hangs on it. Workers end with the work.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { UserError } from '../errors.js';
import { packageRoot } from './version.js';

/** Why a task has no result. */
export interface Problem {
  /** One line. */
  readonly message: string;
  /** Where in its task it happened, so that of several threads' problems the first can be told; −1 before the first step. */
  readonly step: number;
}

/** What a worker says: it is ready for its first task, or how a task went. */
export type Answer<Result> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: Result }
  | ({ readonly kind: 'failed' } & Problem);

/** Where tasks come from and results go. Each task given out comes back once, done or failed, but after an abort. */
export interface WorkSource<Task, Result> {
  /** The next task; `wait` where one on its way may lead to more; `end` where there will be none. */
  next(): Task | 'wait' | 'end';
  done(task: Task, result: Result): void;
  failed(task: Task, problem: Problem): void;
}

export interface PoolWork<Task, Result> {
  /** Of the built worker, relative to the package: `sweep/worker.js`. */
  readonly file: string;
  /** Handed to every worker; shared buffers are shared. */
  readonly data: unknown;
  /** Most workers; one is started only for a task. */
  readonly workers: number;
  readonly source: WorkSource<Task, Result>;
  /** Aborting stops the workers at once; tasks in flight are neither done nor failed. */
  readonly signal?: AbortSignal | undefined;
}

/** A step before all others: a worker that dies of its task says nothing of where. */
const DEATH = -2;

/** The built file, also when this one is running from its TypeScript source. */
function builtFile(file: string): string {
  const here = fileURLToPath(import.meta.url);
  const built = here.endsWith('.ts') ? join(packageRoot(), 'dist', file) : join(here, '..', '..', file);
  if (!existsSync(built)) throw new UserError(`dist/${file} is missing; run \`npm run build\` first`);
  return built;
}

/**
 * Resolves when the source has ended and every worker with it, or on abort. Rejects, all workers stopped, when a
 * worker cannot even start or when the source throws (a full disk).
 */
export async function runPool<Task, Result>(work: PoolWork<Task, Result>): Promise<void> {
  await new Pool(work, builtFile(work.file)).run();
}

/** A place for a worker: a new one is started only where the last one died of its task. */
interface Lane<Task> {
  worker: Worker | undefined;
  task: Task | undefined;
}

class Pool<Task, Result> {
  readonly #lanes: Lane<Task>[];
  #state: 'working' | 'stopping' = 'working';
  #problem: { readonly error: unknown } | undefined;
  #settle: () => void = () => undefined;

  constructor(
    private readonly work: PoolWork<Task, Result>,
    private readonly file: string,
  ) {
    this.#lanes = Array.from({ length: work.workers }, () => ({ worker: undefined, task: undefined }));
  }

  async run(): Promise<void> {
    const { signal } = this.work;
    const abort = (): void => this.#stop();
    await new Promise<void>((resolve) => {
      this.#settle = resolve;
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) this.#stop();
      else this.#advance();
    });
    signal?.removeEventListener('abort', abort);
    if (this.#problem) throw this.#problem.error;
  }

  /** A task for every free lane, as far as there are any; the end where there are none and none can come. */
  #advance(): void {
    while (this.#state === 'working') {
      const free = this.#lanes.filter(({ task }) => task === undefined);
      const lane = free.find(({ worker }) => worker !== undefined) ?? free[0];
      if (!lane) return;
      const next = this.#attempt(() => this.work.source.next());
      if (next === undefined) return;
      if (next === 'end') {
        this.#stop();
        return;
      }
      if (next === 'wait') {
        if (free.length === this.#lanes.length) {
          this.#fail(new Error('the pool waits for tasks that nobody is working on'));
        }
        return;
      }
      lane.task = next;
      if (lane.worker) lane.worker.postMessage(next);
      else this.#start(lane);
    }
  }

  #start(lane: Lane<Task>): void {
    const worker = new Worker(this.file, { workerData: this.work.data });
    let life: 'starting' | 'started' = 'starting';
    let lastWords = '';
    lane.worker = worker;
    worker.on('message', (answer: Answer<Result>) => {
      life = 'started';
      if (this.#state === 'stopping') return;
      if (answer.kind === 'ready') worker.postMessage(lane.task);
      else this.#take(lane, answer);
    });
    // an answer that cannot be read will not come again
    worker.on('messageerror', (error) => {
      lastWords = error.message;
      void worker.terminate();
    });
    worker.on('error', (error: unknown) => {
      lastWords = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', (code) => {
      lane.worker = undefined;
      const how = (lastWords || `exit code ${code}`).split('\n')[0]!;
      if (this.#state === 'working') {
        if (life === 'starting') this.#fail(new Error(`a worker could not start: ${how}`));
        else if (lane.task !== undefined) {
          this.#take(lane, { kind: 'failed', message: `its worker stopped: ${how}`, step: DEATH });
        }
      }
      this.#settleWhenEmpty();
    });
  }

  #take(lane: Lane<Task>, answer: Exclude<Answer<Result>, { kind: 'ready' }>): void {
    const task = lane.task!;
    lane.task = undefined;
    const { source } = this.work;
    this.#attempt(() => {
      if (answer.kind === 'done') source.done(task, answer.result);
      else source.failed(task, { message: answer.message, step: answer.step });
    });
    this.#advance();
  }

  #attempt<Value>(action: () => Value): Value | undefined {
    try {
      return action();
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #fail(error: unknown): void {
    this.#problem ??= { error };
    this.#stop();
  }

  #stop(): void {
    this.#state = 'stopping';
    for (const { worker } of this.#lanes) void worker?.terminate();
    this.#settleWhenEmpty();
  }

  #settleWhenEmpty(): void {
    if (this.#state === 'stopping' && this.#lanes.every(({ worker }) => worker === undefined)) this.#settle();
  }
}
