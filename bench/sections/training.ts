/** Training: seconds an epoch on one thread and on two, where the time goes, and both ONNX Runtimes' inference beside it. */
import { imageSize, normalizedImages } from '../../dist/datasets/dataset.js';
import { validationCount } from '../../dist/datasets/validation.js';
import { firstIndices } from '../../dist/networks/batches.js';
import { compileFloat } from '../../dist/networks/dataflows/float.js';
import { lower } from '../../dist/networks/lower.js';
import { initialParameters } from '../../dist/networks/parameters.js';
import type { Lesson } from '../../dist/networks/training/learner.js';
import { train } from '../../dist/networks/training/train.js';
import type { Bench, Section } from '../bench.js';
import { RUNTIMES } from '../contestants/onnxruntime.js';
import { sameNetwork } from '../contestants/same-network.js';
import { forwardBackward, type Trainer, trainer, trainingProfile } from '../contestants/trainer.js';
import { scaledEpoch } from '../epoch.js';
import { imagesOf } from '../networks/images.js';
import { lessonOf, SIZES, TRAININGS, type Training } from '../networks/lessons.js';
import { race } from '../race.js';
import { type BenchRow, NOT_MEASURED, significant, spreadColumns } from '../rows.js';
import { type Spread, speedRatio, spreadOf } from '../statistics.js';

/** Images that are read, and batches of a run. */
const EFFORT = {
  quick: { images: 1536, steps: 2, rounds: 3, slice: 0, patience: 4000 },
  full: { images: 8192, steps: 16, rounds: 7, slice: 0, patience: 120_000 },
} as const;

const TEST_IMAGES = 256;

/** Images that are classified to see how long an epoch's validation takes. */
const CLASSIFIED = 512;

const THREADS = [1, 2] as const;

async function measure(bench: Bench): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const training of TRAININGS) rows.push(...(await measured(bench, training)));
  return rows;
}

async function measured(bench: Bench, training: Training): Promise<BenchRow[]> {
  const { effort, epochs, models, progress } = bench;
  const { steps, images: few } = EFFORT[effort];
  const say = (what: string) =>
    progress.say(`training ${training.network}: ${what}`, TRAININGS.indexOf(training) / TRAININGS.length);
  say('batches');
  const count = epochs === 'whole' ? SIZES[training.images] : few;
  const dataset = await imagesOf(training.images, models.data, { train: count, test: TEST_IMAGES });
  const lesson = lessonOf(training, dataset);
  const trainers = THREADS.map((threads) => trainer(lesson, threads, steps));
  const images = oneBatch(lesson);
  const both = forwardBackward(lesson, images);
  const program = lower(lesson.network, initialParameters(lesson.network, 0));
  const float = compileFloat(program, { batch: lesson.options.batch });
  const runtimes = await sameNetwork(float, images, RUNTIMES);
  const times = await race([...trainers, both, ...runtimes], EFFORT[effort]);
  for (const runtime of runtimes) await runtime.release();
  const own = trainers.map(({ name }) => times.get(name)!);
  const special = [
    { ...shares(lesson, steps), ...beside(times, both.name) },
    spreadColumns('per_one_thread', speedRatio(own[1]!, own[0]!)),
  ];
  const rows: BenchRow[] = [];
  for (const [i, threads] of THREADS.entries()) {
    say(`an epoch on ${threads === 1 ? 'one thread' : 'two threads'}`);
    const seen = steps * lesson.options.batch;
    const validation = await validationTime(trainers[i]!);
    const epoch = scaledEpoch(SIZES[training.images], own[i]!, seen, validation);
    rows.push({
      ...factsOf(training, lesson, threads, steps),
      ...spreadColumns('seconds_per_epoch', epoch),
      ...spreadColumns('images_per_second', spreadOf(own[i]!.map((time) => (seen * 1000) / time))),
      ...special[i],
      whole_epoch_seconds: epochs === 'whole' ? await wholeEpoch(bench, lesson, threads) : NOT_MEASURED,
    });
  }
  for (const each of trainers) await each.close();
  return rows;
}

/** The first images of the lesson. */
function oneBatch({ dataset, options }: Lesson): Float32Array {
  const images = new Float32Array(options.batch * imageSize(dataset));
  normalizedImages(dataset, dataset.train, firstIndices(options.batch), images);
  return images;
}

function factsOf(
  { network, images }: Training,
  { dataset, options }: Lesson,
  threads: number,
  steps: number,
): BenchRow {
  return {
    network,
    dataset: dataset.name,
    threads,
    batch: options.batch,
    batches_a_run: steps,
    images_an_epoch: SIZES[images] - validationCount(SIZES[images]),
  };
}

/** Milliseconds an image of an epoch's validation. */
async function validationTime({ classify }: Trainer): Promise<number> {
  // the first time the plans are compiled
  await classify(CLASSIFIED);
  return (await classify(CLASSIFIED)) / CLASSIFIED;
}

/** A training of one epoch from its start until its validation images are classified. */
async function wholeEpoch({ progress }: Bench, lesson: Lesson, threads: number): Promise<number> {
  const from = performance.now();
  let seconds = Number.NaN;
  await train(lesson.network, lesson.dataset, lesson.options, {
    threads,
    onProgress: ({ batch, batches }) =>
      progress.say(`training ${lesson.network.name}: a whole epoch, threads: ${threads}`, batch / batches),
    onEpoch: () => {
      seconds = (performance.now() - from) / 1000;
    },
  });
  return significant(seconds);
}

/**
 * Of the time on one thread: in the products' kernels, in other kernels, outside of kernels. Every call of a kernel is
 * timed, in runs of their own; the clock takes a tenth of a microsecond of each, which counts as outside.
 */
function shares(lesson: Lesson, steps: number): BenchRow {
  const { kernels, whole } = trainingProfile(lesson, steps);
  const shareOf = (wanted: (kernel: string) => boolean): number => {
    const some = [...kernels].filter(([kernel]) => wanted(kernel));
    return significant(some.reduce((sum, [, time]) => sum + time, 0) / whole);
  };
  const [gemm, others] = [shareOf(isProduct), shareOf((kernel) => !isProduct(kernel))];
  return { gemm_share: gemm, other_kernels_share: others, outside_share: significant(1 - gemm - others) };
}

const isProduct = (kernel: string): boolean => kernel.startsWith('gemm');

/** How many times as long as inference forward and backward take; 3 would be three products of the same speed. */
function beside(times: ReadonlyMap<string, readonly number[]>, own: string): BenchRow {
  const ratio = (runtime: string): Spread => speedRatio(times.get(runtime)!, times.get(own)!);
  return {
    ...spreadColumns('of_ort_node_inference', ratio('onnxruntime-node')),
    ...spreadColumns('of_ort_web_inference', ratio('onnxruntime-web')),
  };
}

export const trainingSection: Section = {
  name: 'training',
  title:
    'Training: seconds an epoch, shares of its time, and forward + backward as × of the runtimes’ inference',
  shown: [
    'network',
    'dataset',
    'threads',
    'seconds_per_epoch_median',
    'seconds_per_epoch_min',
    'seconds_per_epoch_max',
    'whole_epoch_seconds',
    'images_per_second_median',
    'per_one_thread_median',
    'gemm_share',
    'other_kernels_share',
    'of_ort_node_inference_median',
    'of_ort_web_inference_median',
  ],
  run: measure,
};
