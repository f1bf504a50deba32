/**
 * LeNet-5 after LeCun et al. 1998 as it is used today: ReLU instead of tanh, max pooling, every map of the second
 * convolution sees all maps of the first. 28×28 inputs are padded by two pixels ('same'), so that they give the
 * shapes of the original 32×32 ones: 6 @ 28×28, 14×14, 16 @ 10×10, 5×5, 120, 84, classes.
 */
import type { Network } from '../network.js';
import type { Shape } from '../tensor.js';
import { conv, dense, FLATTEN, halve, Nodes, RELU, requireImage } from './nodes.js';

/** `input`: [28, 28, channels] or [32, 32, channels] (others of at least 16 × 16 work too, unpadded). */
export function lenet5(input: Shape, classes: number): Network {
  requireImage('lenet5', input, 16);
  const nodes = new Nodes();
  nodes.add('conv1', conv(6, 5, { padding: input[0] === 28 && input[1] === 28 ? 'same' : 'valid' }));
  nodes.add('relu1', RELU);
  nodes.add('pool1', halve('max', 'valid'));
  nodes.add('conv2', conv(16, 5, { padding: 'valid' }));
  nodes.add('relu2', RELU);
  nodes.add('pool2', halve('max', 'valid'));
  nodes.add('flatten', FLATTEN);
  nodes.add('dense1', dense(120));
  nodes.add('relu3', RELU);
  nodes.add('dense2', dense(84));
  nodes.add('relu4', RELU);
  nodes.add('dense3', dense(classes));
  return nodes.network('lenet5', input, classes);
}
