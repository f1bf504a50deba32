/**
 * A network is data: a list of nodes, each an operator with its attributes and the names of its inputs, and
 * parameters beside it by name.
 */
import type { Operator } from './operators/registry.js';
import type { Shape, Tensor } from './tensor.js';

export interface Node {
  readonly name: string;
  readonly operator: Operator;
  /** Names of earlier nodes, or `input`. */
  readonly inputs: readonly string[];
}

/** Nodes stand in an order in which every input comes first; the last one is the output. */
export interface Network {
  readonly name: string;
  readonly input: Shape;
  readonly classes: number;
  readonly nodes: readonly Node[];
}

/** By name: `<node>.<suffix>`, the suffixes and shapes as the node's operator says. */
export type Parameters = ReadonlyMap<string, Tensor>;
