// A worker for pool.test.ts: squares numbers, and fails in every way a worker can.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', (task) => {
  if (task === 'throw') parentPort.postMessage({ kind: 'failed', by: 'user', message: 'no such format' });
  else if (task === 'crash') process.exit(7);
  else if (task === 'uncaught') {
    setImmediate(() => {
      throw new Error('a bug');
    });
  } else parentPort.postMessage({ kind: 'done', result: task * task });
});
parentPort.postMessage({ kind: 'ready' });
