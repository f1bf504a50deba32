/** What a sweep needs before its first point: a network trained, calibrated, and its baseline. */
import { join } from 'node:path';
import type { Dataset } from '../datasets/dataset.js';
import { calibrationIndices } from '../datasets/load.js';
import { firstIndices, imageBatches } from '../networks/batches.js';
import { calibrationData, collectHistograms } from '../networks/calibration.js';
import { compileFloat } from '../networks/dataflows/float.js';
import { evaluatePlan } from '../networks/evaluation.js';
import { weightsHash } from '../networks/files/model.js';
import { lower } from '../networks/lower.js';
import type { Network, Parameters } from '../networks/network.js';
import type { Plan } from '../networks/plan.js';
import type { TrainingOptions } from '../networks/training/options.js';
import { type TrainingCalls, TrainingStopped, train } from '../networks/training/train.js';
import { type SeedContext, shareProgram } from './context.js';
import type { SweepProgress } from './progress.js';
import { BATCH } from './share.js';

/** Thrown where an abort found a training on its way; what it did is kept. */
export class Stopped extends Error {}

/** Where a sweep's training runs. */
export interface TrainingRoom {
  readonly progress: SweepProgress;
  readonly signal?: AbortSignal | undefined;
  readonly threads: number;
  readonly plugins: readonly string[];
}

/**
 * Trains with a checkpoint an epoch in a folder of its own; after a kill it goes on from there to the same bits,
 * and over a damaged checkpoint it starts again. Throws Stopped on abort.
 */
export async function trainedParameters(
  network: Network,
  dataset: Dataset,
  recipe: Partial<TrainingOptions> & { readonly seed: number },
  folder: string,
  { progress, signal, threads, plugins }: TrainingRoom,
): Promise<Parameters> {
  const checkpoint = join(folder, `training-${recipe.seed}`);
  let begun = false;
  const calls: TrainingCalls = {
    checkpoint,
    threads,
    plugins,
    signal,
    start: 'continue',
    onNote: (text) => progress.note(text),
    onProgress({ epoch, epochs, batch, batches }) {
      const done = (epoch - 1) * batches + batch;
      if (!begun) progress.begin(`training ${network.name}, batch`, epochs * batches, done);
      begun = true;
      progress.reach(done);
    },
  };
  const trained = await train(network, dataset, recipe, calls).catch((error: unknown) => {
    throw error instanceof TrainingStopped ? new Stopped() : error;
  });
  if (signal?.aborted) throw new Stopped();
  progress.end();
  if (begun) {
    const percent = ((100 * trained.test.correct) / trained.test.count).toFixed(2);
    progress.note(`trained ${network.name} on ${dataset.name}: ${percent} % of the test images in float32`);
  }
  return trained.parameters;
}

/** Calibrates a trained network and takes the float32 predictions of the first test images and of the validation images. */
export function seedContext(
  network: Network,
  parameters: Parameters,
  dataset: Dataset,
  choices: {
    readonly seed: number;
    readonly calibrationImages: readonly number[];
    readonly testImages: number;
    readonly trainedOn: string | undefined;
    /** Training images that the parameters were not trained on; undefined where nobody says. */
    readonly validation: Uint32Array | undefined;
  },
): SeedContext {
  const program = lower(network, parameters);
  const plan = compileFloat(program, { batch: BATCH });
  const { predictions } = evaluatePlan(plan, dataset, dataset.test, firstIndices(choices.testImages));
  const baseline = new Int32Array(new SharedArrayBuffer(predictions.byteLength));
  baseline.set(predictions);
  const { validation } = choices;
  const calibrations = choices.calibrationImages.map((count) => {
    const indices = calibrationIndices(dataset, count, choices.seed, validation);
    const batches = imageBatches(dataset, dataset.train, indices, BATCH);
    return [count, calibrationData(collectHistograms(plan, batches))] as const;
  });
  return {
    seed: choices.seed,
    program: shareProgram(program),
    weightsHash: weightsHash(parameters).slice(0, 16),
    trainedOn: choices.trainedOn,
    baseline,
    validation: validation?.length ? validated(plan, dataset, validation) : undefined,
    calibrations: new Map(calibrations),
  };
}

function validated(plan: Plan, dataset: Dataset, indices: Uint32Array): SeedContext['validation'] {
  return { indices, baselineRight: evaluatePlan(plan, dataset, dataset.train, indices).correct };
}
