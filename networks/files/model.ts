/** Trained networks on disk: a directory of model.json and weights.safetensors (docs/file-formats.md). */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Dataset } from '../../datasets/dataset.js';
import { validationCount } from '../../datasets/validation.js';
import { UserError } from '../../errors.js';
import { writeAtomically } from '../../platform/atomic-file.js';
import { firstIssue } from '../first-issue.js';
import type { Network, Parameters } from '../network.js';
import { checkParameters } from '../parameters.js';
import { networkSchema, parseNetwork } from '../schema.js';
import type { StoredTensor, Tensor } from '../tensor.js';
import { floatNetwork } from '../tflite/float.js';
import { readJson } from './description.js';
import { MODEL_FILE, WEIGHTS_FILE } from './model-files.js';
import { modelDirectory } from './named-weights.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';
import { isTfliteFile, readTflite } from './tflite-file.js';

/** What is told about where a model comes from: flat, no paths, no times. */
const notesSchema = z.record(z.string().max(64), z.union([z.string().max(1000), z.number(), z.null()]));
export type ModelNotes = z.infer<typeof notesSchema>;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The data a model was trained on: what `loadDataset` needs to have it again, and what shows that it is the same. */
const dataSchema = z.strictObject({
  dataset: z.string().min(1).max(255),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  table: z.record(z.string().max(64), z.string().max(1000)).optional(),
  checksum: sha256,
  classes: z.array(z.string().max(1000)).min(1).max(256),
  /** Training images or rows that were in use, from the first on, the validation images among them. */
  train: z.int().min(1),
  /** The seed in whose order the first so many of them were held out as validation images; not said where all trained. */
  heldOut: z
    .strictObject({
      seed: z
        .int()
        .min(0)
        .max(2 ** 32 - 1),
      images: z.int().min(0),
    })
    .optional(),
});
export type ModelData = z.infer<typeof dataSchema>;

const modelSchema = () =>
  z.strictObject({
    format: z.literal('cheetah-model'),
    version: z.literal(2),
    /** Of all the other fields but this one, see `digestOf`; a description made by other programs may go without. */
    digest: sha256.optional(),
    weightsHash: sha256,
    network: networkSchema(),
    data: dataSchema.optional(),
    notes: notesSchema.default({}),
  });

export interface Model {
  readonly network: Network;
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** sha256 (hex), see `weightsHash`. */
  readonly weightsHash: string;
  /** Undefined where the description does not say. */
  readonly data: ModelData | undefined;
  readonly notes: ModelNotes;
}

/** sha256 (hex) of the description's JSON without its digest. */
function digestOf(description: object): string {
  return createHash('sha256').update(JSON.stringify(description)).digest('hex');
}

/**
 * What a saved model remembers of the dataset it was trained on; undefined for one that was not loaded by name.
 * `trainingSeed`: of `train`, which held the validation images of that seed out; leave it out for weights of another
 * origin.
 */
export function modelData({ origin, classes, train }: Dataset, trainingSeed?: number): ModelData | undefined {
  if (origin === undefined) return undefined;
  const { dataset, seed, table, checksum } = origin;
  return {
    dataset,
    seed,
    ...(table === undefined ? {} : { table: { ...table } }),
    checksum,
    classes: [...classes],
    train: train.count,
    ...(trainingSeed === undefined
      ? {}
      : { heldOut: { seed: trainingSeed, images: validationCount(train.count) } }),
  };
}

/** sha256 (hex) of the tensors' little-endian float32 bytes, one after another in order of their names. */
export function weightsHash(parameters: Parameters): string {
  const hash = createHash('sha256');
  for (const name of [...parameters.keys()].sort()) {
    const { data } = parameters.get(name)!;
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

/**
 * Saves a model into `directory` (made where missing), each file whole or not at all; the description comes last
 * and holds the weights' hash, so a half-replaced model is noticed on loading. Throws UserError.
 */
export async function saveModel(
  directory: string,
  model: {
    network: Network;
    parameters: Parameters;
    data?: ModelData | undefined;
    notes?: ModelNotes;
  },
): Promise<{ weightsHash: string }> {
  const { parameters, data, notes = {} } = model;
  // in the schema's order of keys, so that a saved model saves to the same bytes again
  const network = parseNetwork(model.network, `network ${model.network.name}`);
  checkParameters(network, parameters);
  const hash = weightsHash(parameters);
  writeSafetensors(join(directory, WEIGHTS_FILE), parameters);
  const known = data === undefined ? {} : { data: dataSchema.parse(data) };
  const content = { weightsHash: hash, network, ...known, notes };
  const description = { format: 'cheetah-model', version: 2, digest: digestOf(content), ...content };
  writeAtomically(join(directory, MODEL_FILE), `${JSON.stringify(description, null, 2)}\n`);
  return { weightsHash: hash };
}

/** What the `model.json` of a directory says of its model, without the weights. Throws UserError as `loadModel` does. */
export async function describeModel(given: string): Promise<Omit<Model, 'parameters'>> {
  const path = join(given, MODEL_FILE);
  const described = await readJson(path);
  if ((described as { version?: unknown } | null)?.version === 1) {
    throw new UserError(
      `${path} is of an earlier version, which did not say what data its model was trained on; train it again`,
    );
  }
  const parsed = modelSchema().safeParse(described);
  if (!parsed.success) throw new UserError(`${path} is not a saved model: ${firstIssue(parsed.error)}`);
  const { format: _format, version: _version, digest, ...content } = parsed.data;
  if (digest !== undefined && digest !== digestOf(content)) {
    throw new UserError(
      `${path} is altered (its digest differs); copy the model again, or take the digest out where the change is meant`,
    );
  }
  const { weightsHash, data, notes } = content;
  return { network: parseNetwork(content.network, path), weightsHash, data, notes };
}

/**
 * Loads a model from its directory, weights of this package by their name, or a TensorFlow Lite file of floats. Throws UserError, one line, where a file is
 * missing, truncated, malformed or of another model, or a weight is NaN or infinite.
 */
export async function loadModel(given: string): Promise<Model> {
  if (isTfliteFile(given)) {
    const { network, parameters } = floatNetwork(readTflite(given));
    return { network, parameters, weightsHash: weightsHash(parameters), data: undefined, notes: {} };
  }
  const directory = modelDirectory(given);
  const described = await describeModel(directory);
  const weights = join(directory, WEIGHTS_FILE);
  const { tensors } = await readSafetensors(weights);
  const parameters = floatTensors(tensors, weights);
  checkParameters(described.network, parameters);
  if (weightsHash(parameters) !== described.weightsHash) {
    throw new UserError(
      `${weights} does not belong to ${join(directory, MODEL_FILE)} (its hash differs); copy both files again`,
    );
  }
  return { ...described, parameters };
}

/** The tensors as float32. Throws UserError naming one of another type. */
export function floatTensors(tensors: ReadonlyMap<string, StoredTensor>, path: string): Map<string, Tensor> {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => {
      if (data instanceof Float32Array) return [name, { shape, data }];
      throw new UserError(
        `${path}: tensor ${name.slice(0, 60)} is of ${data.constructor.name.replace('Array', '')}; save weights as F32, F16 or BF16`,
      );
    }),
  );
}
