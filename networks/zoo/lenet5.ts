/**
 * LeNet-5 after LeCun et al. 1998 as it is used today: ReLU instead of tanh, max pooling, every map of the second
 * convolution sees all maps of the first. 28×28 inputs are padded by two pixels ('same'), so that they give the
 * shapes of the original 32×32 ones: 6 @ 28×28, 14×14, 16 @ 10×10, 5×5, 120, 84, classes.
 */
import { UserError } from '../../errors.js';
import type { Network, Node } from '../network.js';
import type { Shape } from '../tensor.js';

const conv = (name: string, input: string, filters: number, padding: 'same' | 'valid'): Node => ({
  name,
  inputs: [input],
  operator: {
    type: 'conv2d',
    filters,
    kernel: [5, 5],
    stride: [1, 1],
    padding,
    dilation: [1, 1],
    groups: 1,
    bias: 'bias',
  },
});

const relu = (name: string, input: string): Node => ({
  name,
  inputs: [input],
  operator: { type: 'activation', activation: 'relu' },
});

const pool = (name: string, input: string): Node => ({
  name,
  inputs: [input],
  operator: { type: 'pool', pooling: 'max', kernel: [2, 2], stride: [2, 2], padding: 'valid' },
});

const dense = (name: string, input: string, units: number): Node => ({
  name,
  inputs: [input],
  operator: { type: 'dense', units, bias: 'bias' },
});

/** `input`: [28, 28, channels] or [32, 32, channels] (others of at least 16 × 16 work too, unpadded). */
export function lenet5(input: Shape, classes: number): Network {
  if (input.length !== 3 || input[0]! < 16 || input[1]! < 16) {
    throw new UserError(
      `lenet5: it needs images [height, width, channels] of at least 16 × 16, got [${input.join(', ')}]; use mlp4`,
    );
  }
  const padding = input[0] === 28 && input[1] === 28 ? 'same' : 'valid';
  return {
    name: 'lenet5',
    input,
    classes,
    nodes: [
      conv('conv1', 'input', 6, padding),
      relu('relu1', 'conv1'),
      pool('pool1', 'relu1'),
      conv('conv2', 'pool1', 16, 'valid'),
      relu('relu2', 'conv2'),
      pool('pool2', 'relu2'),
      { name: 'flatten', inputs: ['pool2'], operator: { type: 'flatten' } },
      dense('dense1', 'flatten', 120),
      relu('relu3', 'dense1'),
      dense('dense2', 'relu3', 84),
      relu('relu4', 'dense2'),
      dense('dense3', 'relu4', classes),
    ],
  };
}
