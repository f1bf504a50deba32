/** One point to its rows: encode, compile, run the test images, count, price. */

import { calibrationIndices } from '../datasets/load.js';
import { type LayerChoices, parseAccumulator } from '../emac/choices.js';
import { createKernels } from '../kernels/loader.js';
import { type Calibration, calibrationFrom, makeEncodings } from '../networks/calibration.js';
import { compileEmac, type EmacPlan } from '../networks/dataflows/emac.js';
import { compileSimulated } from '../networks/dataflows/simulated.js';
import { lower } from '../networks/lower.js';
import type { Plan } from '../networks/plan.js';
import type { EncodingTable, Program } from '../networks/program.js';
import { parseAssignment } from '../quantizers/assignment.js';
import { calibratorName, parseQuantizer } from '../quantizers/quantizer.js';
import type { SeedContext, SweepContext } from './context.js';
import { priceRows } from './cost.js';
import type { Entry } from './journal.js';
import type { LayerFormats, Point } from './plan.js';
import { BATCH, firstIndices, labelsAt, predict, testCount } from './predict.js';
import { type Column, formatRow, NOT_AVAILABLE, type RowValues } from './rows.js';
import { bitsOf, macsOf, parameterBits, parametersOf } from './sizes.js';
import { compare, mcnemarExact, wilson } from './statistics.js';

/** A point compiled: the plan to run and the formats it came to have. */
export interface CompiledPoint {
  readonly plan: Plan;
  /** The plan again where it is an emac one. */
  readonly emac: EmacPlan | undefined;
  readonly table: EncodingTable;
  readonly formats: LayerFormats;
  /** What the row calls the formats; with `fraction: best` the one that was chosen. */
  readonly label: string;
}

/** Evaluates points of one sweep; what points share is made once. */
export class Evaluator {
  readonly #programs = new Map<number, Program>();
  readonly #calibrations = new Map<string, Calibration>();
  /** One heap for every plan in turn: a sweep has hundreds. */
  readonly #kernels = createKernels();

  constructor(private readonly context: SweepContext) {}

  /** The rows of a point, one for each cost source and number of units. */
  evaluate(point: Point): Entry {
    const started = performance.now();
    const { dataset, version } = this.context;
    const seed = this.#seed(point.seed);
    const compiled = this.compile(point);
    const indices = firstIndices(testCount(dataset, point));
    const predictions = predict(compiled.plan, dataset, dataset.test, indices);
    const values: RowValues = {
      network: seed.network.name,
      dataset: dataset.name,
      ...pointColumns(point, compiled),
      images: indices.length,
      dataset_hash: dataset.checksum.slice(0, 16),
      weights_hash: seed.weightsHash,
      ...accuracyColumns(predictions.classes, seed.baseline, labelsAt(dataset.test, indices)),
      ties: predictions.ties,
      nan_logits: predictions.nanLogits,
      ...countColumns(compiled.emac),
      parameters: parametersOf(compiled.plan.program),
      parameter_bits: parameterBits(compiled.plan.program, compiled.table),
      macs: macsOf(compiled.plan.program),
      version,
    };
    const rows = priceRows(point, compiled.emac?.macFacts()).map((cost) => formatRow({ ...values, ...cost }));
    const milliseconds = Math.round(performance.now() - started);
    return { rows, host: { milliseconds, tiers: tierTotals(compiled.emac) } };
  }

  /** Encodings and plan of a point, the best fraction bits chosen where that is asked for; ends the plan before. */
  compile(point: Point): CompiledPoint {
    const { choice } = point;
    if (choice.fraction === 'given') return this.#compileWith(point, choice.formats, choice.label);
    return this.#bestFraction(point);
  }

  program(seed: number): Program {
    let program = this.#programs.get(seed);
    if (!program) {
      const { network, parameters } = this.#seed(seed);
      program = lower(network, new Map(parameters));
      this.#programs.set(seed, program);
    }
    return program;
  }

  #seed(seed: number): SeedContext {
    const found = this.context.seeds.find((one) => one.seed === seed);
    if (!found) throw new Error(`seed ${seed} has no context`);
    return found;
  }

  #calibration(point: Point): Calibration {
    const key = `${point.seed} ${point.calibrationImages}`;
    let calibration = this.#calibrations.get(key);
    if (!calibration) {
      const wanted = Math.min(point.calibrationImages, this.context.dataset.train.count);
      const data = this.#seed(point.seed).calibrations.find(({ images }) => images === wanted);
      if (!data) throw new Error(`no calibration of ${wanted} images for seed ${point.seed}`);
      calibration = calibrationFrom(data);
      this.#calibrations.set(key, calibration);
    }
    return calibration;
  }

  /**
   * The fraction bits with most of the calibration images right, by the same dataflow; of equals the most
   * fraction bits, which cost range that nobody missed.
   */
  #bestFraction(point: Point): CompiledPoint {
    const { dataset } = this.context;
    const indices = calibrationIndices(dataset, point.calibrationImages, point.seed);
    const labels = labelsAt(dataset.train, indices);
    const { bits } = bitsOf(point.choice.formats.weights);
    let best: { right: number; format: string } | undefined;
    for (let q = bits - 1; q >= 0; q--) {
      const format = `fixed${bits}q${q}`;
      const formats = { weights: format, activations: format, layers: {} };
      const { classes } = predict(
        this.#compileWith(point, formats, format).plan,
        dataset,
        dataset.train,
        indices,
      );
      let right = 0;
      for (let i = 0; i < classes.length; i++) if (classes[i] === labels[i]) right++;
      if (best === undefined || right > best.right) best = { right, format };
    }
    const { format } = best!;
    // compiled anew: the counts of a plan are of all its runs
    return this.#compileWith(point, { weights: format, activations: format, layers: {} }, format);
  }

  #compileWith(point: Point, formats: LayerFormats, label: string): CompiledPoint {
    const program = this.program(point.seed);
    const { mode, policy, underflow, granularity } = point;
    const table = makeEncodings(program, this.#calibration(point), {
      assignment: parseAssignment(formats),
      quantizer: parseQuantizer(point.quantizer),
      rounding: { mode, policy, underflow },
      granularity,
    });
    this.#kernels.clear();
    const room = { batch: BATCH, kernels: this.#kernels };
    if (point.dataflow === 'simulated') {
      const plan = compileSimulated(program, table, { ...room, seed: point.seed });
      return { plan, emac: undefined, table, formats, label };
    }
    const plan = compileEmac(program, table, choicesOf(point), room);
    return { plan, emac: plan, table, formats, label };
  }
}

export function choicesOf(point: Point): LayerChoices {
  return {
    accumulator: parseAccumulator(point.accumulator),
    bias: point.bias,
    logits: point.logits,
    scaleBits: point.scaleBits,
    seed: point.seed,
  };
}

type ColumnName = Column['name'];

/** Every field of the resolved point. */
function pointColumns(point: Point, compiled: CompiledPoint): Record<ColumnName, string | number> {
  const { formats, label } = compiled;
  const how = parseQuantizer(point.quantizer);
  const layers = Object.entries(formats.layers).map(
    ([name, own]) => `${name}=${own.weights ?? formats.weights}/${own.activations ?? formats.activations}`,
  );
  const uniformBits = Object.values(formats.layers).every(
    ({ weights }) => weights === undefined || bitsOf(weights).bits === bitsOf(formats.weights).bits,
  );
  return {
    format: label,
    weights: formats.weights,
    activations: formats.activations,
    layers: layers.length === 0 ? 'none' : layers.join(';'),
    bits: uniformBits ? bitsOf(formats.weights).bits : NOT_AVAILABLE,
    fraction: point.choice.fraction,
    quantizer: how.kind,
    calibrator: how.kind === 'linear' ? calibratorName(how.calibrator) : NOT_AVAILABLE,
    scales: how.kind === 'linear' ? how.scales : NOT_AVAILABLE,
    granularity: point.granularity,
    mode: point.mode,
    policy: point.policy,
    underflow: point.underflow,
    scale_bits: point.dataflow === 'emac' ? point.scaleBits : NOT_AVAILABLE,
    bias: point.dataflow === 'emac' ? point.bias : NOT_AVAILABLE,
    accumulator: point.accumulator,
    logits: point.logits,
    dataflow: point.dataflow,
    calibration_images: point.calibrationImages,
    seed: point.seed,
  };
}

/** Accuracy with its interval, and against the float32 baseline on the same images. */
export function accuracyColumns(
  classes: Int32Array,
  baseline: Int32Array,
  labels: Uint8Array,
): Record<ColumnName, number> {
  const { right, baselineRight, onlyFirst, onlyBaseline } = compare(classes, baseline, labels);
  const count = labels.length;
  const { low, high } = wilson(right, count);
  return {
    accuracy: right / count,
    accuracy_low: low,
    accuracy_high: high,
    baseline: baselineRight / count,
    drop: (baselineRight - right) / count,
    mcnemar_p: mcnemarExact(onlyFirst, onlyBaseline),
  };
}

function countColumns(plan: EmacPlan | undefined): RowValues {
  if (!plan) return {};
  const counts = [...plan.counts()];
  const sum = (key: 'atMax' | 'atMin' | 'zeros'): number =>
    counts.reduce((total, [, count]) => total + count[key], 0);
  return {
    at_max: sum('atMax'),
    at_min: sum('atMin'),
    zeros: sum('zeros'),
    overflows: plan.overflows(),
    layer_counts: counts
      .map(([name, { atMax, atMin, zeros }]) => `${name}=${atMax}/${atMin}/${zeros}`)
      .join(';'),
  };
}

/** Outputs decided by each tier, over all layers. */
function tierTotals(plan: EmacPlan | undefined): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const counts of plan?.tierCounts().values() ?? []) {
    for (const [tier, count] of Object.entries(counts))
      totals[tier] = (totals[tier] ?? 0) + (count as number);
  }
  return totals;
}
