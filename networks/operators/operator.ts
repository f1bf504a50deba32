/** What every operator's file provides: its shape rule, its parameters and counts, and its float layer. */
import type { Kernels } from '../../kernels/loader.js';
import type { Operator, Shape } from '../network.js';

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
  /** `step` counts batches from 0 over the whole training: the key of the draws of dropout. */
  | { readonly mode: 'train'; readonly seed: number; readonly step: number };

export interface LayerContext {
  readonly kernels: Kernels;
  readonly batch: number;
  readonly node: string;
  /** Position among the nodes: tells apart the draws of two dropouts. */
  readonly index: number;
  readonly inputs: readonly Slot[];
  readonly output: Slot;
  /** Whether anything before this node learns; `inputs` need no gradient where nothing does. */
  readonly inputGradients: 'needed' | 'unneeded';
  parameter(suffix: string): { readonly values: number; readonly gradient: number; readonly size: number };
}

/**
 * A node with its buffers. `forward` fills output.values for the first `count` images; `backward`, after a
 * forward of the same images, overwrites the gradients of the inputs and adds to those of the parameters.
 */
export interface Layer {
  forward(count: number, pass: Pass): void;
  backward(count: number): void;
}

export interface OperatorRule<O extends Operator> {
  readonly inputs: 1 | 2;
  /** Throws UserError naming the node where the inputs do not suit. */
  shape(operator: O, inputs: readonly Shape[], node: string): Shape;
  parameters(operator: O, input: Shape): readonly ParameterFacts[];
  /** Multiply-accumulates an image: real dot products, padding included; 0 for all that does not multiply. */
  macs(operator: O, input: Shape, output: Shape): number;
  layer(operator: O, context: LayerContext): Layer;
}

/** Buffers are read and written in whole vectors: bytes behind the last element. */
const SLACK = 64;

/** Room for `count` float32 values and the slack behind them. */
export function allocateFloats(kernels: Kernels, count: number): number {
  return kernels.allocate(count * 4 + SLACK);
}
