/**
 * Fully connected networks, ReLU between the layers. `mlp4` is the 4-layer one of the Cheetah line (arXiv 1908.02386).
 * The papers state four layers but not the widths of the hidden ones; 200, 100 and 50 are our choice: halving widths, large
 * enough for 98 % on MNIST in float32, and small enough that weights of many seeds can be kept. `mlp-tiny` is for tables of
 * a few features, as Deep Positron (arXiv 1812.01762) took them (iris, breast cancer); its hidden 16 and 8 are ours.
 */
import type { Network } from '../network.js';
import type { Shape } from '../tensor.js';
import { dense, FLATTEN, Nodes, RELU } from './nodes.js';

/** Any input shape; an image or sequence is flattened first. */
function mlp(name: string, hidden: readonly number[], input: Shape, classes: number): Network {
  const nodes = new Nodes();
  if (input.length > 1) nodes.add('flatten', FLATTEN);
  for (const [i, units] of hidden.entries()) {
    nodes.add(`dense${i + 1}`, dense(units));
    nodes.add(`relu${i + 1}`, RELU);
  }
  nodes.add(`dense${hidden.length + 1}`, dense(classes));
  return nodes.network(name, input, classes);
}

export function mlp4(input: Shape, classes: number): Network {
  return mlp('mlp4', [200, 100, 50], input, classes);
}

export function mlpTiny(input: Shape, classes: number): Network {
  return mlp('mlp-tiny', [16, 8], input, classes);
}
