/**
 * A checkpoint: one safetensors file of parameters and optimizer state whose metadata say of which training and
 * after how many epochs, so that one rename replaces all of it. A digest over all of it shows damage.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { parseJson } from '../../input/structured.js';
import type { Network } from '../network.js';
import { parametersOf } from '../parameters.js';
import type { Tensor } from '../tensor.js';
import { AVERAGE, slotNames, type TrainingOptions } from '../training/options.js';
import { floatTensors } from './model.js';
import { decodeSafetensors, readSafetensorsBytes, writeSafetensors } from './safetensors.js';

export const CHECKPOINT_FILE = 'checkpoint.safetensors';

/** What makes two trainings the same. */
export interface TrainingIdentity {
  readonly network: Network;
  readonly options: TrainingOptions;
  readonly dataset: string;
  readonly checksum: string;
  /** Images that are trained on, and those held out. */
  readonly images: { readonly train: number; readonly validation: number };
}

export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Mean over the training images, in nats; each image by the weights of its batch, before their update. */
  readonly loss: number;
  /** How many training images were right, each by the weights of its batch, of how many. */
  readonly trainCorrect: number;
  readonly trainCount: number;
  /** Right of the validation images after the epoch, which are held out of the training; of how many. */
  readonly validationCorrect: number;
  readonly validationCount: number;
}

/** An epoch that was stopped on its way: its batches so far, and their sums. */
export interface PartialEpoch {
  readonly batches: number;
  /** Sum over the images, in nats. */
  readonly loss: number;
  readonly correct: number;
}

export interface Checkpoint {
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** Optimizer state by `<slot>/<parameter>`. */
  readonly state: ReadonlyMap<string, Float32Array>;
  readonly history: readonly EpochRecord[];
  /** Undefined after a whole epoch. */
  readonly partial: PartialEpoch | undefined;
}

const count = z.int().min(0);
const partialSchema = z.strictObject({ batches: z.int().min(1), loss: z.number().min(0), correct: count });
const historySchema = z
  .array(
    z.strictObject({
      epoch: z.int().min(1),
      loss: z.number(),
      trainCorrect: count,
      trainCount: count,
      validationCorrect: count,
      validationCount: count,
    }),
  )
  .max(10_000);

const STATE = 'state/';
/** Of the JSON in the metadata: 10,000 epochs have 14 each. */
const MOST_VALUES = 2 ** 18;
const FORMAT = 'cheetah-checkpoint-4';

/** What stands where a checkpoint may be. `what` ends a sentence that begins with the file's name. */
export type FoundCheckpoint =
  | { readonly kind: 'none' }
  | { readonly kind: 'other' | 'damaged'; readonly path: string; readonly what: string }
  | { readonly kind: 'sound'; readonly checkpoint: Checkpoint };

export function writeCheckpoint(directory: string, identity: TrainingIdentity, checkpoint: Checkpoint): void {
  const tensors = new Map<string, Tensor>(checkpoint.parameters);
  for (const [name, data] of checkpoint.state) tensors.set(`${STATE}${name}`, { shape: [data.length], data });
  const training = JSON.stringify(identity);
  const { history: epochs, partial } = checkpoint;
  const history = JSON.stringify(partial === undefined ? { epochs } : { epochs, partial });
  const digest = digestOf(training, history, tensors);
  writeSafetensors(join(directory, CHECKPOINT_FILE), tensors, { format: FORMAT, training, history, digest });
}

/** sha256 (hex) of the texts and, in order of their names, of every tensor's name, shape and bytes. */
function digestOf(training: string, history: string, tensors: ReadonlyMap<string, Tensor>): string {
  const hash = createHash('sha256').update(JSON.stringify([FORMAT, training, history]));
  for (const name of [...tensors.keys()].sort()) {
    const { shape, data } = tensors.get(name)!;
    hash.update(JSON.stringify([name, shape]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

/** Looks for the checkpoint of a training in `directory`. Throws UserError only for a file that cannot be read. */
export async function findCheckpoint(
  directory: string,
  identity: TrainingIdentity,
): Promise<FoundCheckpoint> {
  const path = join(directory, CHECKPOINT_FILE);
  if (!existsSync(path)) return { kind: 'none' };
  const damaged = (what: string): FoundCheckpoint => ({ kind: 'damaged', path, what });
  const other = (what: string): FoundCheckpoint => ({ kind: 'other', path, what });
  const bytes = readSafetensorsBytes(path);
  let tensors: ReadonlyMap<string, Tensor>;
  let metadata: ReadonlyMap<string, string>;
  try {
    const file = decodeSafetensors(bytes, path);
    metadata = file.metadata;
    if (metadata.get('format') !== FORMAT) return other('is not a checkpoint of a training');
    tensors = floatTensors(file.tensors, path);
  } catch (error) {
    if (error instanceof UserError) return damaged('is cut or altered');
    throw error;
  }
  const training = metadata.get('training') ?? '';
  const history = metadata.get('history') ?? '';
  if (digestOf(training, history, tensors) !== metadata.get('digest')) {
    return damaged('is altered (its digest differs)');
  }
  const different = firstDifference(training, identity);
  if (different !== undefined) return other(`is of another training: ${different} differs`);
  const place = z
    .strictObject({ epochs: historySchema, partial: partialSchema.optional() })
    .safeParse(parsed(history));
  if (!place.success || !isPossible(place.data.epochs, place.data.partial, identity)) {
    return damaged('has a history that cannot be');
  }
  const parameters = new Map<string, Tensor>();
  const state = new Map<string, Float32Array>();
  for (const [name, tensor] of tensors) {
    if (name.startsWith(STATE)) state.set(name.slice(STATE.length), tensor.data);
    else parameters.set(name, tensor);
  }
  const bad = badState(identity, parameters, state);
  if (bad !== undefined) return damaged(bad);
  return {
    kind: 'sound',
    checkpoint: { parameters, state, history: place.data.epochs, partial: place.data.partial },
  };
}

/** One record an epoch, in order, of this data set, no more right than there are, no more epochs than asked for. */
function isPossible(
  history: readonly EpochRecord[],
  partial: PartialEpoch | undefined,
  { options, images }: TrainingIdentity,
): boolean {
  const begun = history.length + (partial === undefined ? 0 : 1);
  const { batch } = options;
  return (
    begun >= 1 &&
    begun <= options.epochs &&
    (partial === undefined ||
      (partial.batches * batch < images.train && partial.correct <= partial.batches * batch)) &&
    history.every(
      (record, index) =>
        record.epoch === index + 1 &&
        record.loss >= 0 &&
        record.trainCount === images.train &&
        record.validationCount === images.validation &&
        record.trainCorrect <= record.trainCount &&
        record.validationCorrect <= record.validationCount,
    )
  );
}

/** What is wrong with the optimizer's state: every parameter has what is kept of it, of its size and finite. */
function badState(
  { network, options }: TrainingIdentity,
  parameters: ReadonlyMap<string, Tensor>,
  state: ReadonlyMap<string, Float32Array>,
): string | undefined {
  const all = parametersOf(network);
  const learned = all.filter(({ training }) => training === 'learned');
  const names = [
    ...learned.flatMap(({ name }) => slotNames(options.optimizer).map((slot) => [slot, name] as const)),
    ...(options.average > 0 ? all.map(({ name }) => [AVERAGE, name] as const) : []),
  ];
  for (const [slot, name] of names) {
    const values = state.get(`${slot}/${name}`);
    if (values?.length !== parameters.get(name)?.data.length || !values?.every(Number.isFinite)) {
      return `lacks a sound optimizer's state of ${name}`;
    }
  }
  return state.size === names.length ? undefined : 'holds state of parameters that are not learned';
}

function firstDifference(text: string, identity: TrainingIdentity): string | undefined {
  if (text === JSON.stringify(identity)) return undefined;
  const given = parsed(text) as Partial<TrainingIdentity> | undefined;
  for (const key of ['network', 'dataset', 'checksum', 'images'] as const) {
    if (JSON.stringify(given?.[key]) !== JSON.stringify(identity[key])) {
      return (
        { checksum: "the dataset's content", images: 'the number of images' }[key as string] ?? `the ${key}`
      );
    }
  }
  const options = Object.keys(identity.options) as (keyof TrainingOptions)[];
  const option = options.find((key) => given?.options?.[key] !== identity.options[key]);
  return option === undefined ? 'its description' : `option ${option}`;
}

function parsed(text: string): unknown {
  try {
    return parseJson(text, 'metadata', { values: MOST_VALUES });
  } catch {
    return undefined;
  }
}
