/** Zero operands of every layer at the points of a spec, on real images, and what skipping them saves (docs/zero-skipping.md). */
import { cyclesOf, loopCycles, type OperandForm, timeRatio, type ZeroPoints } from '../emac/cost/skipping.js';
import { requireWhole, UserError } from '../errors.js';
import { firstIndices, imageBatches } from '../networks/batches.js';
import { getDataflow } from '../networks/dataflows/registry.js';
import type { MacStep, Program } from '../networks/program.js';
import { markZeros, type Stored, ZeroOperands } from '../networks/zero-operands.js';
import { decodeTensor, encodeTensor } from '../quantizers/encoder.js';
import type { Encoding } from '../quantizers/encoding.js';
import { quantizerName } from '../quantizers/quantizer.js';
import { type CompiledPoint, Evaluator } from './evaluate.js';
import { openSpec, type PointChoices } from './opened.js';
import type { Point } from './point.js';
import { testCount } from './predict.js';
import { BATCH } from './share.js';
import type { SweepSpec } from './spec.js';

/** What one layer, or all of them (`all layers`), has of zero operands in one form with so many lanes. Shares are 0..1. */
export interface ZeroRecord {
  readonly format: string;
  readonly quantizer: string;
  readonly granularity: string;
  readonly dataflow: string;
  readonly layer: string;
  readonly operands: OperandForm;
  /** Undefined for `all layers`. */
  readonly zeroPoints: ZeroPoints | undefined;
  readonly lanes: number;
  /** Of an image. */
  readonly products: number;
  /** Of products, those on padding. */
  readonly padding: number;
  /** Of turns of the loop, those whose activation is zero in all lanes. */
  readonly zeroActivations: number;
  /** What that would be if operands were zero independently of each other: the scalar share to the power of the lanes. */
  readonly independent: number;
  /** Of turns of the loop, those whose weight is zero in all lanes and whose activation is not. */
  readonly zeroWeights: number;
  /** Cycles a product, without skipping and with it. */
  readonly cyclesBefore: number;
  readonly cyclesAfter: number;
  /** Time with skipping over time without; of `all layers` with the other work that the share of the loops leaves. */
  readonly time: number;
}

/** The layer that records of the whole network name. */
export const ALL_LAYERS = 'all layers';

export interface ZeroChoices extends PointChoices {
  /** Numbers of lanes to count for, 1 to 64 each. */
  readonly lanes: readonly number[];
  /** Share of all time without skipping that is spent in the loops over products. */
  readonly macShare: number;
  /** Told after each point. */
  readonly onPoint?: (done: number, points: number) => void;
}

export const MOST_LANES = 64;

/** Throws UserError for what `openSpec` refuses, lanes or a share out of range, and dataflows without encodings. */
export async function zeroSkipping(spec: SweepSpec, choices: ZeroChoices): Promise<ZeroRecord[]> {
  for (const lanes of choices.lanes) requireWhole(`lanes ${lanes}`, lanes, 1, MOST_LANES);
  timeRatio(1, 1, choices.macShare);
  for (const name of spec.dataflow) {
    if (getDataflow(name).encodings === 'none') {
      throw new UserError(`dataflow ${name} has no codes that could be zero; use emac`);
    }
  }
  const { context, points } = await openSpec(spec, choices);
  const evaluator = new Evaluator(context);
  const records: ZeroRecord[] = [];
  for (const [done, point] of points.entries()) {
    const compiled = evaluator.compile(point);
    const layers = layersOf(compiled, choices.lanes);
    const count = testCount(context.dataset, spec);
    for (const batch of imageBatches(context.dataset, context.dataset.test, firstIndices(count), BATCH)) {
      compiled.plan.run(batch.images, batch.count, batch.first);
      for (const layer of layers) takeBatch(layer, compiled, batch.count);
    }
    records.push(...recordsOf(point, layers, count, choices.macShare));
    choices.onPoint?.(done + 1, points.length);
  }
  return records;
}

/** One layer in one form of operands. */
interface Counting {
  readonly step: MacStep;
  readonly form: OperandForm;
  readonly zeroPoints: ZeroPoints;
  readonly input: Stored;
  readonly weights: Uint8Array;
  /** With one lane: what the others are compared with. */
  readonly single: ZeroOperands;
  /** One a number of lanes. */
  readonly counters: readonly { readonly lanes: number; readonly zeros: ZeroOperands }[];
}

/** In codes too where that differs: where an operand has a zero point. */
function layersOf({ plan, table }: CompiledPoint, lanes: readonly number[]): Counting[] {
  const { program, graph } = plan;
  return macSteps(program).flatMap((step) => {
    const encoding = table.weights.get(step.name)!;
    const edge = step.inputs[0];
    const input = graph?.tensors[edge] ?? storedAs(table.edges.get(program.edges[edge]!.name)!);
    const zeroPoints = { weights: encoding.zeroPoint, activations: input.zeroPoint };
    const forms: OperandForm[] =
      zeroPoints.weights === 0 && zeroPoints.activations === 0 ? ['values'] : ['values', 'codes'];
    return forms.map((form) => {
      const single = new ZeroOperands(step, 1);
      return {
        step,
        form,
        zeroPoints,
        input,
        weights: ownZeros(plan.weightCodes?.get(step.name)) ?? weightZeros(step, encoding, form),
        single,
        counters: lanes.map((each) => ({
          lanes: each,
          zeros: each === 1 ? single : new ZeroOperands(step, each),
        })),
      };
    });
  });
}

function storedAs({ scales, zeroPoint }: Encoding): Stored {
  return { scale: scales[0]!, zeroPoint };
}

function ownZeros(codes: Int32Array | undefined): Uint8Array | undefined {
  return codes && Uint8Array.from(codes, (code) => (code === 0 ? 1 : 0));
}

function weightZeros(step: MacStep, encoding: Encoding, form: OperandForm): Uint8Array {
  const { weights, outChannels: channels, k } = step;
  const codes = encodeTensor(weights, encoding, {
    name: step.name,
    channels,
    randomKey: { seed: 0, tensor: 0, image: 0 },
  });
  const reals = decodeTensor(codes, encoding, channels);
  const zeros = new Uint8Array(reals.length);
  for (let c = 0; c < channels; c++) {
    const scale = encoding.scales[encoding.scales.length === 1 ? 0 : c]!;
    const stored = form === 'values' ? 'reals' : { scale, zeroPoint: encoding.zeroPoint };
    markZeros(reals.subarray(c * k, (c + 1) * k), stored, zeros.subarray(c * k, (c + 1) * k));
  }
  return zeros;
}

function takeBatch(layer: Counting, { plan }: CompiledPoint, count: number): void {
  const edge = layer.step.inputs[0];
  const { size } = plan.program.edges[edge]!;
  const values = plan.edgeValues(edge, count);
  const activations = new Uint8Array(size);
  const padding = layer.form === 'values' || layer.zeroPoints.activations === 0 ? 1 : 0;
  for (let image = 0; image < count; image++) {
    const stored = layer.form === 'values' ? 'reals' : layer.input;
    markZeros(values.subarray(image * size, (image + 1) * size), stored, activations);
    const masks = { activations, weights: layer.weights, padding } as const;
    for (const zeros of new Set([layer.single, ...layer.counters.map((one) => one.zeros)])) zeros.take(masks);
  }
}

function macSteps({ steps }: Program): MacStep[] {
  return steps.filter((step) => step.kind === 'mac');
}

/** The records of a point: of each layer, and of all. */
function recordsOf(
  point: Point,
  layers: readonly Counting[],
  images: number,
  macShare: number,
): ZeroRecord[] {
  const common = {
    format: point.format.label,
    quantizer: quantizerName(point.quantizer),
    granularity: point.granularity,
    dataflow: point.dataflow.name,
  };
  const lanesOf = layers[0]?.counters.map(({ lanes }) => lanes) ?? [];
  const forms = (['values', 'codes'] as const).filter((form) => layers.some((one) => one.form === form));
  const each = layers.flatMap((layer) =>
    lanesOf.map(
      (lanes, at): ZeroRecord => ({
        ...common,
        layer: layer.step.name,
        operands: layer.form,
        zeroPoints: layer.zeroPoints,
        lanes,
        ...shares(sumOf(layer, at), images, 1),
      }),
    ),
  );
  const all = forms.flatMap((form) =>
    lanesOf.map((lanes, at): ZeroRecord => {
      const sums = layers.filter((layer) => stands(layer, form)).map((layer) => sumOf(layer, at));
      const whole = sums.reduce((a, b) => mapSums((key) => a[key] + b[key]));
      return {
        ...common,
        layer: ALL_LAYERS,
        operands: form,
        zeroPoints: undefined,
        lanes,
        ...shares(whole, images, macShare),
      };
    }),
  );
  return [...each, ...all];
}

/** A layer without zero points is the same in both forms. */
function stands({ form, zeroPoints }: Counting, wanted: OperandForm): boolean {
  return form === wanted || (zeroPoints.weights === 0 && zeroPoints.activations === 0);
}

const SUMS = [
  'products',
  'padding',
  'turns',
  'zeroActivations',
  'independent',
  'zeroWeights',
  'before',
  'after',
] as const;

/** Counts and cycles of a layer, or of several, which add up. */
type Sums = Readonly<Record<(typeof SUMS)[number], number>>;

function mapSums(of: (key: (typeof SUMS)[number]) => number): Sums {
  return Object.fromEntries(SUMS.map((key) => [key, of(key)])) as Sums;
}

function sumOf({ form, zeroPoints, counters, single }: Counting, at: number): Sums {
  const { lanes, zeros } = counters[at]!;
  const [counted, products, loop] = [zeros.turns(), zeros.products(), loopCycles(form, zeroPoints)];
  const alone = single.turns();
  return {
    products: products.all,
    padding: products.padding,
    ...counted,
    independent: counted.turns * (alone.zeroActivations / alone.turns) ** lanes,
    before: cyclesOf(counted, loop, 'none'),
    after: cyclesOf(counted, loop, 'zeros'),
  };
}

function shares(sums: Sums, images: number, macShare: number) {
  return {
    products: sums.products / images,
    padding: sums.padding / sums.products,
    zeroActivations: sums.zeroActivations / sums.turns,
    independent: sums.independent / sums.turns,
    zeroWeights: sums.zeroWeights / sums.turns,
    cyclesBefore: sums.before / sums.products,
    cyclesAfter: sums.after / sums.products,
    time: timeRatio(sums.before, sums.after, macShare),
  };
}
