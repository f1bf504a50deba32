/**
 * From a trained network and the calibration images to the encodings of all its tensors. The histograms are
 * taken once; every point of a sweep makes its table from the same ones (docs/numerics.md §3).
 */
import { UserError } from '../errors.js';
import type { Rounding } from '../formats/format.js';
import { type Assignment, checkLayers, layerFormats } from '../quantizers/assignment.js';
import { calibrate, calibrateChannels } from '../quantizers/calibrate.js';
import type { Encoding } from '../quantizers/encoding.js';
import { Histogram, type HistogramData } from '../quantizers/histogram.js';
import type { Quantizer } from '../quantizers/quantizer.js';
import type { Plan } from './plan.js';
import type { EncodingTable, MacStep, Program, Step } from './program.js';

/** Histograms of every edge's float32 values over the calibration images, and of every mac's weights. */
export interface Calibration {
  /** How many images were seen. */
  readonly images: number;
  /** By edge, in the program's order. */
  readonly edges: readonly Histogram[];
  /** By the mac's name, all channels together. */
  readonly weights: ReadonlyMap<string, Histogram>;
}

/** A calibration over shared buffers: what goes to the workers of a sweep. */
export interface CalibrationData {
  readonly images: number;
  readonly edges: readonly HistogramData[];
  readonly weights: readonly (readonly [string, HistogramData])[];
}

/** `images`: count × input size, float32, channels last; count at most the plan's batch. */
export interface ImageBatch {
  readonly images: Float32Array;
  readonly count: number;
}

export interface EncodingChoices {
  readonly assignment: Assignment;
  readonly quantizer: Quantizer;
  readonly rounding: Rounding;
  /** Scales of weights: one a tensor or one an output channel. Activations have one a tensor. */
  readonly granularity: 'tensor' | 'channel';
}

/**
 * Runs the float plan over the batches and counts every edge, images and logits included. Throws UserError
 * naming edge and index for a NaN or Inf, and when there are no images.
 */
export function collectHistograms(plan: Plan, batches: Iterable<ImageBatch>): Calibration {
  const { program } = plan;
  const edges = program.edges.map((edge) => new Histogram(edge.name));
  let images = 0;
  for (const batch of batches) {
    plan.run(batch.images, batch.count);
    images += batch.count;
    for (const [index, histogram] of edges.entries()) {
      const values = plan.edgeValues(index, batch.count);
      histogram.add(values instanceof Float32Array ? values : Float32Array.from(values));
    }
  }
  if (images === 0) throw new UserError('calibration got no images; give at least 1');
  const weights = new Map(
    macSteps(program).map(
      (step) => [step.name, Histogram.of(`weights of ${step.name}`, step.weights)] as const,
    ),
  );
  return { images, edges, weights };
}

/** The calibration's shared buffers, without a copy. */
export function calibrationData({ images, edges, weights }: Calibration): CalibrationData {
  return {
    images,
    edges: edges.map((histogram) => histogram.data),
    weights: [...weights].map(([name, histogram]) => [name, histogram.data] as const),
  };
}

export function calibrationFrom({ images, edges, weights }: CalibrationData): Calibration {
  return {
    images,
    edges: edges.map((data) => Histogram.from(data)),
    weights: new Map(weights.map(([name, data]) => [name, Histogram.from(data)] as const)),
  };
}

/**
 * The encoding of every edge and every mac's weights. An edge whose step only moves codes (max-pool, a pad, a relu that
 * could not be fused) has its input's very encoding. Biases are not in the table. Throws UserError for layers
 * the network does not have, formats that do not go with the quantizer or rounding, and calibrations of another
 * network.
 */
export function makeEncodings(
  program: Program,
  calibration: Calibration,
  choices: EncodingChoices,
): EncodingTable {
  const { assignment, quantizer, rounding, granularity } = choices;
  if (calibration.edges.length !== program.edges.length) {
    throw new UserError(
      `the calibration has ${calibration.edges.length} edges, network '${program.network}' ${program.edges.length}; calibrate this network`,
    );
  }
  const writers = program.steps.filter((step) => !movesCodes(step));
  checkLayers(
    assignment,
    macSteps(program).map((step) => step.name),
    ['input', ...writers.map((step) => step.name)],
  );

  const activations = (layer: string, edge: number) => {
    const { activations: format } = layerFormats(assignment, layer);
    return calibrate(calibration.edges[edge]!, format, 'activations', quantizer, rounding);
  };
  const edges = new Map<string, Encoding>();
  const edgeName = (edge: number) => program.edges[edge]!.name;
  edges.set(edgeName(program.input), activations('input', program.input));
  const weights = new Map<string, Encoding>();
  for (const step of program.steps) {
    edges.set(
      edgeName(step.output),
      movesCodes(step) ? edges.get(edgeName(step.inputs[0]))! : activations(step.name, step.output),
    );
    if (step.kind !== 'mac') continue;
    const format = layerFormats(assignment, step.name).weights;
    const encoding =
      granularity === 'channel'
        ? calibrateChannels(channelHistograms(step), format, 'weights', quantizer, rounding)
        : calibrate(calibration.weights.get(step.name)!, format, 'weights', quantizer, rounding);
    weights.set(step.name, encoding);
  }
  return { edges, weights };
}

/** Whether a step's outputs are codes of its input, or of zero, so that no value is rounded again. */
export function movesCodes(step: Step): step is Extract<Step, { kind: 'pool' | 'activation' | 'pad' }> {
  switch (step.kind) {
    case 'mac':
    case 'add':
    case 'concat':
      return false;
    case 'pad':
      return true;
    case 'pool':
      return step.pooling === 'max';
    case 'activation':
      return step.activation !== 'relu6';
    default:
      return step satisfies never;
  }
}

function macSteps(program: Program): MacStep[] {
  return program.steps.filter((step) => step.kind === 'mac');
}

function* channelHistograms({ name, weights, outChannels, k }: MacStep): Generator<Histogram> {
  for (let channel = 0; channel < outChannels; channel++) {
    const row = weights.subarray(channel * k, (channel + 1) * k);
    yield Histogram.of(`weights of ${name}, channel ${channel}`, row);
  }
}
