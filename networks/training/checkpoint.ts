/**
 * A checkpoint: one safetensors file of parameters and optimizer state whose metadata say of which training and
 * after how many epochs, so that one rename replaces all of it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { floatTensors } from '../files.js';
import type { Network, Tensor } from '../network.js';
import { parametersOf } from '../parameters.js';
import { readSafetensors, writeSafetensors } from '../safetensors.js';
import type { TrainingOptions } from './options.js';

export const CHECKPOINT_FILE = 'checkpoint.safetensors';

/** What makes two trainings the same. */
export interface TrainingIdentity {
  readonly network: Network;
  readonly options: TrainingOptions;
  readonly dataset: string;
  readonly checksum: string;
}

export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Mean over the training images, in nats, as they were seen. */
  readonly loss: number;
  /** Correct of the training images as they were seen, and how many those are. */
  readonly trainCorrect: number;
  readonly trainCount: number;
  /** Correct of the test images after the epoch. */
  readonly testCorrect: number;
  readonly testCount: number;
}

export interface Checkpoint {
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** Optimizer state by `<slot>/<parameter>`. */
  readonly state: ReadonlyMap<string, Float32Array>;
  readonly history: readonly EpochRecord[];
}

const count = z.int().min(0);
const historySchema = z
  .array(
    z.strictObject({
      epoch: z.int().min(1),
      loss: z.number(),
      trainCorrect: count,
      trainCount: count,
      testCorrect: count,
      testCount: count,
    }),
  )
  .max(10_000);

const STATE = 'state/';

export function writeCheckpoint(directory: string, identity: TrainingIdentity, checkpoint: Checkpoint): void {
  const tensors = new Map(checkpoint.parameters);
  for (const [name, data] of checkpoint.state) tensors.set(`${STATE}${name}`, { shape: [data.length], data });
  writeSafetensors(join(directory, CHECKPOINT_FILE), tensors, {
    format: 'cheetah-checkpoint-1',
    training: JSON.stringify(identity),
    history: JSON.stringify(checkpoint.history),
  });
}

/**
 * The checkpoint in `directory`, or undefined where there is none. Throws UserError where it is damaged or of
 * another training, naming what differs.
 */
export async function readCheckpoint(
  directory: string,
  identity: TrainingIdentity,
): Promise<Checkpoint | undefined> {
  const path = join(directory, CHECKPOINT_FILE);
  if (!existsSync(path)) return undefined;
  const { tensors, metadata } = await readSafetensors(path);
  if (metadata.get('format') !== 'cheetah-checkpoint-1') {
    throw new UserError(`${path} is not a checkpoint of a training; remove it or choose another directory`);
  }
  const different = firstDifference(metadata.get('training') ?? '', identity);
  if (different !== undefined) {
    throw new UserError(
      `${path} is of another training: ${different} differs; give the same options, or another directory`,
    );
  }
  const history = historySchema.safeParse(parsed(metadata.get('history') ?? ''));
  if (!history.success) throw new UserError(`${path} is damaged: its history is malformed; remove it`);
  const parameters = new Map<string, Tensor>();
  const state = new Map<string, Float32Array>();
  for (const [name, tensor] of floatTensors(tensors, path)) {
    if (name.startsWith(STATE)) state.set(name.slice(STATE.length), tensor.data);
    else parameters.set(name, tensor);
  }
  checkState(path, identity, parameters, state);
  return { parameters, state, history: history.data };
}

/** Every learned parameter has its state, of its size and finite. */
function checkState(
  path: string,
  { network, options }: TrainingIdentity,
  parameters: ReadonlyMap<string, Tensor>,
  state: ReadonlyMap<string, Float32Array>,
): void {
  const slots = options.optimizer === 'sgd' ? ['velocity'] : ['first', 'second'];
  const learned = parametersOf(network).filter(({ training }) => training === 'learned');
  for (const { name } of learned) {
    for (const slot of slots) {
      const values = state.get(`${slot}/${name}`);
      if (values?.length !== parameters.get(name)?.data.length || !values?.every(Number.isFinite)) {
        throw new UserError(
          `${path} is damaged: the optimizer's state of ${name} is missing or bad; remove it`,
        );
      }
    }
  }
  if (state.size !== learned.length * slots.length) {
    throw new UserError(`${path} is damaged: it holds state of parameters that are not learned; remove it`);
  }
}

function firstDifference(text: string, identity: TrainingIdentity): string | undefined {
  if (text === JSON.stringify(identity)) return undefined;
  const given = parsed(text) as Partial<TrainingIdentity> | undefined;
  for (const key of ['network', 'dataset', 'checksum'] as const) {
    if (JSON.stringify(given?.[key]) !== JSON.stringify(identity[key])) {
      return key === 'checksum' ? "the dataset's content" : `the ${key}`;
    }
  }
  const options = Object.keys(identity.options) as (keyof TrainingOptions)[];
  const option = options.find((key) => given?.options?.[key] !== identity.options[key]);
  return option === undefined ? 'its description' : `option ${option}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
