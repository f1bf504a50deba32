/** Whole networks, images to classes: our float32, every format, and both ONNX Runtimes on the same network. */
import { compileFloat } from '../../dist/networks/dataflows/float.js';
import type { Plan } from '../../dist/networks/plan.js';
import type { Bench, Section } from '../bench.js';
import { fleet } from '../contestants/fleet.js';
import { RUNTIMES } from '../contestants/onnxruntime.js';
import { sameNetwork } from '../contestants/same-network.js';
import { type Case, CHOSEN, QUICK_CHOSEN } from '../formats.js';
import { emacPlan } from '../networks/plans.js';
import type { Model, ModelName } from '../networks/trained.js';
import { race, type Times } from '../race.js';
import { type BenchRow, NOT_MEASURED, spreadColumns } from '../rows.js';
import { speedRatio, spreadOf } from '../statistics.js';

const BATCH = 64;

/** Batches a run of several threads shares out. */
const SHARED_BATCHES = 8;

const EFFORT = {
  quick: { rounds: 4, slice: 8, patience: 400 },
  full: { rounds: 9, slice: 25, patience: 5000 },
} as const;

const NETWORKS: Readonly<Record<Bench['effort'], readonly ModelName[]>> = {
  quick: ['lenet5'],
  full: ['mlp4', 'lenet5', 'cifar-net'],
};

const WIDE: Case = { format: 'posit16es1', quantizer: 'rounding' };

async function measure(bench: Bench): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const name of NETWORKS[bench.effort]) {
    const model = await bench.models.get(name);
    rows.push(...(await oneThread(bench, model)), ...(await twoThreads(bench, model)));
  }
  return rows;
}

async function oneThread(bench: Bench, model: Model): Promise<BenchRow[]> {
  const images = model.testImages(BATCH);
  const runOf = (plan: Plan) => ({ run: () => void plan.run(images, BATCH) });
  const float = compileFloat(model.program, { batch: BATCH });
  const runtimes = await sameNetwork(float, images, RUNTIMES);
  const cases = bench.effort === 'quick' ? QUICK_CHOSEN : [...CHOSEN, WIDE];
  const formats = cases.map((one) => {
    const plan = emacPlan(model.program, model.calibration, one, BATCH);
    return { name: nameOf(one), case: one, ...runOf(plan) };
  });
  bench.progress.say(`network ${model.name}, one thread`, 0);
  const times = await race(
    [{ name: 'float32', ...runOf(float) }, ...runtimes, ...formats],
    EFFORT[bench.effort],
  );
  for (const runtime of runtimes) await runtime.release();
  const named = new Map<string, Case>(formats.map((one) => [one.name, one.case]));
  return [...times.keys()].map((name) =>
    rowOf(model, name, named.get(name), 1, times.get(name)!, BATCH, times),
  );
}

async function twoThreads(bench: Bench, model: Model): Promise<BenchRow[]> {
  const cases: ('float32' | Case)[] = ['float32', ...QUICK_CHOSEN.slice(0, bench.effort === 'quick' ? 1 : 2)];
  const rows: BenchRow[] = [];
  for (const of of cases) {
    bench.progress.say(`network ${model.name}, two threads`, cases.indexOf(of) / cases.length);
    const fleets = [];
    for (const threads of [1, 2]) fleets.push(await fleet(model, of, threads, BATCH, SHARED_BATCHES));
    const times = await race(fleets, EFFORT[bench.effort]);
    for (const one of fleets) await one.close();
    const own = times.get('2 threads')!;
    const name = of === 'float32' ? of : nameOf(of);
    rows.push({
      ...rowOf(model, name, of === 'float32' ? undefined : of, 2, own, BATCH * SHARED_BATCHES, new Map()),
      ...spreadColumns('per_one_thread', speedRatio(own, times.get('1 threads')!)),
    });
  }
  return rows;
}

const nameOf = ({ format, quantizer }: Case): string => `${format} ${quantizer}`;

function rowOf(
  model: Model,
  name: string,
  one: Case | undefined,
  threads: number,
  own: readonly number[],
  images: number,
  times: Times,
): BenchRow {
  const against = (rival: string) => {
    const other = times.get(rival);
    return other && speedRatio(own, other);
  };
  const speed = spreadOf(own.map((time) => (images / time) * 1000));
  return {
    network: model.name,
    dataset: model.dataset.name,
    trained_images: model.dataset.train.count,
    format: one?.format ?? name,
    quantizer: one?.quantizer ?? NOT_MEASURED,
    threads,
    batch: BATCH,
    ...spreadColumns('images_per_second', speed),
    ...spreadColumns('seconds_per_10000', spreadOf(own.map((time) => (time / images) * 10))),
    ...spreadColumns('per_float32', against('float32')),
    ...spreadColumns('per_ort_web', against('onnxruntime-web')),
    ...spreadColumns('per_ort_node', against('onnxruntime-node')),
  };
}

export const networksSection: Section = {
  name: 'networks',
  title: 'Whole networks, images to classes (images a second; times as fast as …)',
  shown: [
    'network',
    'format',
    'quantizer',
    'threads',
    'images_per_second_median',
    'images_per_second_min',
    'images_per_second_max',
    'seconds_per_10000_median',
    'per_float32_median',
    'per_ort_web_median',
    'per_ort_node_median',
    'per_one_thread_median',
  ],
  run: measure,
};
