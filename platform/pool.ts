/**
 * Worker threads that take tasks one at a time from a source that may still grow. A task that throws, or takes its
 * worker down with it, is that task's error and nobody else's; the pool never hangs on it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
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

/** How a task went. */
export type Verdict<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | ({ readonly kind: 'failed' } & Problem);

/** What a worker says: it is ready for its first task, then a verdict a task. */
export type Answer<Result> = { readonly kind: 'ready' } | Verdict<Result>;

/** Where tasks come from and results go. Each task given out comes back once, done or failed, but after an abort. */
export interface WorkSource<Task, Result> {
  /** The next task; `wait` where one on its way may lead to more; `end` where there will be none. */
  next(): Task | 'wait' | 'end';
  /** How many more threads could be given a task now. */
  room(): number;
  done(task: Task, result: Result): void;
  failed(task: Task, problem: Problem): void;
}

export interface PoolOptions<Task> {
  /** Of the built worker, relative to the package: `sweep/worker.js`. */
  readonly file: string;
  /** Handed to every worker; shared buffers are shared. */
  readonly data: unknown;
  /** Most workers; one is started only where there is room for it. */
  readonly workers: number;
  /** A task as plain data, which goes to a worker. */
  readonly written: (task: Task) => unknown;
}

export interface PoolRun<Task, Result> {
  readonly source: WorkSource<Task, Result>;
  /** Lets the calling thread take tasks too, step by step, so that it works while the workers start. */
  readonly here?: ((task: Task) => Generator<void, Verdict<Result>>) | undefined;
  /** Aborting stops the workers at once; tasks in flight are neither done nor failed. */
  readonly signal?: AbortSignal | undefined;
}

/** Counts as earlier than every step: a worker that died cannot say in which step of its task. */
const DEATH = -2;

/** The built file, also when this one is running from its TypeScript source. */
function builtFile(file: string): string {
  const here = fileURLToPath(import.meta.url);
  const built = here.endsWith('.ts') ? join(packageRoot(), 'dist', file) : join(here, '..', '..', file);
  if (!existsSync(built)) throw new UserError(`dist/${file} is missing; run \`npm run build\` first`);
  return built;
}

/** A place for a worker: a new one is started where the last one died of its task. */
interface Lane<Task> {
  worker: Worker | undefined;
  life: 'none' | 'starting' | 'ready' | 'ending';
  task: Task | undefined;
}

export class Pool<Task, Result> {
  readonly #file: string;
  readonly #lanes: Lane<Task>[];
  #run: PoolRun<Task, Result> | undefined;
  #isHereWorking = false;
  #problem: { readonly error: unknown } | undefined;
  #settle: () => void = () => undefined;

  /** Starts nothing yet. Throws UserError where the package is not built. */
  constructor(private readonly options: PoolOptions<Task>) {
    this.#file = builtFile(options.file);
    this.#lanes = Array.from({ length: options.workers }, () => ({
      worker: undefined,
      life: 'none',
      task: undefined,
    }));
  }

  /**
   * Works a source off, one at a time. Resolves when it has ended, or on abort. Rejects when a worker cannot even
   * start or when the source throws (a full disk). Workers stay for the next run, but keep no process alive; after
   * an abort or a rejection they are stopped.
   */
  async run(run: PoolRun<Task, Result>): Promise<void> {
    const { signal } = run;
    const abort = (): void => this.#finish('stopped');
    this.#problem = undefined;
    await new Promise<void>((resolve) => {
      this.#settle = resolve;
      this.#run = run;
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) this.#finish('stopped');
      else if (run.here) this.#beginHere(run.here);
      else this.#advance();
    });
    signal?.removeEventListener('abort', abort);
    const problem = this.#problem as { readonly error: unknown } | undefined;
    if (problem) throw problem.error;
  }

  /** Stops the workers. Resolves when they have ended; until then they keep the process alive. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => this.#end(lane)));
  }

  async #end(lane: Lane<Task>): Promise<void> {
    const { worker } = lane;
    if (!worker) return;
    lane.life = 'ending';
    await worker.terminate();
  }

  /** Gives tasks to the free workers, starts new ones where there is room, ends the run where nothing is left. */
  #advance(): void {
    for (const lane of this.#lanes) {
      const run = this.#run;
      if (!run) return;
      if (lane.life !== 'ready' || lane.task !== undefined) continue;
      const next = this.#attempt(() => run.source.next());
      if (next === undefined || next === 'wait') break;
      if (next === 'end') {
        this.#finish('ended');
        return;
      }
      lane.task = next;
      lane.worker!.ref();
      lane.worker!.postMessage(this.options.written(next));
    }
    this.#startWhereRoom();
    this.#endWhereNobodyWorks();
  }

  #startWhereRoom(): void {
    let starting = this.#lanes.filter(({ life }) => life === 'starting').length;
    for (const lane of this.#lanes) {
      if (lane.life !== 'none') continue;
      const room = this.#attempt(() => this.#run?.source.room()) ?? 0;
      if (starting >= room) return;
      this.#start(lane);
      starting++;
    }
  }

  /** Where no thread is at work, a source that still says `wait` would wait forever. */
  #endWhereNobodyWorks(): void {
    if (!this.#run || this.#isHereWorking) return;
    if (this.#lanes.some(({ life, task }) => life === 'starting' || task !== undefined)) return;
    const next = this.#attempt(() => this.#run?.source.next());
    if (next === 'end') this.#finish('ended');
    else this.#fail(new Error('the pool waits for tasks that nobody is working on'));
  }

  #start(lane: Lane<Task>): void {
    const worker = new Worker(this.#file, { workerData: this.options.data });
    let lastWords = '';
    lane.worker = worker;
    lane.life = 'starting';
    worker.on('message', (answer: Answer<Result>) => {
      // it answered before it was told to end; unref() would let the process exit before the worker has ended
      if (lane.life === 'ending') return;
      if (answer.kind === 'ready') {
        lane.life = 'ready';
        worker.unref();
        this.#advance();
      } else this.#take(lane, answer);
    });
    // an answer that cannot be read is lost, and its task would wait for it forever
    worker.on('messageerror', (error) => {
      lastWords = error.message;
      void worker.terminate();
    });
    worker.on('error', (error: unknown) => {
      lastWords = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', (code) => {
      const { life } = lane;
      lane.worker = undefined;
      lane.life = 'none';
      const how = (lastWords || `exit code ${code}`).split('\n')[0]!;
      if (this.#run && life === 'starting')
        this.#fail(new UserError(`a worker could not start: ${how}; check the plugins it loads`));
      else if (lane.task !== undefined) {
        this.#take(lane, { kind: 'failed', message: `its worker stopped: ${how}`, step: DEATH });
      }
    });
  }

  #take(lane: Lane<Task>, verdict: Verdict<Result>): void {
    const task = lane.task!;
    lane.task = undefined;
    lane.worker?.unref();
    this.#tell(task, verdict);
    this.#advance();
    const here = this.#run?.here;
    if (here && !this.#isHereWorking) this.#beginHere(here);
  }

  #beginHere(here: (task: Task) => Generator<void, Verdict<Result>>): void {
    this.#workHere(here).catch((error: unknown) => this.#fail(error));
  }

  /** The calling thread's own tasks; between two steps it hears what the workers say. */
  async #workHere(here: (task: Task) => Generator<void, Verdict<Result>>): Promise<void> {
    for (;;) {
      const run = this.#run;
      const task = run && this.#attempt(() => run.source.next());
      if (task === undefined) return;
      if (task === 'end') {
        this.#finish('ended');
        return;
      }
      if (task === 'wait') {
        this.#isHereWorking = false;
        this.#endWhereNobodyWorks();
        return;
      }
      this.#isHereWorking = true;
      this.#advance();
      const steps = here(task);
      let step = steps.next();
      while (!step.done && this.#run === run) {
        await setImmediate();
        step = steps.next();
      }
      // stopped meanwhile; a run that came after has a loop of its own
      if (this.#run !== run || !step.done) return;
      this.#tell(task, step.value);
    }
  }

  #tell(task: Task, verdict: Verdict<Result>): void {
    this.#attempt(() => {
      if (verdict.kind === 'done') this.#run?.source.done(task, verdict.result);
      else this.#run?.source.failed(task, { message: verdict.message, step: verdict.step });
    });
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
    this.#finish('stopped');
  }

  #finish(how: 'ended' | 'stopped'): void {
    this.#run = undefined;
    this.#isHereWorking = false;
    if (how === 'ended') this.#settle();
    else void this.close().then(() => this.#settle());
  }
}

/** A pool for one run, its workers ended with it. */
export async function runPool<Task, Result>(
  options: PoolOptions<Task>,
  run: PoolRun<Task, Result>,
): Promise<void> {
  const pool = new Pool<Task, Result>(options);
  try {
    await pool.run(run);
  } finally {
    await pool.close();
  }
}
