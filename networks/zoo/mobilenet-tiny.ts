/**
 * A small MobileNet (Howard et al. 2017): depthwise 3×3 and pointwise 1×1 convolutions in turn, each with batch-norm and
 * ReLU6. Depthwise channels differ much in range, where one scale a tensor fails first. At 32×32×3 at most 15 M
 * multiply-accumulates and 300 K parameters.
 */
import type { Network } from '../network.js';
import type { Shape } from '../tensor.js';
import { conv, dense, GLOBAL_MEAN, Nodes, RELU6, requireImage } from './nodes.js';

/** Channels behind each block, and the stride of its depthwise convolution. */
const BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [176, 2],
  [176, 1],
  [352, 2],
] as const;

export function mobilenetTiny(input: Shape, classes: number): Network {
  requireImage('mobilenet-tiny', input, 8);
  const nodes = new Nodes();
  let channels = 32;
  nodes.convNormRelu('0', conv(channels, 3), RELU6);
  for (const [i, [filters, stride]] of BLOCKS.entries()) {
    const depthwise = conv(channels, 3, { groups: channels, stride: [stride, stride] });
    nodes.convNormRelu(`${i + 1}-depthwise`, depthwise, RELU6);
    nodes.convNormRelu(`${i + 1}-pointwise`, conv(filters, 1), RELU6);
    channels = filters;
  }
  nodes.add('mean', GLOBAL_MEAN);
  nodes.add('dense', dense(classes));
  return nodes.network('mobilenet-tiny', input, classes);
}
