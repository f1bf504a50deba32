/** From the parts of a finished run over the test images to the rows of its point. */

import { type LayerChoices, parseAccumulator } from '../emac/layer/choices.js';
import { firstIndices } from '../networks/batches.js';
import { getDataflow } from '../networks/dataflows/registry.js';
import type { CodeTally } from '../networks/plan.js';
import { calibratorName, parseQuantizer } from '../quantizers/quantizer.js';
import { type SweepContext, seedOf } from './context.js';
import type { Entry } from './journal.js';
import type { Point } from './plan.js';
import { labelsAt } from './predict.js';
import { type Column, formatRow, NOT_AVAILABLE, type RowValues } from './rows.js';
import type { Run } from './run-images.js';
import { type Part, sumTallies } from './run-part.js';
import { formatNamed } from './sizes.js';
import type { LayerFormats } from './spec.js';
import { compare, mcnemarExact, wilson } from './statistics.js';

/** The rows of a point, one for each cost source and number of units; `parts` of every thread, in any order. */
export function entryOf(context: SweepContext, run: Run, parts: readonly Part[]): Entry {
  const { dataset, version } = context;
  const { point, share } = run;
  const seed = seedOf(context, point.seed);
  const tally = sumTallies(parts.map((part) => part.tally));
  const { columns, costs } = parts.find(({ description }) => description)!.description!;
  const images = share.classes.length;
  const values: RowValues = {
    network: seed.program.network,
    dataset: dataset.name,
    ...pointColumns(point, run.formats, run.label),
    images,
    dataset_hash: dataset.checksum.slice(0, 16),
    weights_hash: seed.weightsHash,
    trained_on: seed.trainedOn,
    ...accuracyColumns(share.classes, seed.baseline, labelsAt(dataset.test, firstIndices(images))),
    ties: tally.ties,
    nan_logits: tally.nanLogits,
    ...(tally.codes ? countColumns(tally.codes) : {}),
    ...columns,
    version,
  };
  return {
    rows: costs.map((cost) => formatRow({ ...values, ...cost })),
    host: {
      milliseconds: parts.reduce((sum, part) => sum + part.milliseconds, 0),
      tiers: tally.codes?.tiers ?? {},
    },
  };
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

/** The family of all formats of a choice, or `mixed`. */
function familyOf({ weights, activations, layers }: LayerFormats): string {
  const names = [
    weights,
    activations,
    ...Object.values(layers).flatMap((own) => [own.weights, own.activations]),
  ];
  const families = new Set(names.flatMap((name) => (name === undefined ? [] : [formatNamed(name).family])));
  const formats = new Set(names.filter((name) => name !== undefined));
  return formats.size === 1 ? [...families][0]! : 'mixed';
}

/** Every field of the resolved point. */
function pointColumns(
  point: Point,
  formats: LayerFormats,
  label: string,
): Record<ColumnName, string | number> {
  const how = parseQuantizer(point.quantizer);
  const { fixed } = getDataflow(point.dataflow);
  const layers = Object.entries(formats.layers).map(
    ([name, own]) => `${name}=${own.weights ?? formats.weights}/${own.activations ?? formats.activations}`,
  );
  const uniformBits = Object.values(formats.layers).every(
    ({ weights }) => weights === undefined || formatNamed(weights).bits === formatNamed(formats.weights).bits,
  );
  return {
    format: label,
    family: familyOf(formats),
    weights: formats.weights,
    activations: formats.activations,
    layers: layers.length === 0 ? 'none' : layers.join(';'),
    bits: uniformBits ? formatNamed(formats.weights).bits : NOT_AVAILABLE,
    fraction: point.choice.fraction,
    quantizer: how.kind,
    calibrator: how.kind === 'linear' ? calibratorName(how.calibrator) : NOT_AVAILABLE,
    scales: how.kind === 'linear' ? how.scales : NOT_AVAILABLE,
    granularity: point.granularity,
    mode: point.mode,
    policy: point.policy,
    underflow: point.underflow,
    scale_bits: fixed.scaleBits === undefined ? point.scaleBits : NOT_AVAILABLE,
    bias: fixed.bias === undefined ? point.bias : NOT_AVAILABLE,
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

function countColumns({ edges, overflows }: CodeTally): RowValues {
  const sum = (key: 'atMax' | 'atMin' | 'zeros'): number =>
    edges.reduce((total, [, count]) => total + count[key], 0);
  return {
    at_max: sum('atMax'),
    at_min: sum('atMin'),
    zeros: sum('zeros'),
    overflows,
    layer_counts: edges
      .map(([name, { atMax, atMin, zeros }]) => `${name}=${atMax}/${atMin}/${zeros}`)
      .join(';'),
  };
}
