/** Networks whose layers have the shapes the benches ask for, beside those of the zoo. */
import type { Network, Node } from '../../dist/networks/network.js';
import type { Shape } from '../../dist/networks/tensor.js';

const relu = (name: string, input: string): Node => ({
  name,
  inputs: [input],
  operator: { type: 'activation', activation: 'relu' },
});

const dense = (name: string, input: string, units: number): Node => ({
  name,
  inputs: [input],
  operator: { type: 'dense', units, bias: 'bias' },
});

const conv = (name: string, input: string, filters: number, padding: 'same' | 'valid'): Node => ({
  name,
  inputs: [input],
  operator: {
    type: 'conv2d',
    filters,
    kernel: [3, 3],
    stride: [1, 1],
    padding,
    dilation: [1, 1],
    groups: 1,
    bias: 'bias',
  },
});

const pool = (name: string, input: string): Node => ({
  name,
  inputs: [input],
  operator: { type: 'pool', pooling: 'max', kernel: [2, 2], stride: [2, 2], padding: 'valid' },
});

const flatten = (input: string): Node => ({
  name: 'flatten',
  inputs: [input],
  operator: { type: 'flatten' },
});

/** 784-256-256-128-10: layers of 256 × 784, 256 × 256 and 10 × 128. */
export function gemmMlp(input: Shape, classes: number): Network {
  const nodes = [flatten('input')];
  let last = 'flatten';
  for (const [i, units] of [256, 256, 128].entries()) {
    nodes.push(dense(`dense${i + 1}`, last, units), relu(`relu${i + 1}`, `dense${i + 1}`));
    last = `relu${i + 1}`;
  }
  nodes.push(dense('dense4', last, classes));
  return { name: 'gemm-mlp', input, classes, nodes };
}

/** One 3 × 3 convolution of a grey image, K = 9. */
export function smallConv(input: Shape, classes: number): Network {
  const nodes = [
    conv('conv1', 'input', 8, 'valid'),
    relu('relu1', 'conv1'),
    pool('pool1', 'relu1'),
    flatten('pool1'),
    dense('dense1', 'flatten', classes),
  ];
  return { name: 'small-conv', input, classes, nodes };
}

/**
 * 1.7 million parameters, about 100 million multiply-accumulates an image of 32 × 32 × 3. Its second layer is a
 * product of 1024 × 64 × 576 an image, its first dense one of 64 × 1024 × 576 for 64 images.
 */
export function cifarNet(input: Shape, classes: number): Network {
  const nodes = [
    conv('conv1', 'input', 64, 'same'),
    relu('relu1', 'conv1'),
    conv('conv2', 'relu1', 64, 'same'),
    relu('relu2', 'conv2'),
    pool('pool2', 'relu2'),
    conv('conv3', 'pool2', 128, 'same'),
    relu('relu3', 'conv3'),
    conv('conv4', 'relu3', 128, 'same'),
    relu('relu4', 'conv4'),
    pool('pool4', 'relu4'),
    conv('conv5', 'pool4', 64, 'valid'),
    relu('relu5', 'conv5'),
    pool('pool5', 'relu5'),
    flatten('pool5'),
    dense('dense1', 'flatten', 1024),
    relu('relu6', 'dense1'),
    dense('dense2', 'relu6', 768),
    relu('relu7', 'dense2'),
    dense('dense3', 'relu7', classes),
  ];
  return { name: 'cifar-net', input, classes, nodes };
}
