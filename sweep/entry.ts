/** From the parts of a finished run over the test images to the rows of its point. */

import type { LayerChoices } from '../emac/layer/choices.js';
import { firstIndices } from '../networks/batches.js';
import type { CodeTally } from '../networks/plan.js';
import type { Assignment } from '../quantizers/assignment.js';
import { calibratorName } from '../quantizers/quantizer.js';
import { writeAssignment } from './choice.js';
import { changesOf } from './class-changes.js';
import type { RowValues } from './columns.js';
import { type SeedContext, type SweepContext, seedOf } from './context.js';
import type { Entry } from './journal.js';
import { type AxisPoint, CODE_AXES, type Point, writeValue } from './point.js';
import { labelsAt } from './predict.js';
import { cellsOf } from './rows.js';
import type { Run } from './run-images.js';
import { type Part, sumTallies } from './run-part.js';
import { mcnemarExact } from './statistics/mcnemar.js';
import { compare } from './statistics/paired-hits.js';
import { wilson } from './statistics/wilson.js';

/**
 * The rows of a point, one for each cost source and number of units; `parts` of every thread, in any order.
 * `validationRight`: of the validation images, undefined where nobody says which these are.
 */
export function entryOf(
  context: SweepContext,
  run: Run,
  parts: readonly Part[],
  validationRight: number | undefined,
): Entry {
  const { dataset, version } = context;
  const { share } = run;
  const seed = seedOf(context, run.point.seed);
  const tally = sumTallies(parts.map((part) => part.tally));
  const { columns, costs } = parts.find(({ description }) => description)!.description!;
  const images = share.classes.length;
  const values: RowValues = {
    network: seed.program.network,
    dataset: dataset.name,
    ...pointColumns(run),
    testImages: images,
    datasetHash: dataset.checksum.slice(0, 16),
    weightsHash: seed.weightsHash,
    trainedOn: seed.trainedOn,
    ...accuracyColumns(share.classes, seed.baseline, labelsAt(dataset.test, firstIndices(images))),
    ...validationColumns(seed, validationRight),
    ties: tally.ties,
    nanLogits: tally.nanLogits,
    ...(tally.codes ? countColumns(tally.codes) : {}),
    ...columns,
    version,
  };
  return {
    rows: costs.map((cost) => cellsOf({ ...values, ...cost })),
    changes: changesOf(share.classes, seed.baseline),
    host: {
      milliseconds: parts.reduce((sum, part) => sum + part.milliseconds, 0),
      tiers: tally.codes?.tiers ?? {},
    },
  };
}

export function choicesOf({ accumulator, bias, logits, scaleBits, requantize, seed }: Point): LayerChoices {
  return { accumulator, bias, logits, scaleBits, requantize, seed };
}

/** Formats of every tensor: the defaults and those of single layers. */
function allFormats({ defaults, layers }: Assignment) {
  return [defaults, ...layers.values()].flatMap(({ weights, activations }) => [weights, activations]);
}

/** What the axis `format` comes to: the family of all formats or `mixed`, the defaults, the layers that differ. */
function formatColumns(assignment: Assignment, label: string): RowValues {
  const { defaults, layers } = assignment;
  const formats = allFormats(assignment);
  const isOne = new Set(formats).size === 1;
  const isEven = [...layers.values()].every(({ weights }) => weights.bits === defaults.weights.bits);
  const differing = [...layers].map(
    ([name, { weights, activations }]) => `${name}=${weights.name}/${activations.name}`,
  );
  const { weights, activations } = writeAssignment(assignment);
  return {
    format: label,
    family: isOne ? formats[0]!.family : 'mixed',
    weights,
    activations,
    layers: differing.length === 0 ? 'none' : differing.join(';'),
    bits: isEven ? defaults.weights.bits : undefined,
  };
}

/** The columns of every axis. A dataflow that fixes a choice has its own value there; of `scaleBits`, `bias` and
 * `requantize`, none. */
function pointColumns({ point, assignment, label }: Run): RowValues {
  const { quantizer, dataflow } = point;
  const axes = CODE_AXES.map(({ name, ...axis }) => [
    name,
    writeValue({ name, ...axis }, point[name as keyof AxisPoint]),
  ]);
  return {
    ...Object.fromEntries(axes),
    ...formatColumns(assignment, label),
    fraction: point.format.kind,
    quantizer: quantizer.kind,
    calibrator: quantizer.kind === 'linear' ? calibratorName(quantizer.calibrator) : undefined,
    scales: quantizer.kind === 'linear' ? quantizer.scales : undefined,
    scaleBits: dataflow.fixed.scaleBits === undefined ? point.scaleBits : undefined,
    bias: dataflow.fixed.bias === undefined ? point.bias : undefined,
    requantize: dataflow.fixed.requantize === undefined ? point.requantize : undefined,
  };
}

/** Accuracy with its interval, and against the float32 baseline on the same images. */
export function accuracyColumns(classes: Int32Array, baseline: Int32Array, labels: Uint8Array): RowValues {
  const { right, baselineRight, onlyFirst, onlyBaseline } = compare(classes, baseline, labels);
  const count = labels.length;
  const { low, high } = wilson(right, count);
  return {
    accuracy: right / count,
    accuracyLow: low,
    accuracyHigh: high,
    baseline: baselineRight / count,
    drop: (baselineRight - right) / count,
    gained: onlyFirst,
    lost: onlyBaseline,
    mcnemarP: mcnemarExact(onlyFirst, onlyBaseline),
  };
}

/** Accuracy on the validation images, and how many they are. */
export function validationColumns({ validation }: SeedContext, right: number | undefined): RowValues {
  if (!validation || right === undefined) return {};
  const { length } = validation.indices;
  return { validationAccuracy: right / length, validationImages: length };
}

function countColumns({ edges, overflows }: CodeTally): RowValues {
  const sum = (key: 'atMax' | 'atMin' | 'zeros'): number =>
    edges.reduce((total, [, count]) => total + count[key], 0);
  return {
    atMax: sum('atMax'),
    atMin: sum('atMin'),
    zeros: sum('zeros'),
    overflows,
    layerCounts: edges
      .map(([name, { atMax, atMin, zeros }]) => `${name}=${atMax}/${atMin}/${zeros}`)
      .join(';'),
  };
}
