/**
 * Time an image takes alone, in floats and in integers: the networks and sets of Tables 2 and 3 of "Machine Learning Compression
 * for On-The-Edge Devices", on this host. Integers of ours are int8 with a weight scale a channel, and uint8; onnxruntime's are
 * the same int8 network.
 */
import { DEFAULT_CHOICES } from '../../dist/emac/layer/choices.js';
import { NEAREST_EVEN } from '../../dist/formats/format.js';
import { createKernels } from '../../dist/kernels/loader.js';
import { makeEncodings } from '../../dist/networks/calibration.js';
import { compileFloat } from '../../dist/networks/dataflows/float.js';
import { compileInteger } from '../../dist/networks/dataflows/integer.js';
import type { Plan } from '../../dist/networks/plan.js';
import type { EncodingTable } from '../../dist/networks/program.js';
import { parseAssignment } from '../../dist/quantizers/assignment.js';
import { parseQuantizer } from '../../dist/quantizers/quantizer.js';
import type { Bench, Section } from '../bench.js';
import { onnxModel } from '../contestants/onnxruntime.js';
import { sameNetwork } from '../contestants/same-network.js';
import type { ImageSet } from '../networks/images.js';
import { emacPlan } from '../networks/plans.js';
import type { Model } from '../networks/trained.js';
import { onnxOfIntegers } from '../onnx/export.js';
import { inputDims } from '../onnx/program-graph.js';
import { type Contestant, race, type Times } from '../race.js';
import { type BenchRow, NOT_MEASURED, significant, spreadColumns } from '../rows.js';
import { speedRatio } from '../statistics.js';

const PICTURES = ['mnist', 'fashion-mnist', 'cifar-10'] as const;

const MODELS: readonly (readonly [string, ImageSet])[] = [
  ...PICTURES.map((set) => ['dcnn-large', set] as const),
  ...PICTURES.map((set) => ['dcnn-small', set] as const),
  ['conv1d-tiny', 'mnist-14'],
];

const EFFORT = {
  quick: { rounds: 5, slice: 1, patience: 400 },
  full: { rounds: 25, slice: 40, patience: 20_000 },
} as const;

/** Images whose class in onnxruntime's integers is compared with ours. */
const COMPARED = { quick: 16, full: 256 } as const;

/** Both compute one network: rounding apart, they see the same class. */
const LEAST_EQUAL = 0.9;

async function measure(bench: Bench): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [at, [network, images]] of MODELS.entries()) {
    bench.progress.say(`latency: ${network} on ${images}`, at / MODELS.length);
    rows.push(...(await rowsOf(bench, await bench.models.committed(network, images), network)));
  }
  return rows;
}

async function rowsOf({ effort }: Bench, model: Model, network: string): Promise<readonly BenchRow[]> {
  const image = model.testImages(1);
  const { program } = model;
  const float = compileFloat(program, { batch: 1 });
  const table = tableOf(model, 'affine8s', 'channel');
  const int8 = integers(model, table, 'tflite');
  const plans: [string, Plan][] = [
    ['float32', float],
    ['int8', int8],
    ['uint8', integers(model, tableOf(model, 'affine8', 'tensor'), 'jacob')],
    ['posit8es1', emacPlan(program, model.calibration, { format: 'posit8es1', quantizer: 'linear' }, 1)],
  ];
  const [native] = await sameNetwork(float, image, ['onnxruntime-node']);
  const dims = inputDims(program, 1);
  const quantized = await onnxModel('onnxruntime-node', onnxOfIntegers(program, table, 1), image, dims);
  const equal = await equalClasses(model, table, COMPARED[effort]);
  const contestants: Contestant[] = [
    ...plans.map(([name, plan]) => ({ name, run: () => void plan.run(image, 1) })),
    { name: 'onnxruntime float32', run: () => native!.run() },
    { name: 'onnxruntime int8', run: () => quantized.run() },
  ];
  const times = await race(contestants, EFFORT[effort]);
  await native!.release();
  await quantized.release();
  return contestants.map(({ name }) => ({
    network,
    dataset: model.dataset.name,
    weights: model.origin,
    arithmetic: name,
    ...latencyOf(name, times),
    classes_of_int8: name === 'onnxruntime int8' ? significant(equal) : NOT_MEASURED,
  }));
}

function tableOf({ program, calibration }: Model, weights: string, granularity: 'tensor' | 'channel') {
  return makeEncodings(program, calibration, {
    assignment: parseAssignment({ weights, activations: 'affine8', layers: {} }),
    quantizer: parseQuantizer('linear:max'),
    rounding: NEAREST_EVEN,
    granularity,
  });
}

function integers({ program }: Model, table: EncodingTable, scheme: 'tflite' | 'jacob', batch = 1): Plan {
  return compileInteger(program, table, DEFAULT_CHOICES, { batch, kernels: createKernels() }, scheme);
}

/** Share of the first test images that onnxruntime's integers and ours give the same class. Throws where they are two networks. */
async function equalClasses(model: Model, table: EncodingTable, count: number): Promise<number> {
  const { program } = model;
  const images = model.testImages(count);
  const ours = integers(model, table, 'tflite', count).run(images, count).predictions;
  const bytes = onnxOfIntegers(program, table, count);
  const theirs = await onnxModel('onnxruntime-node', bytes, images, inputDims(program, count));
  await theirs.run();
  const logits = theirs.output();
  await theirs.release();
  const { classes } = program;
  let equal = 0;
  for (let i = 0; i < count; i++) {
    const own = logits.subarray(i * classes, (i + 1) * classes);
    if (own.indexOf(own.reduce((a, b) => Math.max(a, b))) === ours[i]) equal++;
  }
  if (equal < LEAST_EQUAL * count) {
    throw new Error(
      `onnxruntime's integers of ${model.name} have another class on ${count - equal} of ${count} images`,
    );
  }
  return equal / count;
}

/** Milliseconds an image, after the warm-up: mean and standard deviation over the rounds; and beside our float32. */
function latencyOf(name: string, times: Times): BenchRow {
  const taken = times.get(name)!.filter((time) => !Number.isNaN(time));
  const mean = taken.reduce((sum, time) => sum + time, 0) / taken.length;
  const squares = taken.reduce((sum, time) => sum + (time - mean) ** 2, 0);
  return {
    milliseconds_mean: significant(mean),
    milliseconds_deviation:
      taken.length < 2 ? NOT_MEASURED : significant(Math.sqrt(squares / (taken.length - 1))),
    rounds: taken.length,
    ...spreadColumns('per_float32', speedRatio(times.get(name)!, times.get('float32')!)),
    ...spreadColumns('per_ort_node', speedRatio(times.get(name)!, times.get('onnxruntime float32')!)),
  };
}

export const latencySection: Section = {
  name: 'latency',
  title: 'One image at a time on this host, floats and integers (milliseconds; times as fast as …)',
  shown: [
    'network',
    'dataset',
    'arithmetic',
    'milliseconds_mean',
    'milliseconds_deviation',
    'per_float32_median',
    'per_ort_node_median',
    'classes_of_int8',
  ],
  run: measure,
};
