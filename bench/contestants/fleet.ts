/** A network run by several threads, each with a plan of its own, on parts of the same images. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type CalibrationData, calibrationData } from '../../dist/networks/calibration.js';
import type { Network } from '../../dist/networks/network.js';
import type { Tensor } from '../../dist/networks/tensor.js';
import type { Case } from '../formats.js';
import type { Model } from '../networks/trained.js';
import type { Contestant } from '../race.js';

/** What a thread is told at its start. */
export interface FleetTask {
  readonly network: Network;
  readonly parameters: readonly (readonly [string, Tensor])[];
  readonly calibration: CalibrationData;
  readonly batch: number;
  /** `float32` for the float dataflow. */
  readonly case: Case | 'float32';
  /** [batch, …] */
  readonly images: Float32Array;
}

export interface Fleet extends Contestant {
  close(): Promise<void>;
}

/** `batches` batches a run, shared out evenly over `threads`. */
export async function fleet(
  model: Model,
  of: FleetTask['case'],
  threads: number,
  batch: number,
  batches: number,
): Promise<Fleet> {
  const task: FleetTask = {
    network: model.network,
    parameters: [...model.parameters],
    batch,
    case: of,
    calibration: calibrationData(model.calibration),
    images: model.testImages(batch),
  };
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('./fleet-thread.mjs', import.meta.url), { workerData: task }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return {
    name: `${threads} threads`,
    async run() {
      const answers = workers.map((worker) => once(worker, 'message'));
      for (const [i, worker] of workers.entries()) {
        worker.postMessage(Math.floor(((i + 1) * batches) / threads) - Math.floor((i * batches) / threads));
      }
      await Promise.all(answers);
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
