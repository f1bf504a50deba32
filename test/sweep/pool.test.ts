import { describe, expect, it } from 'vitest';
import { runPool } from '../../sweep/pool.js';

const file = '../test/sweep/faulty-worker.mjs';

async function run(tasks: readonly (number | string)[], workers: number) {
  const done = new Map<number, number>();
  const failed = new Map<number, string>();
  await runPool<number | string, number>({
    file,
    data: {},
    workers,
    tasks,
    onDone: (task, result) => void done.set(task, result),
    onFailed: (task, message) => void failed.set(task, message),
  });
  return { done, failed };
}

describe('runPool', () => {
  it.each([1, 2, 5])('does every task once with %i workers', async (workers) => {
    const { done, failed } = await run([1, 2, 3, 4, 5, 6, 7], workers);
    expect([...done].sort(([a], [b]) => a - b).map(([, square]) => square)).toEqual([
      1, 4, 9, 16, 25, 36, 49,
    ]);
    expect(failed.size).toBe(0);
  });

  it('makes a crash the error of its task, and goes on', async () => {
    for (const workers of [1, 2]) {
      const { done, failed } = await run([1, 'crash', 2, 'throw', 'uncaught', 3, 'crash'], workers);
      expect([...done.keys()].sort()).toEqual([0, 2, 5]);
      expect(failed.get(3)).toBe('no such format');
      expect(failed.get(1)).toMatch(/its worker stopped: exit code 7/);
      expect(failed.get(4)).toMatch(/its worker stopped: a bug/);
      expect(failed.get(6)).toMatch(/exit code 7/);
    }
  });

  it('ends without tasks', async () => {
    await run([], 2);
  });

  it('rejects when what is told of a result fails, as a full disk does', async () => {
    const work = runPool<number, number>({
      file,
      data: {},
      workers: 2,
      tasks: [1, 2, 3],
      onDone: () => {
        throw new Error('disk full');
      },
      onFailed: () => undefined,
    });
    await expect(work).rejects.toThrow('disk full');
  });

  it('rejects when a worker cannot start', async () => {
    const work = runPool<number, number>({
      file: '../test/sweep/pool.test.ts',
      data: {},
      workers: 1,
      tasks: [1],
      onDone: () => undefined,
      onFailed: () => undefined,
    });
    await expect(work).rejects.toThrow(/could not start/);
  });

  it('stops at once on abort', async () => {
    const controller = new AbortController();
    let done = 0;
    await runPool<number, number>({
      file,
      data: {},
      workers: 1,
      tasks: Array.from({ length: 1000 }, (_, i) => i),
      onDone: () => {
        done++;
        if (done === 3) controller.abort();
      },
      onFailed: () => undefined,
      signal: controller.signal,
    });
    expect(done).toBe(3);
  });
});
