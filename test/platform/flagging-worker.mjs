// A worker for ready-at-the-end.mjs: ready, and only then wakes the thread that made it.
import { parentPort, workerData } from 'node:worker_threads';

parentPort.on('message', () => undefined);
parentPort.postMessage({ kind: 'ready' });
Atomics.store(workerData, 0, 1);
Atomics.notify(workerData, 0);
