import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { Pool, runPool, type WorkSource } from '../../platform/pool.js';

const file = '../test/platform/faulty-worker.mjs';

type Task = number | string;

/** A list of tasks; task 100 leads to two further ones when it is done. */
class List implements WorkSource<Task, number> {
  readonly squares = new Map<Task, number>();
  readonly failures = new Map<Task, string>();
  #given = 0;

  constructor(private readonly tasks: Task[]) {}

  next(): Task | 'wait' | 'end' {
    const task = this.tasks.shift();
    if (task !== undefined) {
      this.#given++;
      return task;
    }
    return this.#given > 0 ? 'wait' : 'end';
  }

  room(): number {
    return this.tasks.length;
  }

  done(task: Task, result: number): void {
    this.#given--;
    this.squares.set(task, result);
    if (task === 100) this.tasks.push(101, 102);
  }

  failed(task: Task, { message, step }: { message: string; step: number }): void {
    this.#given--;
    this.failures.set(task, `${step}: ${message}`);
  }
}

/** Numbers go to workers as they are. */
const written = (task: Task): Task => task;

async function run(tasks: Task[], workers: number): Promise<List> {
  const source = new List(tasks);
  await runPool<Task, number>({ file, data: {}, workers, written }, { source });
  return source;
}

describe('runPool', () => {
  it.each([1, 2, 5])('does every task once with %i workers', async (workers) => {
    const { squares, failures } = await run([1, 2, 3, 4, 5, 6, 7], workers);
    expect([...squares].sort(([a], [b]) => Number(a) - Number(b)).map(([, square]) => square)).toEqual([
      1, 4, 9, 16, 25, 36, 49,
    ]);
    expect(failures.size).toBe(0);
  });

  it.each([1, 3])('gives tasks that a result leads to, to %i workers', async (workers) => {
    const { squares } = await run([100], workers);
    expect([...squares.keys()].sort()).toEqual([100, 101, 102]);
  });

  it('makes a crash the error of its task, and goes on', async () => {
    // heaps of the threads to come: filling gigabytes would take long
    setFlagsFromString('--max-old-space-size=64');
    for (const workers of [1, 2]) {
      const tasks = ['crash', 'throw', 'uncaught', 'memory'];
      const { squares, failures } = await run([1, ...tasks, 2, 'crash again', 3], workers);
      expect([...squares.keys()].sort()).toEqual([1, 2, 3]);
      expect(failures.get('throw')).toBe('5: no such format');
      expect(failures.get('crash')).toBe('-2: its worker stopped: exit code 7');
      expect(failures.get('crash again')).toBe('-2: its worker stopped: exit code 7');
      expect(failures.get('uncaught')).toBe('-2: its worker stopped: a bug');
      expect(failures.get('memory')).toMatch(/^-2: its worker stopped: .*memory[^\n]*$/);
      expect(failures.size).toBe(5);
    }
  });

  it.each([0, 1, 2])('lets the calling thread work beside %i workers', async (workers) => {
    const source = new List([1, 2, 100, 3, 4]);
    const mine: Task[] = [];
    await runPool<Task, number>(
      { file, data: {}, workers, written },
      {
        source,
        *here(task) {
          mine.push(task);
          yield;
          return { kind: 'done', result: Number(task) ** 2 };
        },
      },
    );
    expect([...source.squares.keys()].sort((a, b) => Number(a) - Number(b))).toEqual([
      1, 2, 3, 4, 100, 101, 102,
    ]);
    expect(source.squares.get(101)).toBe(10_201);
    expect(mine).toContain(1);
    expect(mine.length === 7 || workers > 0).toBe(true);
  });

  it('keeps its workers for the next run', async () => {
    const pool = new Pool<Task, number>({ file, data: {}, workers: 2, written });
    for (const tasks of [[1, 2, 3, 'crash'], [4, 5], [], [6, 7, 8]] as Task[][]) {
      const source = new List([...tasks]);
      await pool.run({ source });
      expect(source.squares.size + source.failures.size).toBe(tasks.length);
    }
    await pool.close();
  });

  it('sees its workers end, also one that got ready meanwhile', () => {
    const script = fileURLToPath(new URL('ready-at-the-end.mjs', import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 60_000 });
    expect(stdout).toBe('ended\n');
    expect(status).toBe(0);
  });

  it('ends without tasks', async () => {
    await run([], 2);
  });

  it('rejects when what is told of a result fails, as a full disk does', async () => {
    const source = new List([1, 2, 3]);
    source.done = () => {
      throw new Error('disk full');
    };
    await expect(runPool<Task, number>({ file, data: {}, workers: 2, written }, { source })).rejects.toThrow(
      'disk full',
    );
  });

  it('rejects when a worker cannot start', async () => {
    const options = { file: '../test/platform/pool.test.ts', data: {}, workers: 1, written };
    await expect(runPool<Task, number>(options, { source: new List([1]) })).rejects.toThrow(
      /could not start/,
    );
  });

  it('rejects rather than wait for nobody', async () => {
    const source = new List([]);
    source.next = () => 'wait';
    await expect(runPool<Task, number>({ file, data: {}, workers: 2, written }, { source })).rejects.toThrow(
      /nobody/,
    );
  });

  it('stops at once on abort', async () => {
    const controller = new AbortController();
    const source = new List(Array.from({ length: 1000 }, (_, i) => i));
    const { signal } = controller;
    const done = source.done.bind(source);
    source.done = (task, result) => {
      done(task, result);
      if (source.squares.size === 3) controller.abort();
    };
    await runPool<Task, number>({ file, data: {}, workers: 1, written }, { source, signal });
    expect(source.squares.size).toBe(3);
  });
});
