/** How the cost grows with K, with the batch and with threads. */
import { availableParallelism } from 'node:os';
import { compileFloat } from '../../dist/networks/dataflows/float.js';
import type { Bench, Section } from '../bench.js';
import { bareProduct } from '../contestants/bare.js';
import { exactProduct } from '../contestants/exact.js';
import { fleet } from '../contestants/fleet.js';
import type { Case } from '../formats.js';
import { codedProduct, type RealProduct, realProduct, SHAPES } from '../layers.js';
import { emacPlan } from '../networks/plans.js';
import { race } from '../race.js';
import { type BenchRow, spreadColumns } from '../rows.js';
import { speedRatio, spreadOf } from '../statistics.js';

const CASE: Case = { format: 'posit8es1', quantizer: 'rounding' };

const [ROWS, CHANNELS] = [64, 64];

const EFFORT = {
  quick: { rounds: 3, slice: 4, patience: 300 },
  full: { rounds: 7, slice: 15, patience: 3000 },
} as const;

const KS = { quick: [16, 784, 8192], full: [16, 64, 256, 784, 2048, 8192, 32_768, 65_536] } as const;
const BATCHES = { quick: [1, 64], full: [1, 4, 16, 64, 256] } as const;

/** Images of one run of several threads. */
const FLEET = { batch: 64, batches: 8 } as const;

async function measure(bench: Bench): Promise<readonly BenchRow[]> {
  return [
    ...(await growthWithK(bench)),
    ...(await growthWithBatch(bench)),
    ...(await growthWithThreads(bench)),
  ];
}

const rowOf = (axis: string, value: number, unit: string, columns: BenchRow): BenchRow => ({
  axis,
  value,
  ...CASE,
  unit,
  ...columns,
});

async function growthWithK(bench: Bench): Promise<BenchRow[]> {
  const shape = SHAPES.find(({ k }) => k === 784)!;
  const whole = realProduct(shape, await bench.models.get(shape.model));
  const rows: BenchRow[] = [];
  for (const k of KS[bench.effort]) {
    bench.progress.say(`growth with K, ${k}`, 0);
    const product = ofDepth(whole, k);
    const exact = exactProduct('exact', codedProduct(product, CASE));
    const times = await race([bareProduct('int16', product)!, exact], EFFORT[bench.effort]);
    const own = times.get('exact')!;
    const speed = spreadOf(own.map((time) => (ROWS * CHANNELS * k) / time / 1e6));
    const ratio = speedRatio(own, times.get('bare int16')!);
    rows.push(
      rowOf('K', k, 'GMAC/s', { ...spreadColumns('speed', speed), ...spreadColumns('per_int16', ratio) }),
    );
  }
  return rows;
}

/** The product's first rows and channels with K made shorter, or longer by repeating its columns. */
function ofDepth({ shape, model, step, activations }: RealProduct, k: number): RealProduct {
  const columns = (values: Float32Array, rows: number): Float32Array => {
    const out = new Float32Array(rows * k);
    for (let i = 0; i < out.length; i++) out[i] = values[Math.floor(i / k) * shape.k + ((i % k) % shape.k)]!;
    return out;
  };
  return {
    shape: { ...shape, m: ROWS, n: CHANNELS, k },
    model,
    activations: columns(activations, ROWS),
    step: {
      ...step,
      k,
      outChannels: CHANNELS,
      bias: step.bias.slice(0, CHANNELS),
      weights: columns(step.weights, CHANNELS),
    },
  };
}

async function growthWithBatch(bench: Bench): Promise<BenchRow[]> {
  const model = await bench.models.get('lenet5');
  const rows: BenchRow[] = [];
  for (const batch of BATCHES[bench.effort]) {
    bench.progress.say(`growth with the batch, ${batch}`, 0);
    const images = model.testImages(batch);
    const float = compileFloat(model.program, { batch });
    const plan = emacPlan(model.program, model.calibration, CASE, batch);
    const contestants = [
      { name: 'float32', run: () => void float.run(images, batch) },
      { name: 'exact', run: () => void plan.run(images, batch) },
    ];
    const times = await race(contestants, EFFORT[bench.effort]);
    const own = times.get('exact')!;
    const speed = spreadOf(own.map((time) => (batch / time) * 1000));
    const ratio = speedRatio(own, times.get('float32')!);
    rows.push(
      rowOf('batch', batch, 'images/s', {
        ...spreadColumns('speed', speed),
        ...spreadColumns('per_float32', ratio),
      }),
    );
  }
  return rows;
}

async function growthWithThreads(bench: Bench): Promise<BenchRow[]> {
  const model = await bench.models.get('lenet5');
  const most = availableParallelism();
  const counts = [1, 2, 4, 8].filter((count) => count <= most);
  const { batch, batches } = FLEET;
  bench.progress.say('growth with threads', 0);
  const fleets = [];
  for (const count of counts) fleets.push(await fleet(model, CASE, count, batch, batches));
  const times = await race(fleets, EFFORT[bench.effort]);
  for (const one of fleets) await one.close();
  return counts.map((count) => {
    const own = times.get(`${count} threads`)!;
    const speed = spreadOf(own.map((time) => ((batch * batches) / time) * 1000));
    const ratio = speedRatio(own, times.get('1 threads')!);
    return rowOf('threads', count, 'images/s', {
      ...spreadColumns('speed', speed),
      ...spreadColumns('per_one_thread', ratio),
    });
  });
}

export const growthSection: Section = {
  name: 'growth',
  title: 'Growth with K (64 × 64 outputs), with the batch and with threads (LeNet-5)',
  shown: [
    'axis',
    'value',
    'format',
    'unit',
    'speed_median',
    'speed_min',
    'speed_max',
    'per_int16_median',
    'per_float32_median',
    'per_one_thread_median',
  ],
  run: measure,
};
