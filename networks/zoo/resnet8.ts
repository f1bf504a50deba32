/**
 * ResNet-8, the image-classification network of the MLPerf Tiny benchmark (mlcommons/tiny): 16, 32 and 64 filters in
 * three stacks of one residual block; the second and third halve the image in their first convolution and in the 1×1
 * convolution of their shortcut. Batch-norm follows every 3×3 convolution and no 1×1 one; all convolutions have a bias
 * and TensorFlow's SAME padding; epsilon and momentum are the benchmark's (its 0.99 is what is kept: our 0.01).
 */
import type { Network } from '../network.js';
import type { Operator } from '../operators/registry.js';
import type { Shape } from '../tensor.js';
import { conv, dense, GLOBAL_MEAN, Nodes, RELU, requireImage } from './nodes.js';

const NORM: Operator = { type: 'batch-norm', epsilon: 1e-3, momentum: 0.01 };

/** `x` is the node that the block reads; gives the name of its output. */
function block(nodes: Nodes, place: number, filters: number, stride: 1 | 2, x: string): string {
  const steps = { stride: [stride, stride] } as const;
  nodes.add(`conv${place}a`, conv(filters, 3, steps), [x]);
  nodes.add(`norm${place}a`, NORM);
  nodes.add(`relu${place}a`, RELU);
  nodes.add(`conv${place}b`, conv(filters, 3));
  const inner = nodes.add(`norm${place}b`, NORM);
  const shortcut = stride === 1 ? x : nodes.add(`shortcut${place}`, conv(filters, 1, steps), [x]);
  nodes.add(`sum${place}`, { type: 'add' }, [shortcut, inner]);
  return nodes.add(`relu${place}`, RELU);
}

export function resnet8(input: Shape, classes: number): Network {
  requireImage('resnet8', input, 8);
  const nodes = new Nodes();
  nodes.add('conv1', conv(16, 3));
  nodes.add('norm1', NORM);
  let x = nodes.add('relu1', RELU);
  x = block(nodes, 2, 16, 1, x);
  x = block(nodes, 3, 32, 2, x);
  block(nodes, 4, 64, 2, x);
  nodes.add('mean', GLOBAL_MEAN);
  nodes.add('dense', dense(classes));
  return nodes.network('resnet8', input, classes);
}
