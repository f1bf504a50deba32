/**
 * Deep convolutional networks of about 500 K and 1.7 M parameters: our stand-ins for the two of "Machine Learning
 * Compression for On-The-Edge Devices", which gives their sizes and nothing else. Most parameters are in the dense
 * layers, so that an image of 32×32×3 takes at most 15 M multiply-accumulates. Three `same` pools take 28×28 as well as
 * 32×32 to 4×4, so the dense layers are the same for both.
 */
import type { Network } from '../network.js';
import type { Shape } from '../tensor.js';
import { conv, dense, dropout, FLATTEN, halve, Nodes, RELU, requireImage } from './nodes.js';

/** 3×3 convolutions of so many filters, a pool behind each of the first three, and one hidden dense layer. */
function dcnn(
  name: string,
  filters: readonly number[],
  hidden: number,
  input: Shape,
  classes: number,
): Network {
  requireImage(name, input, 8);
  const nodes = new Nodes();
  for (const [i, count] of filters.entries()) {
    nodes.convNormRelu(`${i + 1}`, conv(count, 3));
    if (i < 3) nodes.add(`pool${i + 1}`, halve('max', 'same'));
  }
  nodes.add('flatten', FLATTEN);
  nodes.add('drop1', dropout(0.5));
  nodes.add('dense1', dense(hidden));
  nodes.add('relu-dense', RELU);
  nodes.add('drop2', dropout(0.5));
  nodes.add('dense2', dense(classes));
  return nodes.network(name, input, classes);
}

export function dcnnSmall(input: Shape, classes: number): Network {
  return dcnn('dcnn-small', [16, 32, 64], 460, input, classes);
}

export function dcnnLarge(input: Shape, classes: number): Network {
  return dcnn('dcnn-large', [32, 64, 128, 128], 708, input, classes);
}
