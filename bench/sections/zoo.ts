/** Every network of the zoo: narrow formats beside our float32 and onnxruntime-node's, and two threads. */
import { compileFloat } from '../../dist/networks/dataflows/float.js';
import type { Plan } from '../../dist/networks/plan.js';
import type { Bench, Section } from '../bench.js';
import { fleet } from '../contestants/fleet.js';
import { sameNetwork } from '../contestants/same-network.js';
import type { Case } from '../formats.js';
import { emacPlan } from '../networks/plans.js';
import type { Model } from '../networks/trained.js';
import { zooNames } from '../networks/zoo.js';
import { race, type Times } from '../race.js';
import { type BenchRow, NOT_MEASURED, spreadColumns } from '../rows.js';
import { speedRatio, spreadOf } from '../statistics.js';

const linear = (format: string): Case => ({ format, quantizer: 'linear' });
const rounding = (format: string): Case => ({ format, quantizer: 'rounding' });

/** One of each kind of up to 8 bits, two with scale 1 too; fixed point with a power of two as its scale is fixed8 with q chosen. */
const FULL_CASES: readonly Case[] = [
  linear('posit8es1'),
  rounding('posit8es1'),
  linear('posit6es1'),
  linear('float8e4m3fn'),
  rounding('float8e4m3fn'),
  linear('float6e3m2f'),
  { format: 'fixed8q5', quantizer: 'linear:mse:pow2' },
  linear('affine8'),
  linear('pow2int8'),
];

const CASES = {
  quick: [linear('posit8es1'), linear('float8e4m3fn'), linear('affine8')],
  full: FULL_CASES,
} as const;

const BATCH = { quick: 16, full: 64 } as const;

const EFFORT = {
  quick: { rounds: 3, slice: 1, patience: 400 },
  full: { rounds: 9, slice: 50, patience: 10_000 },
} as const;

/** The format that two threads share the work of. */
const SHARED: Case = linear('posit8es1');

/** Networks that are run on two threads: starting these takes seconds. */
const SHARES = {
  quick: (name: string) => name === 'resnet8',
  full: () => true,
} as const;

/** Milliseconds that one thread works in a run that is measured on two. */
const SHARED_TIME = { quick: 100, full: 1000 } as const;

const SHARED_EFFORT = {
  quick: { rounds: 2, slice: 0, patience: 1000 },
  full: { rounds: 5, slice: 0, patience: 60_000 },
} as const;

async function measure(bench: Bench): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const name of zooNames()) {
    const model = await bench.models.zoo(name);
    const { own, milliseconds } = await oneThread(bench, model);
    rows.push(...own);
    if (SHARES[bench.effort](name)) rows.push(await twoThreads(bench, model, milliseconds));
  }
  return rows;
}

/** `milliseconds`: of a batch in the format that is then shared. */
async function oneThread(
  bench: Bench,
  model: Model,
): Promise<{ own: readonly BenchRow[]; milliseconds: number }> {
  const { effort, progress } = bench;
  const batch = BATCH[effort];
  const images = model.testImages(batch);
  const runOf = (plan: Plan) => ({ run: () => void plan.run(images, batch) });
  progress.say(`zoo: ${model.name}, one thread`, progressOf(model));
  const float = compileFloat(model.program, { batch });
  const runtimes = await sameNetwork(float, images, ['onnxruntime-node']);
  const cases: readonly Case[] = CASES[effort];
  const formats = cases.map((one) => ({
    name: nameOf(one),
    ...runOf(emacPlan(model.program, model.calibration, one, batch)),
  }));
  const times = await race([{ name: 'float32', ...runOf(float) }, ...runtimes, ...formats], EFFORT[effort]);
  for (const runtime of runtimes) await runtime.release();
  const byName = new Map(cases.map((one) => [nameOf(one), one]));
  return {
    own: [...times.keys()].map((name) => rowOf(model, name, byName.get(name), batch, times)),
    milliseconds: spreadOf(times.get(nameOf(SHARED))!).median,
  };
}

const progressOf = ({ network }: Model): number => zooNames().indexOf(network.name) / zooNames().length;

const nameOf = ({ format, quantizer }: Case): string => `${format} ${quantizer}`;

async function twoThreads(
  { effort, progress }: Bench,
  model: Model,
  milliseconds: number,
): Promise<BenchRow> {
  progress.say(`zoo: ${model.name}, two threads`, progressOf(model));
  const batch = BATCH[effort];
  // an even number, so that both threads have as much to do
  const batches = 2 * Math.max(1, Math.round(SHARED_TIME[effort] / milliseconds / 2));
  const fleets = [];
  for (const threads of [1, 2]) fleets.push(await fleet(model, SHARED, threads, batch, batches));
  const times = await race(fleets, SHARED_EFFORT[effort]);
  for (const one of fleets) await one.close();
  const own = times.get('2 threads')!;
  return {
    ...factsOf(model, nameOf(SHARED), SHARED, 2, batch),
    ...spreadColumns('images_per_second', speedOf(own, batch * batches)),
    ...spreadColumns('per_one_thread', speedRatio(own, times.get('1 threads')!)),
    ...spreadColumns('one_thread_seconds', spreadOf(times.get('1 threads')!.map((time) => time / 1000))),
  };
}

const speedOf = (own: readonly number[], images: number) =>
  spreadOf(own.map((time) => (images / time) * 1000));

function factsOf(
  model: Model,
  name: string,
  one: Case | undefined,
  threads: number,
  batch: number,
): BenchRow {
  return {
    network: model.network.name,
    input: model.network.input.join('×'),
    dataset: model.dataset.name,
    format: one?.format ?? name,
    quantizer: one?.quantizer ?? NOT_MEASURED,
    threads,
    batch,
  };
}

function rowOf(model: Model, name: string, one: Case | undefined, batch: number, times: Times): BenchRow {
  const own = times.get(name)!;
  return {
    ...factsOf(model, name, one, 1, batch),
    ...spreadColumns('images_per_second', speedOf(own, batch)),
    ...spreadColumns('per_float32', speedRatio(own, times.get('float32')!)),
    ...spreadColumns('per_ort_node', speedRatio(own, times.get('onnxruntime-node')!)),
  };
}

export const zooSection: Section = {
  name: 'zoo',
  title:
    'The zoo at the largest inputs it has weights for, images to classes (images a second; times as fast as …)',
  shown: [
    'network',
    'format',
    'quantizer',
    'threads',
    'images_per_second_median',
    'per_float32_median',
    'per_float32_min',
    'per_float32_max',
    'per_ort_node_median',
    'per_one_thread_median',
    'one_thread_seconds_median',
  ],
  run: measure,
};
