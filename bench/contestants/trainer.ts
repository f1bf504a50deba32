/** The project's own training, some batches a run: as a person runs it, on one thread or several, and its kernels alone. */

import { createKernels } from '../../dist/kernels/loader.js';
import { firstIndices } from '../../dist/networks/batches.js';
import { initialParameters } from '../../dist/networks/parameters.js';
import { ONLY_LANE, TrainingGraph } from '../../dist/networks/training/graph.js';
import { type Leader, Learner, type Lesson } from '../../dist/networks/training/learner.js';
import { crossEntropy } from '../../dist/networks/training/loss.js';
import { Crew } from '../../dist/networks/training/threads/crew.js';
import { type Profile, profileRun } from '../profile.js';
import type { Contestant } from '../race.js';

const SEED = 0;

/** From batch to batch of a lesson, over again at the end of its epoch. */
class Place {
  #next = 0;

  constructor(private readonly batches: number) {}

  /** Where `steps` batches in a row begin. */
  take(steps: number): number {
    if (steps > this.batches) throw new Error(`an epoch has ${this.batches} batches, fewer than ${steps}`);
    if (this.#next + steps > this.batches) this.#next = 0;
    const from = this.#next;
    this.#next += steps;
    return from;
  }
}

/** Stops after `steps` batches from `from`. Throws where the loss is no number: there the speed of nothing is measured. */
function leaderOf(from: number, steps: number): Leader {
  return {
    onGradients({ loss }) {
      if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}; choose a lower rate`);
    },
    onBatch: ({ batch }) => (batch + 1 - from < steps ? 'on' : 'stop'),
  };
}

export interface Trainer extends Contestant {
  /** Milliseconds that classifying the first `count` training images takes: what an epoch ends with. */
  classify(count: number): Promise<number>;
  close(): Promise<void>;
}

/** `steps` batches a run: images fed, forward, backward, update. */
export function trainer(lesson: Lesson, threads: number, steps: number): Trainer {
  const crew = new Crew(createKernels(), lesson, threads, []);
  const { graph, optimizer, batches } = crew.learner;
  graph.fill(initialParameters(lesson.network, SEED));
  optimizer.begin();
  const place = new Place(batches);
  return {
    name: `${threads} threads`,
    async run() {
      const from = place.take(steps);
      await crew.epoch(0, from, leaderOf(from, steps));
    },
    async classify(count) {
      const from = performance.now();
      await crew.classify(graph.parameters(), { split: 'train', indices: firstIndices(count) });
      return performance.now() - from;
    },
    close: () => crew.close(),
  };
}

/** Forward and backward of one batch a run, on one thread; no images are fed and nothing is updated. */
export function forwardBackward({ network, options, dataset }: Lesson, images: Float32Array): Contestant {
  const { batch } = options;
  const graph = new TrainingGraph(createKernels(), network, batch, ONLY_LANE.lanes);
  graph.fill(initialParameters(network, SEED));
  const size = images.length / batch;
  let first = 0;
  for (const shard of graph.shards) {
    const most = shard.images.length / size;
    const count = Math.min(most, batch - first);
    shard.images.set(images.subarray(first * size, (first + count) * size));
    first += count;
  }
  const forward = () =>
    exhaust(graph.forward(batch, (at) => ({ mode: 'train', seed: SEED, step: 0, first: at }), ONLY_LANE));
  forward();
  const mean = { batch, classes: dataset.classes.length, smoothing: 0 };
  for (const { logits, logitGradients } of graph.shards) {
    crossEntropy(logits, new Uint8Array(logits.length / mean.classes), mean, logitGradients);
  }
  return {
    name: 'forward and backward',
    run() {
      forward();
      exhaust(graph.backward(batch, ONLY_LANE));
    },
  };
}

/** Runs that are watched: the shortest is the one that the machine disturbed least. */
const WATCHED = 5;

/** Where the time of `steps` batches on one thread goes, by kernel. */
export function trainingProfile(lesson: Lesson, steps: number): Profile {
  const kernels = createKernels();
  const learner = new Learner(kernels, lesson, ONLY_LANE);
  learner.graph.fill(initialParameters(lesson.network, SEED));
  learner.optimizer.begin();
  const place = new Place(learner.batches);
  const run = (): void => {
    const from = place.take(steps);
    exhaust(learner.epoch(0, from, leaderOf(from, steps)));
  };
  run();
  const profiles = Array.from({ length: WATCHED }, () => profileRun(kernels, run));
  return profiles.reduce((least, profile) => (profile.whole < least.whole ? profile : least));
}

function exhaust(steps: Generator<void, void>): void {
  while (steps.next().done !== true);
}
