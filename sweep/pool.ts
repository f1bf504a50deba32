/**
 * Worker threads that take tasks one at a time. A task that throws, or takes its worker down with it, is that
 * task's error and nobody else's; the pool never hangs on it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { UserError } from '../errors.js';
import { packageRoot } from './version.js';

/** What a worker says: it is ready for its first task, or how a task went. */
export type Answer<Result> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly message: string; readonly by: 'user' | 'us' };

export interface PoolWork<Task, Result> {
  /** Of the built worker, relative to the package: `sweep/worker.js`. */
  readonly file: string;
  /** Handed to every worker; shared buffers are shared. */
  readonly data: unknown;
  readonly workers: number;
  readonly tasks: readonly Task[];
  onDone(task: number, result: Result): void;
  onFailed(task: number, message: string): void;
  /** Aborting stops the workers at once; tasks in flight are neither done nor failed. */
  readonly signal?: AbortSignal | undefined;
}

/** The built file, also when this one is running from its TypeScript source. */
function builtFile(file: string): string {
  const here = fileURLToPath(import.meta.url);
  const built = here.endsWith('.ts') ? join(packageRoot(), 'dist', file) : join(here, '..', '..', file);
  if (!existsSync(built)) throw new UserError(`dist/${file} is missing; run \`npm run build\` first`);
  return built;
}

/**
 * Resolves when every task is done or has failed, or on abort. Rejects, all workers stopped, when a worker
 * cannot even start or when `onDone` or `onFailed` throws (a full disk).
 */
export async function runPool<Task, Result>(work: PoolWork<Task, Result>): Promise<void> {
  const stop = new AbortController();
  const forward = (): void => stop.abort();
  if (work.signal?.aborted) stop.abort();
  work.signal?.addEventListener('abort', forward, { once: true });
  const shared: Shared<Task, Result> = {
    work,
    file: builtFile(work.file),
    stop,
    next: 0,
    problem: undefined,
  };
  const lanes = Math.min(work.workers, work.tasks.length);
  await Promise.all(Array.from({ length: lanes }, () => runLane(shared)));
  work.signal?.removeEventListener('abort', forward);
  if (shared.problem) throw shared.problem.error;
}

interface Shared<Task, Result> {
  readonly work: PoolWork<Task, Result>;
  readonly file: string;
  readonly stop: AbortController;
  /** First task no worker has been given. */
  next: number;
  problem: { readonly error: unknown } | undefined;
}

/** One worker after another, a new one only where the last one died of its task. */
async function runLane<Task, Result>(shared: Shared<Task, Result>): Promise<void> {
  while (shared.next < shared.work.tasks.length && !shared.stop.signal.aborted) await runWorker(shared);
}

/** One worker's life; resolves when it has ended, whatever ended it. */
function runWorker<Task, Result>(shared: Shared<Task, Result>): Promise<void> {
  const { work, stop } = shared;
  const worker = new Worker(shared.file, { workerData: work.data });
  let current = -1;
  let started = false;
  let lastWords = '';
  const end = (): void => void worker.terminate();
  const give = (): void => {
    if (stop.signal.aborted || shared.next >= work.tasks.length) {
      end();
      return;
    }
    current = shared.next++;
    worker.postMessage(work.tasks[current]);
  };
  const attempt = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      shared.problem ??= { error };
      stop.abort();
    }
  };
  stop.signal.addEventListener('abort', end, { once: true });
  worker.on('message', (answer: Answer<Result>) => {
    if (stop.signal.aborted) return;
    started = true;
    const task = current;
    current = -1;
    if (answer.kind === 'done') attempt(() => work.onDone(task, answer.result));
    if (answer.kind === 'failed') {
      const message = answer.by === 'user' ? answer.message : `internal error: ${answer.message}`;
      attempt(() => work.onFailed(task, message));
    }
    give();
  });
  worker.on('error', (error: unknown) => {
    lastWords = error instanceof Error ? error.message : String(error);
  });
  return new Promise((resolve) => {
    worker.on('exit', (code) => {
      stop.signal.removeEventListener('abort', end);
      const how = lastWords || `exit code ${code}`;
      if (!stop.signal.aborted) {
        if (!started) {
          attempt(() => {
            throw new Error(`a worker could not start: ${how}`);
          });
        } else if (current >= 0) attempt(() => work.onFailed(current, `its worker stopped: ${how}`));
      }
      resolve();
    });
  });
}
