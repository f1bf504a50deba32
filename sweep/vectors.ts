/**
 * Golden vectors: everything an independent program needs to recompute every layer's codes, and the codes to
 * compare with (docs/golden-vectors.md). Numbers are exact: integers, fractions n/d and n*2^k as text.
 */
import { join } from 'node:path';
import { decompose } from '../arithmetic/float64.js';
import type { Rational } from '../arithmetic/rational.js';
import { imageSize, normalizedImages } from '../datasets/dataset.js';
import { accumulatorName } from '../emac/choices.js';
import { UserError } from '../errors.js';
import { codeArray } from '../formats/bulk.js';
import type { EmacPlan, EmacStep } from '../networks/dataflows/emac.js';
import { EmacAveragePool } from '../networks/dataflows/emac-average-pool.js';
import { capOf, EmacJoin } from '../networks/dataflows/emac-join.js';
import { EmacMac } from '../networks/dataflows/emac-mac.js';
import { encodeSafetensors, type StoredTensor } from '../networks/safetensors.js';
import { writeAtomically } from '../platform/atomic-file.js';
import type { Encoding } from '../quantizers/encoding.js';
import type { SweepContext } from './context.js';
import { choicesOf } from './entry.js';
import type { CompiledPoint } from './evaluate.js';
import type { Point } from './plan.js';
import { firstIndices } from './predict.js';
import { BATCH } from './share.js';

/** Vectors are read by slow programs: more images than this are no vectors any more. */
const MOST_IMAGES = BATCH;

function commonFactor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonFactor(b, a % b);
}

/** In lowest terms: `3`, `-5/7` or `13*2^-7`. */
function exactText({ numerator, denominator }: Rational): string {
  const factor = commonFactor(numerator < 0n ? -numerator : numerator, denominator);
  const [n, d] = [numerator / factor, denominator / factor];
  if (d === 1n) return String(n);
  return (d & (d - 1n)) === 0n ? `${n}*2^-${d.toString(2).length - 1}` : `${n}/${d}`;
}

/** A float64, exactly. */
function scaleText(scale: number): string {
  const { significand, exponent } = decompose(scale);
  return `${significand}*2^${exponent}`;
}

function encodingFacts({ format, rounding, granularity, scales, zeroPoint, range }: Encoding): object {
  const { mode, policy, underflow } = rounding;
  return {
    format: format.name,
    bits: format.bits,
    ...{ mode, policy, underflow },
    granularity: granularity.kind,
    scales: [...scales].map(scaleText),
    zeroPoint,
    range,
  };
}

/** Runs the first images of the test split and writes plan.json and vectors.safetensors into `folder`. */
export function writeVectors(
  folder: string,
  context: SweepContext,
  point: Point,
  compiled: CompiledPoint,
  images: number,
): { readonly files: readonly string[]; readonly images: number } {
  const { emac: plan } = compiled;
  if (!plan) throw new UserError('golden vectors are codes; use --dataflow emac');
  if (images > MOST_IMAGES) {
    throw new UserError(`--images ${images}: golden vectors are of 1 to ${MOST_IMAGES} images`);
  }
  const { dataset } = context;
  const count = Math.min(images, dataset.test.count);
  const pixels = new Float32Array(count * imageSize(dataset));
  normalizedImages(dataset, dataset.test, firstIndices(count), pixels);
  const outcome = plan.run(pixels, count, 0);
  const { program } = plan;
  const tensors = new Map<string, StoredTensor>();
  tensors.set('images', { shape: [count, ...dataset.shape], data: pixels });
  for (const [index, edge] of program.edges.entries()) {
    tensors.set(`edge/${edge.name}`, {
      shape: [count, ...edge.shape],
      data: plan.codes(index, count).slice(),
    });
  }
  for (const step of plan.steps()) {
    if (step instanceof EmacMac) tensors.set(`weights/${step.step.name}`, weightCodes(step));
  }
  const { accumulator, bias, logits, scaleBits, seed } = choicesOf(point);
  const description = {
    format: 'cheetah-golden-vectors',
    version: 1,
    network: program.network,
    dataset: dataset.name,
    images: count,
    classes: program.classes,
    normalization: { mean: dataset.mean, std: dataset.std },
    choices: { accumulator: accumulatorName(accumulator), bias, logits, scaleBits, seed },
    quantizer: point.quantizer,
    weightsHash: context.seeds[0]!.weightsHash,
    cheetah: context.version,
    edges: program.edges.map((edge) => ({
      ...edge,
      encoding: encodingFacts(compiled.table.edges.get(edge.name)!),
    })),
    steps: plan.steps().map((step) => stepFacts(step, plan)),
    predictions: [...outcome.predictions.subarray(0, count)],
    labels: [...dataset.test.labels.subarray(0, count)],
  };
  const files = [join(folder, 'vectors.safetensors'), join(folder, 'plan.json')];
  writeAtomically(files[0]!, encodeSafetensors(tensors));
  writeAtomically(files[1]!, `${JSON.stringify(description, null, 1)}\n`);
  return { files, images: count };
}

/** [outChannels, k], the groups one after another. */
function weightCodes({ step, layers }: EmacMac): StoredTensor {
  const data = codeArray(layers[0]!.weights.format, step.outChannels * step.k);
  let at = 0;
  for (const layer of layers) {
    data.set(layer.weightCodes, at);
    at += layer.weightCodes.length;
  }
  return { shape: [step.outChannels, step.k], data };
}

/** One, or one an output channel, the groups one after another. */
function weightScales({ layers }: EmacMac): Float64Array {
  const { granularity, scales } = layers[0]!.weights;
  if (granularity.kind === 'tensor') return scales;
  return Float64Array.from(layers.flatMap((layer) => [...layer.weights.scales]));
}

function stepFacts(step: EmacStep, { program }: EmacPlan): object {
  const edgeName = (edge: number): string => program.edges[edge]!.name;
  if (step instanceof EmacMac) {
    const { name, input, output, window, groups, outChannels, k, activation } = step.step;
    const { latticeExponent, cap, weights } = step.layers[0]!;
    return {
      kind: 'mac',
      name,
      input: edgeName(input),
      output: edgeName(output),
      ...{ window, groups, outChannels, k, activation },
      cap: cap ? exactText(cap) : 'none',
      weights: encodingFacts({ ...weights, scales: weightScales(step) }),
      multipliers: step.layers.flatMap((layer) => layer.multipliers.map(exactText)),
      bias: step.layers.flatMap((layer) => layer.bias.map(String)),
      latticeExponent,
    };
  }
  if (step instanceof EmacJoin) {
    const { name, kind, output, activation } = step.step;
    return {
      ...{ kind, name },
      inputs: step.inputs.map(({ edge }) => edge.name),
      output: edgeName(output),
      activation,
      cap: activation === 'relu6' ? exactText(capOf(step.output.encoding)) : 'none',
      multipliers: step.multipliers.map(exactText),
    };
  }
  const { kind, name, pooling, input, output, window } = step.step;
  return {
    ...{ kind, name, pooling },
    input: edgeName(input),
    output: edgeName(output),
    window,
    multiplier: step instanceof EmacAveragePool ? exactText(step.multiplier) : 'none',
  };
}
