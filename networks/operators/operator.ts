/** What an operator's file provides: how it is described, shapes, parameters, counts, lowering, and its float layer. */
import type { z } from 'zod';
import type { Kernels } from '../../kernels/loader.js';
import type { Scratch } from '../primitives/memory.js';
import type { Edge, Step } from '../program.js';
import type { Shape } from '../tensor.js';

export interface ParameterFacts {
  /** `weight`, `bias`, `gamma`, … : the part of the parameter's name after the node's. */
  readonly suffix: string;
  readonly shape: Shape;
  /** `he`: uniform in ±√(6 / fanIn) (He et al. 2015). */
  readonly initial:
    | { readonly kind: 'he'; readonly fanIn: number }
    | { readonly kind: 'constant'; readonly value: number };
  /** `learned` by gradient, or `tracked` from the batches (running mean and variance). */
  readonly training: 'learned' | 'tracked';
}

/** A float32 tensor of a batch in kernel memory: pointers in bytes, `size` elements an image. */
export interface Slot {
  readonly shape: Shape;
  readonly size: number;
  readonly values: number;
  /** Where the gradient with respect to it stands. */
  readonly gradient: number;
}

export type Pass =
  | { readonly mode: 'evaluate' }
  /**
   * `step` counts batches from 0 over the whole training, `first` is the place in the batch of the first image: the key
   * of the draws of dropout.
   */
  | { readonly mode: 'train'; readonly seed: number; readonly step: number; readonly first: number };

/**
 * What a layer is made of. A batch is cut into shards (networks/training/shards.ts), and each has a layer of its own;
 * all of them stand on one heap, and several threads may run them.
 */
export interface LayerContext {
  readonly kernels: Kernels;
  /** Most images of the shard. */
  readonly batch: number;
  readonly node: string;
  /** Position among the nodes: tells apart the draws of two dropouts. */
  readonly index: number;
  /** Which of how many shards. */
  readonly shard: number;
  readonly shards: number;
  readonly inputs: readonly Slot[];
  readonly output: Slot;
  /** Whether anything before this node learns; `inputs` need no gradient where nothing does. */
  readonly inputGradients: 'needed' | 'unneeded';
  /** Room for the time of one call. */
  readonly scratch: Scratch;
  /** What the layers of all shards of the node have in common: made by the first of them. */
  common<T>(make: () => T): T;
  /** The gradient is the shard's own. */
  parameter(suffix: string): { readonly values: number; readonly gradient: number; readonly size: number };
}

/**
 * A node with its buffers. `forward` fills output.values for the first `count` images of the shard (none is allowed);
 * `backward`, after a forward of the same images, overwrites the gradients of the inputs and adds to those of the
 * parameters.
 */
export interface Layer {
  forward(count: number, pass: Pass): void;
  backward(count: number): void;
  /** Makes ready what depends on the parameters alone; called once a step, on one shard, before any forward. */
  prepare?(): void;
  /**
   * Of a layer that needs sums over the whole batch: called on every shard, before `forward` and `backward` of any, where
   * the inputs and the output's gradients are there. Every shard leaves its sums where all find them.
   */
  readonly gather?: {
    forward(count: number, pass: Pass): void;
    backward(count: number): void;
  };
}

/** The node that is lowered, and what its operator may do with it (networks/lower.ts). */
export interface LoweredNode {
  readonly name: string;
  /**
   * The edges its inputs stand on, as indices and themselves; a flatten makes no edge, so a shape may still be that
   * before it.
   */
  readonly inputs: readonly number[];
  readonly inputEdges: readonly Edge[];
  /** Its own shape. */
  readonly output: Shape;
  /** Undefined where the node has no such parameter. */
  parameter(suffix: string): Float32Array | undefined;
  /** Adds a step that makes a new edge of the node's name and shape; the step's `name` and `output` are the node's. */
  add(step: NewStep): void;
  /** The node's value is that of its first input: nothing is computed. */
  pass(): void;
  /** The step that makes the first input, if nothing else reads it on the way; undefined where it may not be changed. */
  soleMaker(): Step | undefined;
  /** Puts `step` in place of the sole maker, whose edge takes the name of this node and, where one is given, a new shape. */
  replaceMaker(step: Step, shape?: Shape): void;
}

/** A step without what the node knows. */
export type NewStep = Step extends infer S ? (S extends Step ? Omit<S, 'name' | 'output'> : never) : never;

export interface OperatorRule<Schema extends z.ZodType<{ readonly type: string }>> {
  readonly type: z.infer<Schema>['type'];
  /** How it stands in a network's description, with the defaults of what may be left out. */
  readonly schema: Schema;
  readonly inputs: number | 'two or more';
  /** `last`: only as the last node, whose probabilities do not change which class is largest. */
  readonly place: 'anywhere' | 'last';
  /** Throws UserError naming the node where the inputs do not suit. */
  shape(operator: z.infer<Schema>, inputs: readonly Shape[], node: string): Shape;
  parameters(operator: z.infer<Schema>, inputs: readonly Shape[]): readonly ParameterFacts[];
  /** Multiply-accumulates an image: real dot products, padding included; 0 for all that does not multiply. */
  macs(operator: z.infer<Schema>, inputs: readonly Shape[], output: Shape): number;
  lower(operator: z.infer<Schema>, node: LoweredNode): void;
  layer(operator: z.infer<Schema>, context: LayerContext): Layer;
}

/** A rule with the types of its attributes taken from its schema. */
export function defineOperator<Schema extends z.ZodType<{ readonly type: string }>>(
  rule: OperatorRule<Schema>,
): OperatorRule<Schema> {
  return rule;
}
