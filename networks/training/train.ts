/** Training in float32: the same weights from the same options on any machine. */
import { setImmediate } from 'node:timers/promises';
import { Stream } from '../../arithmetic/philox.js';
import { type Dataset, normalizedImages } from '../../datasets/dataset.js';
import { holdOut } from '../../datasets/validation.js';
import { UserError } from '../../errors.js';
import { compileFloat } from '../dataflows/float.js';
import { checkFits, evaluatePlan } from '../evaluation.js';
import {
  type Checkpoint,
  type EpochRecord,
  findCheckpoint,
  type TrainingIdentity,
  writeCheckpoint,
} from '../files/checkpoint.js';
import { lower } from '../lower.js';
import type { Network, Parameters } from '../network.js';
import { checkParameters, initialParameters } from '../parameters.js';
import { parseNetwork } from '../schema.js';
import type { Tensor } from '../tensor.js';
import { TrainingGraph } from './graph.js';
import { crossEntropy } from './loss.js';
import { Optimizer } from './optimizer.js';
import { rateAt, resolveTraining, type TrainingOptions } from './options.js';

export interface TrainingProgress {
  readonly epoch: number;
  readonly epochs: number;
  /** Batches done in this epoch, and in one epoch. */
  readonly batch: number;
  readonly batches: number;
  /** Over the images of this epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

export interface TrainingCalls {
  /** Directory for a checkpoint after every epoch. */
  readonly checkpoint?: string;
  /**
   * Both `resume` and `continue` go on from the checkpoint there, if any; the weights are those of an unbroken training.
   * A checkpoint that is damaged or of another training is an error for `resume`; `continue` says so and starts over.
   * `ask` is like `continue`, but refuses to replace that of another training.
   */
  readonly start?: 'fresh' | 'resume' | 'continue' | 'ask';
  /** What a person should know, in a line. */
  readonly onNote?: (text: string) => void;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly onEpoch?: (record: EpochRecord) => void;
}

export interface Trained {
  readonly network: Network;
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly options: TrainingOptions;
  readonly history: readonly EpochRecord[];
  /** Of the test images, which are looked at once, when the training has ended. */
  readonly test: { readonly correct: number; readonly count: number };
}

/** After so many batches the event loop gets its turn (signals, timers) and progress is reported. */
const BREATH = 16;
/** Images a run of the float plan takes. */
const PLAN_BATCH = 128;

/**
 * Trains `network` on the training split of `dataset` without the seed's validation images (datasets/validation.ts),
 * which are classified after every epoch. Weights start by He's rule from the seed, images are shuffled anew each epoch
 * by it, gradients are the mean over a batch, and the last batch of an epoch may be smaller. Throws UserError where network and dataset do not fit, options are out of
 * range, the checkpoint to resume is damaged or of another training, or the loss stops being finite.
 */
export async function train(
  network: Network,
  dataset: Dataset,
  given: Partial<TrainingOptions> = {},
  calls: TrainingCalls = {},
): Promise<Trained> {
  const options = resolveTraining(given);
  checkFits(network, dataset);
  const described = parseNetwork(network, `network ${network.name}`);
  const { validation, others } = holdOut(dataset.train.count, options.seed);
  const trained = others.sort();
  const identity = {
    network: described,
    options,
    dataset: dataset.name,
    checksum: dataset.checksum,
    images: { train: trained.length, validation: validation.length },
  };
  const resumed = await checkpointToGoOnFrom(identity, calls);
  const initial = resumed?.parameters ?? initialParameters(network, options.seed);
  checkParameters(network, initial);
  const graph = new TrainingGraph(network, initial, Math.min(options.batch, trained.length));
  const optimizer = new Optimizer(graph.kernels, graph.held, options);
  for (const [name, values] of resumed?.state ?? []) optimizer.state.get(name)!.set(values);
  const history = [...(resumed?.history ?? [])];
  const clock = { from: performance.now(), images: 0 };
  const floatPlan = (parameters: Parameters) => {
    checkParameters(network, parameters);
    return compileFloat(lower(network, parameters), { batch: PLAN_BATCH });
  };
  while (history.length < options.epochs) {
    const epoch = history.length;
    const seen = await trainEpoch({ graph, optimizer, dataset, trained, options }, epoch, clock, calls);
    const parameters = graph.parameters();
    const { correct } = evaluatePlan(floatPlan(parameters), dataset, dataset.train, validation);
    const record = {
      epoch: epoch + 1,
      ...seen,
      validationCorrect: correct,
      validationCount: validation.length,
    };
    history.push(record);
    if (calls.checkpoint !== undefined) {
      writeCheckpoint(calls.checkpoint, identity, { parameters, state: optimizer.state, history });
    }
    calls.onEpoch?.(record);
  }
  const parameters = graph.parameters();
  const { correct } = evaluatePlan(floatPlan(parameters), dataset, dataset.test);
  return { network, parameters, options, history, test: { correct, count: dataset.test.count } };
}

async function checkpointToGoOnFrom(
  identity: TrainingIdentity,
  { checkpoint, start = 'fresh', onNote }: TrainingCalls,
): Promise<Checkpoint | undefined> {
  if (start === 'fresh' || checkpoint === undefined) return undefined;
  const found = await findCheckpoint(checkpoint, identity);
  if (found.kind === 'none') return undefined;
  if (found.kind === 'sound') return found.checkpoint;
  const { path, what, kind } = found;
  if (start === 'resume') {
    const remedy =
      kind === 'other' ? 'give the same options, or another directory' : 'its epochs are lost: remove it';
    throw new UserError(`${path} ${what}; ${remedy}`);
  }
  if (start === 'ask' && kind === 'other') {
    throw new UserError(`${path} ${what}; --fresh replaces it, another --out keeps it`);
  }
  const lost = kind === 'other' ? 'it is replaced' : 'its epochs are lost, the training starts again';
  onNote?.(`${path} ${what}; ${lost}`);
  return undefined;
}

interface Training {
  readonly graph: TrainingGraph;
  readonly optimizer: Optimizer;
  readonly dataset: Dataset;
  /** Indices of the images that are trained on, ascending. */
  readonly trained: Uint32Array;
  readonly options: TrainingOptions;
}

async function trainEpoch(
  { graph, optimizer, dataset, trained, options }: Training,
  epoch: number,
  clock: { readonly from: number; images: number },
  { onProgress }: TrainingCalls,
): Promise<{ loss: number; trainCorrect: number; trainCount: number }> {
  const { labels } = dataset.train;
  const count = trained.length;
  const { batch } = graph;
  const batches = Math.ceil(count / batch);
  const steps = batches * options.epochs;
  const order = trained.slice();
  new Stream(options.seed, 'shuffle', epoch).shuffle(order);
  const batchLabels = new Uint8Array(batch);
  let [sum, correct, seen] = [0, 0, 0];
  for (let b = 0; b < batches; b++) {
    const indices = order.subarray(b * batch, Math.min(count, (b + 1) * batch));
    const now = indices.length;
    const step = epoch * batches + b;
    normalizedImages(dataset, dataset.train, indices, graph.images);
    for (let i = 0; i < now; i++) batchLabels[i] = labels[indices[i]!]!;
    graph.forward(now, { mode: 'train', seed: options.seed, step });
    const loss = crossEntropy(graph.logits, batchLabels, now, dataset.classes.length, graph.logitGradients);
    if (!Number.isFinite(loss.sum)) {
      throw new UserError(
        `training: the loss is ${loss.sum} in epoch ${epoch + 1}, batch ${b + 1}; try a rate below ${options.rate}`,
      );
    }
    graph.backward(now);
    optimizer.update(rateAt(options, step, steps), step);
    sum += loss.sum;
    correct += loss.correct;
    seen += now;
    clock.images += now;
    if ((b + 1) % BREATH !== 0 && b + 1 !== batches) continue;
    await setImmediate();
    if (onProgress === undefined) continue;
    const rate = clock.images / ((performance.now() - clock.from) / 1000);
    const left = ((options.epochs - epoch) * count - seen) / rate;
    const place = { epoch: epoch + 1, epochs: options.epochs, batch: b + 1, batches };
    const speed = { imagesPerSecond: rate, secondsLeft: left };
    onProgress({ ...place, loss: sum / seen, accuracy: correct / seen, ...speed });
  }
  return { loss: sum / count, trainCorrect: correct, trainCount: count };
}
