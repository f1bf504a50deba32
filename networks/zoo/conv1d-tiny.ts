/**
 * The convolution along a flattened image of "Machine Learning Compression for On-The-Edge Devices", §3.2: 14×14 pixels
 * as a sequence of 196 (the data set mnist-14), a Conv1D of 8 filters, dense 16, dense 10. Kernel 3, stride 1, no padding
 * and ReLU are ours: the review gives the 8 filters only.
 */
import { UserError } from '../../errors.js';
import type { Network } from '../network.js';
import type { Shape } from '../tensor.js';
import { dense, FLATTEN, Nodes, RELU } from './nodes.js';

export function conv1dTiny(input: Shape, classes: number): Network {
  if (input.length !== 2 || input[0]! < 3) {
    throw new UserError(
      `conv1d-tiny: it needs sequences [length, channels] of at least 3, got [${input.join(', ')}]; mnist-14 has [196, 1]`,
    );
  }
  const nodes = new Nodes();
  const along = { stride: 1, padding: 'valid', dilation: 1, groups: 1, bias: 'bias' } as const;
  nodes.add('conv1', { type: 'conv1d', filters: 8, kernel: 3, ...along });
  nodes.add('relu1', RELU);
  nodes.add('flatten', FLATTEN);
  nodes.add('dense1', dense(16));
  nodes.add('relu2', RELU);
  nodes.add('dense2', dense(classes));
  return nodes.network('conv1d-tiny', input, classes);
}
