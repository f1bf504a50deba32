/**
 * A network trained, calibrated and ready to be tried in formats, in this thread and without files: what a notebook
 * or a program of one's own starts from. The rows are those of a sweep of the same choices.
 */
import { type Dataset, nameOf } from '../datasets/dataset.js';
import { calibrationIndices } from '../datasets/load.js';
import { imageBatches } from '../networks/batches.js';
import { type Calibration, calibrationFrom, type ImageBatch } from '../networks/calibration.js';
import { compileFloat } from '../networks/dataflows/float.js';
import type { EpochRecord } from '../networks/files/checkpoint.js';
import { lower } from '../networks/lower.js';
import type { Network, Parameters } from '../networks/network.js';
import type { Plan } from '../networks/plan.js';
import type { Program } from '../networks/program.js';
import type { TrainingOptions } from '../networks/training/options.js';
import { train } from '../networks/training/train.js';
import { getNetwork } from '../networks/zoo/registry.js';
import { baselineEntry } from './baseline.js';
import { checkPlan } from './check.js';
import type { SweepContext } from './context.js';
import { Evaluator } from './evaluate.js';
import type { Entry } from './journal.js';
import { type Point, planSweep } from './plan.js';
import { seedContext } from './prepare.js';
import type { Row } from './rows.js';
import { BATCH } from './share.js';
import { checkSpec } from './spec.js';
import { Threads } from './threads.js';
import { packageVersion } from './version.js';

export interface StudyOptions {
  readonly dataset: Dataset;
  /** Name of the zoo. */
  readonly network: string;
  readonly training: Partial<TrainingOptions>;
  /** Test images, the first ones; all by default. */
  readonly images?: number;
  /** Training images that set scales; 1,000 by default, fewer where there are fewer. */
  readonly calibrationImages?: number;
  readonly seed?: number;
  /** Files that register formats of one's own: what `parallelRows` tells its threads. */
  readonly plugins?: readonly string[];
}

export interface Study {
  readonly network: Network;
  readonly parameters: Parameters;
  readonly program: Program;
  /** Of the training, epoch by epoch. */
  readonly history: readonly EpochRecord[];
  /** The float dataflow, compiled. */
  readonly float: Plan;
  readonly calibration: Calibration;
  /** The calibration images, batch by batch, normalised. */
  batches(): Iterable<ImageBatch>;
  /**
   * The float32 baseline's row, then the rows of every point of `axes`: the fields of a sweep's spec but for
   * dataset, images, network, training, calibrationImages and seeds. Throws UserError as a spec does.
   */
  rows(axes: Readonly<Record<string, unknown>>): Row[];
  /** The same rows, bit for bit, on so many threads, this one counted. Throws UserError also for a point that failed. */
  parallelRows(axes: Readonly<Record<string, unknown>>, threads: number): Promise<Row[]>;
}

/**
 * Trains (float32) and calibrates. Throws UserError where network and data set do not fit. Worker threads know
 * formats of the study's own only by the files in `plugins`.
 */
export async function startStudy(options: StudyOptions): Promise<Study> {
  const { dataset, seed = 0, plugins = [] } = options;
  const images = Math.min(options.images ?? dataset.test.count, dataset.test.count);
  const calibrationImages = Math.min(options.calibrationImages ?? 1000, dataset.train.count);
  const network = getNetwork(options.network, dataset.shape, dataset.classes.length);
  const { parameters, history } = await train(network, dataset, { ...options.training, seed });
  const context = seedContext(network, parameters, dataset, {
    seed,
    calibrationImages: [calibrationImages],
    testImages: images,
    trainedOn: nameOf(dataset),
  });
  const program = lower(network, parameters);
  const all: SweepContext = { dataset, seeds: [context], plugins, version: packageVersion() };
  const evaluator = new Evaluator(all);
  const indices = calibrationIndices(dataset, calibrationImages, seed);
  return {
    network,
    parameters,
    program,
    history,
    float: compileFloat(program, { batch: BATCH }),
    calibration: calibrationFrom(context.calibrations[0]!),
    batches: () => imageBatches(dataset, dataset.train, indices, BATCH),
    rows(axes) {
      const { baseline, points } = planned(axes);
      return [baseline, ...points.map((point) => evaluator.evaluate(point))].flatMap(({ rows }) => rows);
    },
    async parallelRows(axes, threads) {
      const { baseline, points } = planned(axes);
      const workers = new Threads(all, threads);
      try {
        return [baseline, ...(await workers.evaluate(points))].flatMap(({ rows }) => rows);
      } finally {
        await workers.close();
      }
    },
  };

  function planned(axes: Readonly<Record<string, unknown>>): {
    readonly baseline: Entry;
    readonly points: readonly Point[];
  } {
    const fixed = { images, calibrationImages: [calibrationImages], seeds: [seed] };
    const names = { name: 'study', dataset: dataset.name, network: options.network, training: {} };
    const spec = checkSpec({ ...axes, ...fixed, ...names }, 'study');
    const plan = planSweep(spec);
    checkPlan(plan, spec, network);
    const { cost, units } = spec;
    return { baseline: baselineEntry(context, dataset, { cost, units }), points: plan.points };
  }
}
