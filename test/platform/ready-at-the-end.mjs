// A run that the calling thread ends while what its worker said, that it is ready, is still to be read: for
// pool.test.ts. Where nothing keeps the process alive until the worker has ended, nothing is printed and node's exit code is 13.
import { runPool } from '../../dist/platform/pool.js';

const flag = new Int32Array(new SharedArrayBuffer(4));
let task = 'only';
await runPool(
  { file: '../test/platform/flagging-worker.mjs', data: flag, workers: 1 },
  {
    source: {
      next() {
        const next = task;
        task = 'end';
        return next;
      },
      room: () => 1,
      done: () => undefined,
      failed: () => undefined,
    },
    // biome-ignore lint/correctness/useYield: its only step is the last one
    *here() {
      Atomics.wait(flag, 0, 0);
      return { kind: 'done', result: 0 };
    },
  },
);
console.log('ended');
