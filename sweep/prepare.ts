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
import type { TrainingOptions } from '../networks/training/options.js';
import { train } from '../networks/training/train.js';
import { type SeedContext, shareProgram } from './context.js';
import type { SweepProgress } from './progress.js';
import { BATCH } from './share.js';

/** Thrown where an abort found a training on its way; its last epoch is kept. */
export class Stopped extends Error {}

/**
 * Trains with a checkpoint an epoch in a folder of its own; after a kill it goes on from there to the same bits,
 * and over a damaged checkpoint it starts again. Throws Stopped on abort.
 */
export async function trainedParameters(
  network: Network,
  dataset: Dataset,
  recipe: Partial<TrainingOptions> & { readonly seed: number },
  folder: string,
  progress: SweepProgress,
  signal?: AbortSignal,
): Promise<Parameters> {
  const checkpoint = join(folder, `training-${recipe.seed}`);
  let begun = false;
  const trained = await train(network, dataset, recipe, {
    checkpoint,
    start: 'continue',
    onNote: (text) => progress.note(text),
    onProgress({ epoch, epochs, batch, batches }) {
      if (signal?.aborted) throw new Stopped();
      const done = (epoch - 1) * batches + batch;
      if (!begun) progress.begin(`training ${network.name}, batch`, epochs * batches, done);
      begun = true;
      progress.reach(done);
    },
  });
  if (signal?.aborted) throw new Stopped();
  progress.end();
  const last = trained.history.at(-1);
  if (begun && last) {
    const percent = ((100 * last.testCorrect) / last.testCount).toFixed(2);
    progress.note(`trained ${network.name} on ${dataset.name}: ${percent} % of the test images in float32`);
  }
  return trained.parameters;
}

/** Calibrates a trained network and takes the float32 predictions of the first test images. */
export function seedContext(
  network: Network,
  parameters: Parameters,
  dataset: Dataset,
  choices: {
    readonly seed: number;
    readonly calibrationImages: readonly number[];
    readonly testImages: number;
    readonly trainedOn: string | undefined;
  },
): SeedContext {
  const program = lower(network, parameters);
  const plan = compileFloat(program, { batch: BATCH });
  const { predictions } = evaluatePlan(plan, dataset, dataset.test, firstIndices(choices.testImages));
  const baseline = new Int32Array(new SharedArrayBuffer(predictions.byteLength));
  baseline.set(predictions);
  const counts = choices.calibrationImages.map((count) => Math.min(count, dataset.train.count));
  const calibrations = [...new Set(counts)].map((count) => {
    const indices = calibrationIndices(dataset, count, choices.seed);
    return calibrationData(collectHistograms(plan, imageBatches(dataset, dataset.train, indices, BATCH)));
  });
  return {
    seed: choices.seed,
    program: shareProgram(program),
    weightsHash: weightsHash(parameters).slice(0, 16),
    trainedOn: choices.trainedOn,
    baseline,
    calibrations,
  };
}
