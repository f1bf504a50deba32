/**
 * A small DenseNet (Huang et al. 2017): in a block every layer reads the channels of all before it, side by side, so each
 * join is a concatenation, Yao's second kind of two-path network. Layers are convolution, batch-norm, ReLU in this order,
 * so that batch-norm folds into the convolution. At 32×32×3 at most 15 M multiply-accumulates and 300 K parameters.
 */
import type { Network } from '../network.js';
import type { Shape } from '../tensor.js';
import { CONCAT, conv, dense, GLOBAL_MEAN, halve, Nodes, requireImage } from './nodes.js';

/** Layers of a block, the channels each adds, and the channels that a transition behind it keeps. */
const BLOCKS = [
  { layers: 3, growth: 16, kept: 48 },
  { layers: 3, growth: 32, kept: 72 },
  { layers: 4, growth: 32, kept: undefined },
] as const;

export function densenetTiny(input: Shape, classes: number): Network {
  requireImage('densenet-tiny', input, 16);
  const nodes = new Nodes();
  nodes.convNormRelu('0', conv(32, 3));
  let x = nodes.add('pool0', halve('max', 'same'));
  for (const [i, { layers, growth, kept }] of BLOCKS.entries()) {
    const block = i + 1;
    const parts = [x];
    for (let layer = 1; layer <= layers; layer++) {
      parts.push(nodes.convNormRelu(`${block}-${layer}`, conv(growth, 3)));
      // all parts as they were made: each is rounded once to the join's encoding, not from join to join
      x = nodes.add(`join${block}-${layer}`, CONCAT, [...parts]);
    }
    if (kept === undefined) break;
    nodes.convNormRelu(`${block}-transition`, conv(kept, 1));
    x = nodes.add(`pool${block}`, halve('average', 'same'));
  }
  nodes.add('mean', GLOBAL_MEAN);
  nodes.add('dense', dense(classes));
  return nodes.network('densenet-tiny', input, classes);
}
