/**
 * A plain convolutional network of the size and kind the Cheetah line (arXiv 1908.02386) ran on CIFAR-10: three 5×5
 * convolutions with pools, no batch-norm. The widths are ours: at most 15 M multiply-accumulates at 32×32×3.
 */
import type { Network } from '../network.js';
import type { Shape } from '../tensor.js';
import { conv, dense, FLATTEN, halve, Nodes, RELU, requireImage } from './nodes.js';

export function convnetCifar(input: Shape, classes: number): Network {
  requireImage('convnet-cifar', input, 8);
  const nodes = new Nodes();
  for (const [i, filters] of [32, 32, 64].entries()) {
    nodes.add(`conv${i + 1}`, conv(filters, 5));
    nodes.add(`relu${i + 1}`, RELU);
    nodes.add(`pool${i + 1}`, halve('max', 'same'));
  }
  nodes.add('flatten', FLATTEN);
  nodes.add('dense1', dense(64));
  nodes.add('relu4', RELU);
  nodes.add('dense2', dense(classes));
  return nodes.network('convnet-cifar', input, classes);
}
