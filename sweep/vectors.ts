/**
 * Golden vectors: everything an independent program needs to recompute every layer's codes, and the codes to
 * compare with (docs/golden-vectors.md). Numbers are exact: integers, fractions n/d and n*2^k as text.
 */
import { join } from 'node:path';
import { imageSize, normalizedImages } from '../datasets/dataset.js';
import { UserError } from '../errors.js';
import { firstIndices } from '../networks/batches.js';
import { encodeSafetensors } from '../networks/files/safetensors.js';
import { writeAtomically } from '../platform/atomic-file.js';
import type { SweepContext } from './context.js';
import type { CompiledPoint } from './evaluate.js';
import { type Point, writePoint } from './point.js';
import { BATCH } from './share.js';

/** Vectors are read by slow programs: more images than this are no vectors any more. */
const MOST_IMAGES = BATCH;

export interface Vectors {
  readonly images: number;
  /** The files written. */
  readonly files: readonly string[];
}

/** Runs the first images of the test split and writes plan.json and vectors.safetensors into `folder`. */
export function writeVectors(
  folder: string,
  context: SweepContext,
  point: Point,
  compiled: CompiledPoint,
  images: number,
): Vectors {
  const { plan } = compiled;
  if (!plan.golden) {
    throw new UserError(
      `golden vectors are codes, which dataflow ${plan.dataflow} has none of; use emac, integer-tflite, integer-jacob or integer-yao`,
    );
  }
  if (images > MOST_IMAGES) {
    throw new UserError(`--test-images ${images}: golden vectors are of 1 to ${MOST_IMAGES} images`);
  }
  const { dataset } = context;
  const count = Math.min(images, dataset.test.count);
  const pixels = new Float32Array(count * imageSize(dataset));
  normalizedImages(dataset, dataset.test, firstIndices(count), pixels);
  const outcome = plan.run(pixels, count, 0);
  const { program } = plan;
  const golden = plan.golden(count);
  const tensors = new Map(golden.tensors);
  tensors.set('images', { shape: [count, ...dataset.shape], data: pixels });
  const { accumulator, bias, logits, scaleBits, requantize, seed, quantizer } = writePoint(point);
  const isChosen = point.dataflow.fixed.requantize === undefined;
  const description = {
    format: 'cheetah-golden-vectors',
    version: 1,
    dataflow: plan.dataflow,
    network: program.network,
    dataset: dataset.name,
    images: count,
    classes: program.classes,
    normalization: { mean: dataset.mean, std: dataset.std },
    choices: { accumulator, bias, logits, scaleBits, seed, ...(isChosen && { requantize }) },
    quantizer,
    weightsHash: context.seeds[0]!.weightsHash,
    cheetah: context.version,
    edges: golden.edges,
    steps: golden.steps,
    predictions: [...outcome.predictions.subarray(0, count)],
    labels: [...dataset.test.labels.subarray(0, count)],
  };
  const files = [join(folder, 'vectors.safetensors'), join(folder, 'plan.json')];
  writeAtomically(files[0]!, encodeSafetensors(tensors));
  writeAtomically(files[1]!, `${JSON.stringify(description, null, 1)}\n`);
  return { images: count, files };
}
