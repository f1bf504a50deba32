/**
 * A network in training: its parameters, and a graph a shard (shard-graph.ts), all on one heap. Several threads may each
 * have one on the same heap: buffers are laid out in the same order, so pointers are the same in all of them.
 */
import type { Kernels } from '../../kernels/loader.js';
import type { Network, Parameters } from '../network.js';
import type { Pass } from '../operators/operator.js';
import { allocateFloats, Scratch } from '../primitives/memory.js';
import { type NamedParameter, nodeFacts } from '../shapes.js';
import type { Tensor } from '../tensor.js';
import { elementsOf } from '../tensor.js';
import { ShardGraph } from './shard-graph.js';
import { largestShard, SHARDS, shardOf, shardsOfLane } from './shards.js';

/** A parameter in kernel memory. */
export interface Held extends NamedParameter {
  readonly size: number;
  readonly values: number;
  /** Of the first shard; those of the others follow, `apart` bytes from one to the next. */
  readonly gradients: number;
  readonly apart: number;
  /** The sum over all shards. */
  readonly gradient: number;
}

/** Waits until all threads are here; a generator, so that the calling thread can do something else meanwhile. */
export type Meet = () => Generator<void, void>;

/** One thread alone. */
export function* alone(): Generator<void, void> {}

/** Which of how many threads this is, and how it waits for the others. */
export interface Lane {
  readonly lane: number;
  readonly lanes: number;
  readonly meet: Meet;
}

export const ONLY_LANE: Lane = { lane: 0, lanes: 1, meet: alone };

export class TrainingGraph {
  readonly held: readonly Held[];
  /** One after the other, as they are cut from a batch. */
  readonly shards: readonly ShardGraph[];
  readonly #scratch = new Scratch();
  readonly #scratchAt: number;

  /** `lanes`: on how many threads it will run. */
  constructor(
    readonly kernels: Kernels,
    network: Network,
    readonly batch: number,
    lanes: number,
  ) {
    const facts = nodeFacts(network);
    this.held = facts.flatMap((node) => node.parameters.map((parameter) => this.#hold(parameter)));
    const byName = new Map(this.held.map((held) => [held.name, held]));
    const ground = {
      kernels,
      network,
      facts: facts.filter(({ type }) => type !== 'softmax'),
      batch: largestShard(batch),
      scratch: this.#scratch,
      common: new Map<string, unknown>(),
      parameter(name: string, shard: number) {
        const { values, gradients, apart, size } = byName.get(name)!;
        return { values, gradient: gradients + shard * apart, size };
      },
    };
    this.shards = Array.from({ length: SHARDS }, (_, shard) => new ShardGraph(ground, shard));
    this.#scratchAt = kernels.allocate(this.#scratch.bytes * lanes);
    this.takeLane(0);
  }

  /** Threads that run at once must have different lanes: each has room of its own for what one call needs. */
  takeLane(lane: number): void {
    this.#scratch.place(this.#scratchAt + lane * this.#scratch.bytes);
  }

  /** Puts parameters in; those of all threads are the same ones. */
  fill(parameters: Parameters): void {
    for (const { name, values, size } of this.held) {
      this.kernels.f32(values, size).set(parameters.get(name)!.data);
    }
  }

  /** From the images in the shards to their logits, for the first `count` images of a batch. */
  *forward(
    count: number,
    passOf: (first: number) => Pass,
    { lane, lanes, meet }: Lane,
  ): Generator<void, void> {
    const mine = shardsOfLane(lane, lanes);
    this.shards[0]!.prepare(lane, lanes);
    yield* meet();
    const { stages } = this.shards[0]!;
    for (let stage = 0; stage < stages; stage++) {
      for (const shard of mine) {
        const { first, count: own } = shardOf(count, shard);
        this.shards[shard]!.forward(stage, own, passOf(first));
      }
      if (stage + 1 < stages) yield* meet();
    }
  }

  /** From the logits' gradients of the last forward's images to the gradients of all parameters, a sum a shard. */
  *backward(count: number, { lane, lanes, meet }: Lane): Generator<void, void> {
    const mine = shardsOfLane(lane, lanes);
    const { zeroBytes } = this.kernels.call;
    const { stages } = this.shards[0]!;
    for (const shard of mine) {
      for (const { gradients, apart, size } of this.held) zeroBytes(gradients + shard * apart, size * 4);
    }
    for (let stage = stages - 1; stage >= 0; stage--) {
      for (const shard of mine) {
        const own = shardOf(count, shard).count;
        if (stage + 1 < stages) this.shards[shard]!.backwardGathered(stage + 1, own);
        this.shards[shard]!.backward(stage, own);
      }
      yield* meet();
    }
  }

  /** The logits of up to a batch of images, [count, classes], by the weights as they are; one thread alone. */
  logits(images: Float32Array, count: number): Float32Array {
    const [inSize, classes] = [
      images.length / count,
      this.shards[0]!.logits.length / largestShard(this.batch),
    ];
    this.shards.forEach((shard, i) => {
      const { first, count: own } = shardOf(count, i);
      shard.images.set(images.subarray(first * inSize, (first + own) * inSize));
    });
    this.forward(count, () => ({ mode: 'evaluate' }), ONLY_LANE).next();
    const logits = new Float32Array(count * classes);
    this.shards.forEach((shard, i) => {
      const { first, count: own } = shardOf(count, i);
      logits.set(shard.logits.subarray(0, own * classes), first * classes);
    });
    return logits;
  }

  /** A copy of the parameters as they are now. */
  parameters(): Map<string, Tensor> {
    return new Map(
      this.held.map(({ name, shape, size, values }) => [
        name,
        { shape, data: this.kernels.f32(values, size).slice() },
      ]),
    );
  }

  #hold(parameter: NamedParameter): Held {
    const size = elementsOf(parameter.shape);
    const place = () => allocateFloats(this.kernels, size);
    const values = place();
    const gradients = Array.from({ length: SHARDS }, place);
    const apart = gradients[1]! - gradients[0]!;
    return { ...parameter, size, values, gradients: gradients[0]!, apart, gradient: place() };
  }
}
