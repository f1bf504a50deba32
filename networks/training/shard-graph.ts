/** The nodes of a network with buffers for one shard of a batch: float32 values forward, gradients backward. */
import type { Kernels } from '../../kernels/loader.js';
import type { Network, Node } from '../network.js';
import type { Layer, Pass, Slot } from '../operators/operator.js';
import { ruleOf } from '../operators/registry.js';
import { allocateFloats, type Scratch } from '../primitives/memory.js';
import type { NodeFacts } from '../shapes.js';
import { elementsOf, type Shape } from '../tensor.js';
import { SHARDS } from './shards.js';

interface Built {
  readonly layer: Layer;
  readonly output: Slot;
  /** The gradients that each reader of this node writes, where it has several; `output.gradient` is their sum. */
  readonly readers: number[];
  /** Whether backward has anything to do here. */
  readonly learns: boolean;
}

/** What the graphs of all shards stand on. */
export interface ShardGround {
  readonly kernels: Kernels;
  readonly network: Network;
  readonly facts: readonly NodeFacts[];
  /** Most images of a shard. */
  readonly batch: number;
  readonly scratch: Scratch;
  /** By node: what its layers have in common. */
  readonly common: Map<string, unknown>;
  parameter(
    name: string,
    shard: number,
  ): { readonly values: number; readonly gradient: number; readonly size: number };
}

/** A final softmax is left out: the loss takes logits. */
export class ShardGraph {
  /** [count, ...input] and [count, classes] of the shard. */
  readonly images: Float32Array;
  readonly logits: Float32Array;
  readonly logitGradients: Float32Array;
  readonly #nodes: readonly Built[];
  /**
   * Nodes that all threads may run without waiting for one another: a stage ends where whole-batch sums are needed, and
   * begins with the node that needs them.
   */
  readonly #stages: readonly (readonly Built[])[];

  constructor(
    private readonly ground: ShardGround,
    private readonly shard: number,
  ) {
    const { network, kernels, batch } = ground;
    const kept = network.nodes.filter(({ operator }) => operator.type !== 'softmax');
    const readers = new Map<string, number>();
    for (const node of kept) {
      for (const input of node.inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
    }
    const input = this.#slot(network.input);
    const built = new Map<string, Built>();
    for (const [index, node] of kept.entries()) {
      const makers = node.inputs.map((name) => built.get(name));
      const inputs = node.inputs.map((name, i) => this.#reading(makers[i], input, readers.get(name)!));
      const needed = makers.some((maker) => maker?.learns === true);
      built.set(node.name, this.#build(node, index, inputs, needed ? 'needed' : 'unneeded'));
    }
    this.#nodes = [...built.values()];
    const stages: Built[][] = [[]];
    for (const node of this.#nodes) {
      if (node.layer.gather !== undefined) stages.push([]);
      stages.at(-1)!.push(node);
    }
    this.#stages = stages;
    const last = this.#nodes.at(-1)!.output;
    this.images = kernels.f32(input.values, batch * input.size);
    this.logits = kernels.f32(last.values, batch * last.size);
    this.logitGradients = kernels.f32(last.gradient, batch * last.size);
  }

  get stages(): number {
    return this.#stages.length;
  }

  /** Every `lanes`-th node from `lane` on makes ready what all shards share. */
  prepare(lane: number, lanes: number): void {
    this.#nodes.forEach(({ layer }, index) => {
      if (index % lanes === lane) layer.prepare?.();
    });
  }

  /** Stage `stage` of the first `count` images, and the sums that the next one needs. */
  forward(stage: number, count: number, pass: Pass): void {
    for (const { layer } of this.#stages[stage]!) layer.forward(count, pass);
    this.#stages[stage + 1]?.[0]?.layer.gather?.forward(count, pass);
  }

  /** The same backwards, from `logitGradients` of the last forward's images; gradients of parameters are added to. */
  backward(stage: number, count: number): void {
    const nodes = this.#stages[stage]!;
    for (const node of nodes.toReversed()) {
      if (!node.learns) continue;
      const { gather } = node.layer;
      // its sums end this stage; its own step, which needs those of all shards, begins the one before
      if (gather === undefined || node !== nodes[0]) this.#step(node, count);
      else {
        this.#collect(node, count);
        gather.backward(count);
      }
    }
  }

  /** What the stage's first node does once the sums of all shards are there. */
  backwardGathered(stage: number, count: number): void {
    const first = this.#stages[stage]![0]!;
    if (first.learns) first.layer.backward(count);
  }

  #step(node: Built, count: number): void {
    this.#collect(node, count);
    node.layer.backward(count);
  }

  #collect({ output, readers }: Built, count: number): void {
    const { addFloat32, copyBytes } = this.ground.kernels.call;
    const n = count * output.size;
    readers.forEach((gradient, i) => {
      if (i === 0) copyBytes(gradient, output.gradient, n * 4);
      else addFloat32(n, output.gradient, gradient, output.gradient);
    });
  }

  #build(node: Node, index: number, inputs: readonly Slot[], inputGradients: 'needed' | 'unneeded'): Built {
    const { ground, shard } = this;
    const { kernels, batch, facts, scratch } = ground;
    const output = this.#slot(facts[index]!.output);
    const layer = ruleOf(node.operator).layer(node.operator, {
      kernels,
      batch,
      node: node.name,
      index,
      shard,
      shards: SHARDS,
      inputs,
      output,
      inputGradients,
      scratch,
      common<T>(make: () => T): T {
        if (!ground.common.has(node.name)) ground.common.set(node.name, make());
        return ground.common.get(node.name) as T;
      },
      parameter: (suffix) => ground.parameter(`${node.name}.${suffix}`, shard),
    });
    const learns = inputGradients === 'needed' || facts[index]!.parameters.length > 0;
    return { layer, output, readers: [], learns };
  }

  #slot(shape: Shape): Slot {
    const { kernels, batch } = this.ground;
    const size = elementsOf(shape);
    const values = allocateFloats(kernels, batch * size);
    return { shape, size, values, gradient: allocateFloats(kernels, batch * size) };
  }

  /** An input as one of its readers sees it: with a gradient of its own where several read it. */
  #reading(maker: Built | undefined, images: Slot, readers: number): Slot {
    if (maker === undefined) return images;
    if (readers === 1) return maker.output;
    const gradient = allocateFloats(this.ground.kernels, this.ground.batch * maker.output.size);
    maker.readers.push(gradient);
    return { ...maker.output, gradient };
  }
}
