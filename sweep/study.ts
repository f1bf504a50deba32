/**
 * A network with weights, calibrated and ready to be tried in formats, in this thread: what a notebook or a program of
 * one's own starts from. The rows are those of a sweep of the same choices.
 */
import { type Dataset, nameOf } from '../datasets/dataset.js';
import { calibrationIndices } from '../datasets/load.js';
import { holdOut } from '../datasets/validation.js';
import { UserError } from '../errors.js';
import { firstIndices, imageBatches } from '../networks/batches.js';
import { type Calibration, calibrationFrom, type ImageBatch } from '../networks/calibration.js';
import { compileFloat } from '../networks/dataflows/float.js';
import { checkFits } from '../networks/evaluation.js';
import type { EpochRecord } from '../networks/files/checkpoint.js';
import { loadModel } from '../networks/files/model.js';
import { lower } from '../networks/lower.js';
import type { Network, Parameters } from '../networks/network.js';
import { checkParameters } from '../networks/parameters.js';
import type { Plan } from '../networks/plan.js';
import type { Program } from '../networks/program.js';
import type { TrainingOptions } from '../networks/training/options.js';
import { train } from '../networks/training/train.js';
import { getNetwork } from '../networks/zoo/registry.js';
import { packageVersion } from '../platform/version.js';
import { baselineEntry } from './baseline.js';
import { checkPlan } from './check.js';
import type { SweepRow } from './columns.js';
import type { SweepContext } from './context.js';
import { Evaluator } from './evaluate.js';
import { heldOutOf } from './held-out.js';
import type { Entry } from './journal.js';
import { planSweep } from './plan.js';
import type { Point } from './point.js';
import { labelsAt, rightIn } from './predict.js';
import { predictionsOf } from './predictions.js';
import { seedContext } from './prepare.js';
import { SILENCE } from './progress.js';
import { rowOf } from './rows.js';
import { layerSensitivity } from './sensitivity/measure.js';
import type { SensitivityRequest } from './sensitivity/request.js';
import type { Sensitivity } from './sensitivity/result.js';
import { BATCH } from './share.js';
import { checkSpec } from './spec.js';
import type { StudyAxes } from './study-axes.js';
import type { SummaryRow } from './summary/columns.js';
import { summarize } from './summary/summarize.js';
import { Threads } from './threads.js';

/** Where the network and its weights come from. */
export type StudySource =
  /** Of the zoo by its name, or of one's own, trained now. */
  | { readonly network: string | Network; readonly training: Partial<TrainingOptions> }
  /** With weights of its own. */
  | { readonly network: Network; readonly parameters: Parameters }
  /** The directory of a model that `train` or `saveModel` saved. */
  | { readonly model: string };

export type StudyOptions = StudySource & {
  readonly dataset: Dataset;
  /** The first ones; all by default. */
  readonly testImages?: number;
  /** Training images that set scales; 1,000 by default, fewer where there are fewer. */
  readonly calibrationImages?: number;
  readonly seed?: number;
  /** Files that register formats of one's own: what `parallelRows` tells its threads. */
  readonly plugins?: readonly string[];
  /** Threads of a training, 1 by default; the weights are the same for any number. */
  readonly threads?: number;
};

export interface Study {
  readonly network: Network;
  readonly parameters: Parameters;
  readonly program: Program;
  /** Of the training, epoch by epoch; empty where the weights were given. */
  readonly history: readonly EpochRecord[];
  /** How many of the test images float32 has right. */
  readonly test: { readonly correct: number; readonly count: number };
  /** The float dataflow, compiled. */
  readonly float: Plan;
  readonly calibration: Calibration;
  /** The calibration images, batch by batch, normalised. */
  batches(): Iterable<ImageBatch>;
  /** The float32 baseline's row, then the rows of every point of `axes`. Throws UserError as a spec does. */
  rows(axes: StudyAxes): SweepRow[];
  /** The same rows, bit for bit, on so many threads, this one counted. Throws UserError also for a point that failed. */
  parallelRows(axes: StudyAxes, threads: number): Promise<SweepRow[]>;
  /** Which layer each format hurts, and an assignment that widens those; on so many threads, 1 by default, with the same result. */
  sensitivity(request: SensitivityRequest, threads?: number): Promise<Sensitivity>;
  /** What the rows of `axes` show: a line for each, with its intervals and tests, for tables and figures. */
  summary(axes: StudyAxes): SummaryRow[];
}

/**
 * Trains (float32) where no weights are given, and calibrates. Throws UserError where network, weights and data set do
 * not fit. Worker threads know formats of the study's own only by the files in `plugins`.
 */
export async function startStudy(options: StudyOptions): Promise<Study> {
  const { dataset, seed = 0, plugins = [] } = options;
  const testImages = Math.min(options.testImages ?? dataset.test.count, dataset.test.count);
  const calibrationImages = Math.min(options.calibrationImages ?? 1000, dataset.train.count);
  const { network, parameters, history, trainedOn, validation } = await weightsOf(options, seed);
  const context = seedContext(network, parameters, dataset, {
    seed,
    testImages,
    trainedOn,
    validation,
    calibrationImages: [calibrationImages],
  });
  const program = lower(network, parameters);
  const labels = labelsAt(dataset.test, firstIndices(testImages));
  const all: SweepContext = { dataset, seeds: [context], plugins, version: packageVersion() };
  const evaluator = new Evaluator(all);
  const indices = calibrationIndices(dataset, calibrationImages, seed, validation);
  return {
    network,
    parameters,
    program,
    history,
    test: { correct: rightIn(context.baseline, labels), count: testImages },
    float: compileFloat(program, { batch: BATCH }),
    calibration: calibrationFrom(context.calibrations.get(calibrationImages)!),
    batches: () => imageBatches(dataset, dataset.train, indices, BATCH),
    rows(axes) {
      const { baseline, points } = planned(axes);
      return rowsOf([baseline, ...points.map((point) => evaluator.evaluate(point))]);
    },
    summary(axes) {
      const { baseline, points } = planned(axes);
      const entries = [baseline, ...points.map((point) => evaluator.evaluate(point))];
      const predicted = entries.map((entry, i) => ({
        kind: i === 0 ? ('baseline' as const) : ('point' as const),
        seed,
        entry,
      }));
      return summarize(rowsOf(entries), predictionsOf(labels, predicted));
    },
    async parallelRows(axes, threads) {
      const { baseline, points } = planned(axes);
      const workers = new Threads(all, threads);
      try {
        return rowsOf([baseline, ...(await workers.evaluate(points))]);
      } finally {
        await workers.close();
      }
    },
    async sensitivity(request, threads = 1) {
      const workers = new Threads(all, threads);
      try {
        const bench = { context: all, threads: workers, calibrationImages, progress: SILENCE };
        return await layerSensitivity(bench, request);
      } finally {
        await workers.close();
      }
    },
  };

  function planned(axes: StudyAxes): { readonly baseline: Entry; readonly points: readonly Point[] } {
    const fixed = { testImages, calibrationImages: [calibrationImages], seed: [seed] };
    // what a spec must name; the study has it already
    const names = { name: 'study', dataset: dataset.name, network: network.name, training: {} };
    const spec = checkSpec({ ...axes, ...fixed, ...names }, 'study');
    const plan = planSweep(spec);
    checkPlan(plan, spec, network);
    return { baseline: baselineEntry(context, dataset, spec), points: plan.points };
  }
}

function rowsOf(entries: readonly Entry[]): SweepRow[] {
  return entries.flatMap(({ rows }) => rows.map(rowOf));
}

interface StudyWeights {
  readonly network: Network;
  readonly parameters: Parameters;
  readonly history: readonly EpochRecord[];
  readonly trainedOn: string | undefined;
  readonly validation: Uint32Array | undefined;
}

async function weightsOf(source: StudyOptions, seed: number): Promise<StudyWeights> {
  const { dataset, threads = 1, plugins = [] } = source;
  if ('model' in source) {
    const { network, parameters, data } = await loadModel(source.model);
    checkFits(network, dataset);
    const validation = heldOutOf(data, dataset);
    return { network, parameters, history: [], trainedOn: data?.dataset, validation };
  }
  const network =
    typeof source.network === 'string'
      ? getNetwork(source.network, dataset.shape, dataset.classes.length)
      : source.network;
  checkFits(network, dataset);
  if ('parameters' in source) {
    checkParameters(network, source.parameters);
    const unknown = { trainedOn: undefined, validation: undefined };
    return { network, parameters: source.parameters, history: [], ...unknown };
  }
  if (source.training === undefined) {
    throw new UserError('a study needs training (a recipe, {} for the default), parameters or model');
  }
  const { parameters, history } = await train(
    network,
    dataset,
    { ...source.training, seed },
    { threads, plugins },
  );
  const { validation } = holdOut(dataset.train.count, seed);
  return { network, parameters, history, trainedOn: nameOf(dataset), validation };
}
