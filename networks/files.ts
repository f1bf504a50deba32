/** Trained networks on disk: a directory of model.json and weights.safetensors (docs/file-formats.md). */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../errors.js';
import { writeAtomically } from '../platform/atomic-file.js';
import type { Network, Parameters, Tensor } from './network.js';
import { checkParameters } from './parameters.js';
import { firstIssue, readSafetensors, type StoredTensor, writeSafetensors } from './safetensors.js';
import { networkSchema, parseNetwork, readJson } from './schema.js';

export const MODEL_FILE = 'model.json';
export const WEIGHTS_FILE = 'weights.safetensors';

/** What is told about where a model comes from: flat, no paths, no times. */
const notesSchema = z.record(z.string().max(64), z.union([z.string().max(1000), z.number(), z.null()]));
export type ModelNotes = z.infer<typeof notesSchema>;

const modelSchema = z.strictObject({
  format: z.literal('cheetah-model'),
  version: z.literal(1),
  weightsHash: z.string().regex(/^[0-9a-f]{64}$/),
  network: networkSchema,
  notes: notesSchema.default({}),
});

export interface Model {
  readonly network: Network;
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** sha256 (hex), see `weightsHash`. */
  readonly weightsHash: string;
  readonly notes: ModelNotes;
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
  model: { network: Network; parameters: Parameters; notes?: ModelNotes },
): Promise<{ weightsHash: string }> {
  const { parameters, notes = {} } = model;
  // in the schema's order of keys, so that a saved model saves to the same bytes again
  const network = parseNetwork(model.network, `network ${model.network.name}`);
  checkParameters(network, parameters);
  const hash = weightsHash(parameters);
  writeSafetensors(join(directory, WEIGHTS_FILE), parameters);
  const description = { format: 'cheetah-model', version: 1, weightsHash: hash, network, notes };
  writeAtomically(join(directory, MODEL_FILE), `${JSON.stringify(description, null, 2)}\n`);
  return { weightsHash: hash };
}

/**
 * Loads a model from its directory. Throws UserError, one line, where a file is missing, truncated, malformed or
 * of another model, or a weight is NaN or infinite.
 */
export async function loadModel(directory: string): Promise<Model> {
  const path = join(directory, MODEL_FILE);
  const parsed = modelSchema.safeParse(await readJson(path));
  if (!parsed.success) throw new UserError(`${path} is not a saved model: ${firstIssue(parsed.error)}`);
  const network = parseNetwork(parsed.data.network, path);
  const weights = join(directory, WEIGHTS_FILE);
  const { tensors } = await readSafetensors(weights);
  const parameters = floatTensors(tensors, weights);
  checkParameters(network, parameters);
  const hash = weightsHash(parameters);
  if (hash !== parsed.data.weightsHash) {
    throw new UserError(`${weights} does not belong to ${path} (its hash differs); copy both files again`);
  }
  return { network, parameters, weightsHash: hash, notes: parsed.data.notes };
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
