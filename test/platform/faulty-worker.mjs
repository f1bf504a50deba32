// A worker for pool.test.ts: squares numbers, and fails in every way a worker can.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', (task) => {
  if (task === 'throw') parentPort.postMessage({ kind: 'failed', message: 'no such format', step: 5 });
  else if (String(task).startsWith('crash')) process.exit(7);
  else if (task === 'uncaught') {
    setImmediate(() => {
      throw new Error('a bug\nof two lines');
    });
  } else if (task === 'memory') {
    const kept = [];
    for (;;) kept.push(new Array(2 ** 20).fill(kept.length));
  } else parentPort.postMessage({ kind: 'done', result: task * task });
});
parentPort.postMessage({ kind: 'ready' });
