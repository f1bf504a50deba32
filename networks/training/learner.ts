/** One thread's part of a training: it feeds, runs and updates its share of every batch, in step with the others. */
import { Stream } from '../../arithmetic/philox.js';
import { type Dataset, normalizedImages } from '../../datasets/dataset.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Network } from '../network.js';
import { type Augment, augmentation } from './augmentation.js';
import { type Lane, TrainingGraph } from './graph.js';
import { crossEntropy } from './loss.js';
import { Optimizer } from './optimizer.js';
import { rateAt, type TrainingOptions } from './options.js';
import { SHARDS, shardOf, shardsOfLane } from './shards.js';

/** What all threads of a training are told. */
export interface Lesson {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
  /** Indices of the images that are trained on, ascending. */
  readonly trained: Uint32Array;
}

/** What a batch gave, before its update. */
export interface BatchResult {
  readonly batch: number;
  readonly images: number;
  /** Sum over the images, in nats. */
  readonly loss: number;
  readonly correct: number;
}

/** Of lane 0 alone. */
export interface Leader {
  /** Called after every batch's backward pass, before its update; throws where the training cannot go on. */
  onGradients(result: BatchResult): void;
  /** Called after the update, while no thread changes anything. Whether the epoch goes on. */
  onBatch(result: BatchResult): 'on' | 'stop';
}

export class Learner {
  readonly graph: TrainingGraph;
  readonly optimizer: Optimizer;
  readonly #augment: Augment | undefined;
  /** By shard: the loss and the right ones of the batch. */
  readonly #losses: Float64Array;
  readonly #correct: Float64Array;
  /** Where lane 0 says whether the epoch goes on. */
  readonly #verdict: Int32Array;

  constructor(
    kernels: Kernels,
    private readonly lesson: Lesson,
    private readonly lane: Lane,
  ) {
    const { network, dataset, options, trained } = lesson;
    const batch = Math.min(options.batch, trained.length);
    this.graph = new TrainingGraph(kernels, network, batch, lane.lanes);
    this.graph.takeLane(lane.lane);
    this.optimizer = new Optimizer(kernels, this.graph.held, options);
    const black = dataset.mean.map((mean, channel) => -mean / dataset.std[channel]!);
    this.#augment = augmentation(options, dataset.shape, black);
    this.#losses = kernels.f64(kernels.allocate(SHARDS * 8), SHARDS);
    this.#correct = kernels.f64(kernels.allocate(SHARDS * 8), SHARDS);
    this.#verdict = kernels.i32(kernels.allocate(4), 1);
  }

  /** Batches of an epoch. */
  get batches(): number {
    return Math.ceil(this.lesson.trained.length / this.graph.batch);
  }

  /** Epoch `epoch` (from 0) from batch `from` on, until its end or until lane 0 stops it. `leader`: of lane 0. */
  *epoch(epoch: number, from: number, leader?: Leader): Generator<void, void> {
    const { options, trained } = this.lesson;
    const { batch } = this.graph;
    const order = new Stream(options.seed, 'shuffle', epoch).shuffle(trained.slice());
    const { batches, lane } = this;
    for (let b = from; b < batches; b++) {
      const indices = order.subarray(b * batch, Math.min(order.length, (b + 1) * batch));
      const step = epoch * batches + b;
      yield* this.#gradients(indices, epoch, step);
      const result = this.#result(b, indices.length);
      leader?.onGradients(result);
      this.optimizer.update(
        rateAt(options, step, batches * options.epochs, batches),
        step,
        lane.lane,
        lane.lanes,
      );
      yield* lane.meet();
      if (leader !== undefined) this.#verdict[0] = leader.onBatch(result) === 'stop' ? 1 : 0;
      yield* lane.meet();
      if (this.#verdict[0] === 1) return;
      // the calling thread hears of signals and timers
      if (leader !== undefined) yield;
    }
  }

  *#gradients(indices: Uint32Array, epoch: number, step: number): Generator<void, void> {
    const { lane, graph } = this;
    const { seed } = this.lesson.options;
    for (const shard of shardsOfLane(lane.lane, lane.lanes)) this.#feed(shard, indices, epoch);
    const count = indices.length;
    yield* graph.forward(count, (first) => ({ mode: 'train', seed, step, first }), lane);
    for (const shard of shardsOfLane(lane.lane, lane.lanes)) this.#judge(shard, indices);
    yield* graph.backward(count, lane);
  }

  #feed(shard: number, indices: Uint32Array, epoch: number): void {
    const { dataset } = this.lesson;
    const { first, count } = shardOf(indices.length, shard);
    const mine = indices.subarray(first, first + count);
    const { images } = this.graph.shards[shard]!;
    normalizedImages(dataset, dataset.train, mine, images);
    if (this.#augment === undefined || count === 0) return;
    const size = dataset.shape.reduce((product, extent) => product * extent, 1);
    for (const [i, image] of mine.entries()) {
      this.#augment(images.subarray(i * size, (i + 1) * size), epoch, image);
    }
  }

  #judge(shard: number, indices: Uint32Array): void {
    const { dataset, options } = this.lesson;
    const { first, count } = shardOf(indices.length, shard);
    const labels = new Uint8Array(count);
    for (let i = 0; i < count; i++) labels[i] = dataset.train.labels[indices[first + i]!]!;
    const { logits, logitGradients } = this.graph.shards[shard]!;
    const mean = { batch: indices.length, classes: dataset.classes.length, smoothing: options.smoothing };
    const { sum, correct } = crossEntropy(logits, labels, mean, logitGradients);
    this.#losses[shard] = sum;
    this.#correct[shard] = correct;
  }

  #result(batch: number, images: number): BatchResult {
    const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
    return { batch, images, loss: total(this.#losses), correct: total(this.#correct) };
  }
}
