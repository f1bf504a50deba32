/** The exact product of every format beside bare products, the prototype's and ONNX Runtime's, in one run. */
import { decodeTensor } from '../../dist/quantizers/encoder.js';
import type { Bench, Section } from '../bench.js';
import { bareProduct } from '../contestants/bare.js';
import { bulkEncoder } from '../contestants/encoder.js';
import { checkExact, type ExactProduct, exactProduct } from '../contestants/exact.js';
import { onnxModel, RUNTIMES } from '../contestants/onnxruntime.js';
import { prototypeEncoder, prototypeProduct } from '../contestants/prototype.js';
import { type Case, CHOSEN, everyNarrowCase, QUICK_CHOSEN, WIDE } from '../formats.js';
import { codedProduct, type RealProduct, realProduct, SHAPES, type Shape, shapeName } from '../layers.js';
import { onnxOfProduct } from '../onnx/export.js';
import { PARTS, type Part, partsOf, profileRun } from '../profile.js';
import { type Contestant, race, type Times } from '../race.js';
import { type BenchRow, NOT_MEASURED, significant, spreadColumns } from '../rows.js';
import { median, type Spread, speedRatio, spreadOf } from '../statistics.js';

/** Formats of one race: few enough that a round is short beside the machine's moods. */
const GROUP = 6;

/** Runs of a profile. */
const PROFILED = 5;

const BARE = ['int8', 'int16', 'float32', 'float64'] as const;
const PROTOTYPES = ['int16', 'float32', 'float64'] as const;

const EFFORT = {
  quick: { rounds: 5, slice: 4, patience: 250 },
  full: { rounds: 9, slice: 10, patience: 3000 },
} as const;

const nameOf = ({ format, quantizer }: Case): string => `${format} ${quantizer}`;

/** Formats measured together, and the rivals beside them. */
interface Field {
  readonly cases: readonly Case[];
  readonly rivals: 'all' | 'those of the targets';
}

/** Chosen formats on every shape; on the two shapes that targets are set for, every other format as well. */
function fieldsOf(shape: Shape, effort: Bench['effort']): readonly Field[] {
  const wide = shape.k >= 576 ? WIDE : [];
  if (effort === 'quick') return [{ cases: [...QUICK_CHOSEN, ...wide.slice(0, 2)], rivals: 'all' }];
  const chosen = [...groupsOf(CHOSEN), ...groupsOf(wide)].map((cases): Field => ({ cases, rivals: 'all' }));
  if (shape.k !== 784 && shape.k !== 256) return chosen;
  const names = new Set(CHOSEN.map(nameOf));
  const others = everyNarrowCase().filter((one) => !names.has(nameOf(one)));
  return [...chosen, ...groupsOf(others).map((cases): Field => ({ cases, rivals: 'those of the targets' }))];
}

function groupsOf(cases: readonly Case[]): (readonly Case[])[] {
  const groups = [];
  for (let from = 0; from < cases.length; from += GROUP) groups.push(cases.slice(from, from + GROUP));
  return groups;
}

/** What the ratios of the targets are of, besides bare float64 for wide formats. */
const OF_TARGETS: readonly string[] = ['bare int16', 'bare float32', 'prototype float32'];

/** The shapes of the quick version. */
const QUICK_SHAPES: readonly number[] = [784, 256];

async function measure(bench: Bench): Promise<readonly BenchRow[]> {
  const shapes = SHAPES.filter(({ k }) => bench.effort === 'full' || QUICK_SHAPES.includes(k));
  const rows: BenchRow[] = [];
  for (const shape of shapes) rows.push(...(await measureShape(bench, shape)));
  return rows;
}

async function measureShape(bench: Bench, shape: Shape): Promise<BenchRow[]> {
  const product = realProduct(shape, await bench.models.get(shape.model));
  const rivals = await rivalsOf(bench, product);
  const fields = fieldsOf(shape, bench.effort);
  const rows: BenchRow[] = [];
  const rivalTimes = new Map<string, number[]>(rivals.map(({ name }) => [name, []]));
  for (const [turn, { cases, rivals: which }] of fields.entries()) {
    bench.progress.say(`products ${shapeName(shape)}, ${nameOf(cases[0]!)}`, turn / fields.length);
    const coded = cases.map((one) => codedProduct(product, one));
    const exact = cases.map((one, i) => exactProduct(nameOf(one), coded[i]!));
    for (const [i, one] of exact.entries()) checkExact(one, coded[i]!);
    const beside = which === 'all' ? rivals : rivals.filter(({ name }) => OF_TARGETS.includes(name));
    const times = await race([...beside, ...exact], EFFORT[bench.effort]);
    const absent = new Array<number>(EFFORT[bench.effort].rounds).fill(Number.NaN);
    for (const [name, all] of rivalTimes) all.push(...(times.get(name) ?? absent));
    for (const [i, one] of exact.entries()) {
      const { format, quantizer } = cases[i]!;
      rows.push({
        ...rowOf(shape, 'exact', format, quantizer, times.get(one.name)!, times),
        slices: coded[i]!.slices,
        ...tierColumns(one.shares()),
        ...(await profileColumns(bench, one)),
      });
    }
  }
  const whole: Times = rivalTimes;
  const bare = rivals.map(({ name }) => rowOf(shape, 'rival', name, NOT_MEASURED, whole.get(name)!, whole));
  for (const rival of rivals) await rival.release?.();
  return [...bare, ...rows];
}

type Rival = Contestant & { readonly release?: () => Promise<void> };

async function rivalsOf({ prototype }: Bench, product: RealProduct): Promise<Rival[]> {
  const rivals: Rival[] = BARE.map((kind) => bareProduct(kind, product)).filter(
    (rival) => rival !== undefined,
  );
  if (prototype) rivals.push(...PROTOTYPES.map((kind) => prototypeProduct(prototype, kind, product)));
  const { m, k } = product.shape;
  const model = onnxOfProduct(m, product.step);
  for (const kind of RUNTIMES) rivals.push(await onnxModel(kind, model, product.activations, [m, k]));
  return rivals;
}

function rowOf(
  shape: Shape,
  kind: 'exact' | 'rival',
  format: string,
  quantizer: string,
  own: readonly number[],
  times: Times,
): BenchRow {
  const { m, n, k } = shape;
  const speed = spreadOf(own.map((time) => (m * n * k) / time / 1e6));
  const against = (name: string) => {
    const other = times.get(name);
    return other && speedRatio(own, other);
  };
  return {
    shape: shapeName(shape),
    m,
    n,
    k,
    layer: `${shape.model}/${shape.layer}`,
    kind,
    format,
    quantizer,
    ...spreadColumns('gmacs', speed),
    ...spreadColumns('per_int16', against('bare int16')),
    ...spreadColumns('per_float32', against('bare float32')),
    ...spreadColumns(
      'per_best_float32',
      speedRatio(own, fastest(times, ['bare float32', 'prototype float32'])),
    ),
    ...spreadColumns('per_float64', against('bare float64')),
    ...spreadColumns('per_prototype_int16', against('prototype int16')),
    ...spreadColumns('per_prototype_float32', against('prototype float32')),
    ...spreadColumns('per_prototype_float64', against('prototype float64')),
    ...spreadColumns('per_ort_web', against('onnxruntime-web')),
    ...spreadColumns('per_ort_node', against('onnxruntime-node')),
    rounds: speed.count,
  };
}

/** Round by round the least time of several. */
function fastest(times: Times, names: readonly string[]): number[] {
  const known = names.map((name) => times.get(name)).filter((one) => one !== undefined);
  return known[0]!.map((_, round) => Math.min(...known.map((one) => one[round]!)));
}

function tierColumns(shares: Readonly<Record<string, number>> | undefined): BenchRow {
  const entries = Object.entries(shares ?? {}).map(([tier, share]) => [`share_${tier}`, significant(share)]);
  return Object.fromEntries(entries);
}

/** Milliseconds of the parts of a run, and the round stage against a bulk encode of as many values. */
async function profileColumns({ prototype }: Bench, product: ExactProduct): Promise<BenchRow> {
  const { output } = product.layer;
  // near what the layer gives, but between the codes
  const values = Float32Array.from(decodeTensor(product.outputs(), output), (value) => 1.01 * value);
  const encoders = [bulkEncoder(output, values)];
  if (prototype && output.format.bits <= 8) encoders.push(prototypeEncoder(prototype, values, 256));
  const parts: Readonly<Record<Part, number>>[] = [];
  const watched = {
    name: 'watched',
    run: () => void parts.push(partsOf(profileRun(product.kernels, () => void product.run()))),
  };
  const encodes = await race([...encoders, watched], { rounds: PROFILED, slice: 0, patience: 1000 });
  const measured = parts.slice(-PROFILED);
  const columns = PARTS.map((part) => [`${part}_ms`, significant(median(measured.map((one) => one[part])))]);
  const rounding = measured.map((one) => one.rounding);
  const ratio = (name: string): Spread | undefined => {
    const times = encodes.get(name);
    return times && spreadOf(rounding.map((time, run) => time / (times[run] ?? Number.NaN)));
  };
  return {
    ...Object.fromEntries(columns),
    ...spreadColumns('round_per_encode', ratio('bulk encode')),
    ...spreadColumns('round_per_round8', ratio('prototype round8')),
  };
}

export const gemmSection: Section = {
  name: 'gemm',
  title: 'Exact products of trained layers, one thread (GMAC/s, and times as fast as …)',
  shown: [
    'shape',
    'format',
    'quantizer',
    'gmacs_median',
    'gmacs_min',
    'gmacs_max',
    'per_int16_median',
    'per_float32_median',
    'per_float64_median',
    'per_ort_web_median',
    'per_ort_node_median',
    'share_int16',
    'share_float64',
    'share_limbs',
    'round_per_encode_median',
  ],
  run: measure,
};
