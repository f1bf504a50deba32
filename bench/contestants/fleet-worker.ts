/** A thread of a fleet: compiles its plan, says so, then runs as many batches as each message asks for. */
import { parentPort, workerData } from 'node:worker_threads';
import { calibrationFrom } from '../../dist/networks/calibration.js';
import { compileFloat } from '../../dist/networks/dataflows/float.js';
import { lower } from '../../dist/networks/lower.js';
import '../../dist/platform/kernel-files.js';
import { emacPlan } from '../networks/plans.js';
import type { FleetTask } from './fleet.js';

const { network, parameters, calibration, batch, case: of, images } = workerData as FleetTask;
const program = lower(network, new Map(parameters));
const plan =
  of === 'float32'
    ? compileFloat(program, { batch })
    : emacPlan(program, calibrationFrom(calibration), of, batch);
plan.run(images, batch);
parentPort!.on('message', (batches: number) => {
  for (let i = 0; i < batches; i++) plan.run(images, batch);
  parentPort!.postMessage('done');
});
parentPort!.postMessage('ready');
