/** Training in float32: the same weights from the same options on any machine. */
import type { Dataset } from '../../datasets/dataset.js';
import { holdOut } from '../../datasets/validation.js';
import { UserError } from '../../errors.js';
import { createKernels } from '../../kernels/loader.js';
import { firstIndices } from '../batches.js';
import { checkFits } from '../evaluation.js';
import {
  type Checkpoint,
  type EpochRecord,
  findCheckpoint,
  type PartialEpoch,
  type TrainingIdentity,
  writeCheckpoint,
} from '../files/checkpoint.js';
import type { Network } from '../network.js';
import { checkParameters, initialParameters } from '../parameters.js';
import { parseNetwork } from '../schema.js';
import type { Tensor } from '../tensor.js';
import type { BatchResult, Leader } from './learner.js';
import { AVERAGE, resolveTraining, type TrainingOptions } from './options.js';
import { Crew } from './threads/crew.js';

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
  /** Threads that train, 1 where left out; the weights are the same for any number. */
  readonly threads?: number;
  /** Files of plugins that the threads load, where the network or its operators come from one. */
  readonly plugins?: readonly string[];
  /** On abort the batch on its way is finished, a checkpoint is written, and TrainingStopped is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** What a person should know, in a line. */
  readonly onNote?: (text: string) => void;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly onEpoch?: (record: EpochRecord) => void;
}

/** Thrown where a signal stopped a training; `kept` is the directory from which it can go on. */
export class TrainingStopped extends Error {
  constructor(readonly kept: string | undefined) {
    super('the training was stopped');
  }
}

export interface Trained {
  readonly network: Network;
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly options: TrainingOptions;
  readonly history: readonly EpochRecord[];
  /** Of the test images, which are looked at once, when the training has ended. */
  readonly test: { readonly correct: number; readonly count: number };
}

/** Progress is told after so many batches. */
const TELL_EVERY = 16;

/**
 * Trains `network` on the training split of `dataset` without the seed's validation images (datasets/validation.ts),
 * which are classified after every epoch. Weights start by He's rule from the seed, images are shuffled anew each epoch
 * by it, gradients are the mean over a batch, and the last batch of an epoch may be smaller. The result is the last
 * weights or, with `average`, their average. Throws UserError where network and dataset do not fit, options are out of
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
  const lesson = { network, dataset, options, trained };
  const crew = new Crew(createKernels(), lesson, calls.threads ?? 1, calls.plugins ?? []);
  const { graph, optimizer } = crew.learner;
  graph.fill(initial);
  optimizer.begin();
  for (const [name, values] of resumed?.state ?? []) optimizer.state.get(name)!.set(values);
  const course = new Course(crew, identity, calls, [...(resumed?.history ?? [])], resumed?.partial);
  try {
    while (course.history.length < options.epochs) await course.epoch(validation);
    const parameters = course.result();
    const all = firstIndices(dataset.test.count);
    const correct = await crew.classify(parameters, { split: 'test', indices: all });
    const { history } = course;
    return { network, parameters, options, history, test: { correct, count: dataset.test.count } };
  } finally {
    await crew.close();
  }
}

/** A training on its way: what is written and told of it. */
class Course {
  readonly #clock = { from: performance.now(), images: 0 };
  #partial: PartialEpoch | undefined;

  constructor(
    private readonly crew: Crew,
    private readonly identity: TrainingIdentity,
    private readonly calls: TrainingCalls,
    readonly history: EpochRecord[],
    partial: PartialEpoch | undefined,
  ) {
    this.#partial = partial;
  }

  /** One more, or the rest of one. */
  async epoch(validation: Uint32Array): Promise<void> {
    const epoch = this.history.length;
    const { batches } = this.crew.learner;
    const { images } = this.identity;
    const sums = { ...(this.#partial ?? { batches: 0, loss: 0, correct: 0 }) };
    await this.crew.epoch(epoch, sums.batches, this.#leader(epoch, sums));
    if (sums.batches < batches) {
      this.#partial = sums;
      this.#keep();
      throw new TrainingStopped(this.calls.checkpoint);
    }
    this.#partial = undefined;
    const record = {
      epoch: epoch + 1,
      loss: sums.loss / images.train,
      trainCorrect: sums.correct,
      trainCount: images.train,
      validationCorrect: await this.#right(validation),
      validationCount: validation.length,
    };
    this.history.push(record);
    this.#keep();
    this.calls.onEpoch?.(record);
    if (this.calls.signal?.aborted && this.history.length < this.identity.options.epochs) {
      throw new TrainingStopped(this.calls.checkpoint);
    }
  }

  /** The weights as they are used: the last ones, or their average. */
  result(): Map<string, Tensor> {
    const parameters = this.crew.learner.graph.parameters();
    if (this.identity.options.average === 0) return parameters;
    const { state } = this.crew.learner.optimizer;
    return new Map(
      [...parameters].map(([name, { shape }]) => [
        name,
        { shape, data: state.get(`${AVERAGE}/${name}`)!.slice() },
      ]),
    );
  }

  async #right(validation: Uint32Array): Promise<number> {
    const parameters = this.result();
    checkParameters(this.identity.network, parameters);
    return await this.crew.classify(parameters, { split: 'train', indices: validation });
  }

  #keep(): void {
    const { checkpoint } = this.calls;
    if (checkpoint === undefined) return;
    const { graph, optimizer } = this.crew.learner;
    const { history } = this;
    const kept = { parameters: graph.parameters(), state: optimizer.state, history, partial: this.#partial };
    writeCheckpoint(checkpoint, this.identity, kept);
  }

  /** Adds every batch to `sums`. */
  #leader(epoch: number, sums: { batches: number; loss: number; correct: number }): Leader {
    const { signal } = this.calls;
    const { options } = this.identity;
    let seen = sums.batches * Math.min(options.batch, this.identity.images.train);
    return {
      onGradients: ({ batch, loss }) => {
        if (Number.isFinite(loss)) return;
        throw new UserError(
          `training: the loss is ${loss} in epoch ${epoch + 1}, batch ${batch + 1}; try a rate below ${options.rate}`,
        );
      },
      onBatch: (result) => {
        sums.batches = result.batch + 1;
        sums.loss += result.loss;
        sums.correct += result.correct;
        seen += result.images;
        this.#tell(epoch, result, sums, seen);
        return signal?.aborted && sums.batches < this.crew.learner.batches ? 'stop' : 'on';
      },
    };
  }

  #tell(
    epoch: number,
    { batch, images }: BatchResult,
    sums: { loss: number; correct: number },
    seen: number,
  ): void {
    const clock = this.#clock;
    const { batches } = this.crew.learner;
    clock.images += images;
    if ((batch + 1) % TELL_EVERY !== 0 && batch + 1 !== batches) return;
    const now = performance.now();
    const imagesPerSecond = clock.images / ((now - clock.from) / 1000);
    const { epochs } = this.identity.options;
    const secondsLeft = ((epochs - epoch) * this.identity.images.train - seen) / imagesPerSecond;
    this.calls.onProgress?.({
      epoch: epoch + 1,
      epochs,
      batch: batch + 1,
      batches,
      loss: sums.loss / seen,
      accuracy: sums.correct / seen,
      imagesPerSecond,
      secondsLeft,
    });
  }
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
