/** Max and average pooling; padding never counts. */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { FloatPool } from '../primitives/pool.js';
import { poolWindow } from '../window.js';
import { imagePadding, pair } from './fields.js';
import { defineOperator } from './operator.js';

export const pool = defineOperator({
  type: 'pool',
  schema: z.strictObject({
    type: z.literal('pool'),
    pooling: z.enum(['max', 'average']),
    kernel: pair,
    stride: pair,
    padding: imagePadding.default('valid'),
  }),
  inputs: 1,
  place: 'anywhere',
  shape(operator, [input], node) {
    const window = poolWindow(operator, input!, node);
    if (input!.length === 3) return [window.outHeight, window.outWidth, window.inChannels];
    if (operator.kernel[0] !== 1) {
      throw new UserError(
        `node ${node}: pooling a [length, channels] input needs a kernel of height 1, got ${operator.kernel[0]}`,
      );
    }
    return [window.outWidth, window.inChannels];
  },
  parameters: () => [],
  macs: () => 0,
  lower(operator, node) {
    const window = poolWindow(operator, node.inputEdges[0]!.shape, node.name);
    const { pooling } = operator;
    node.add({ kind: 'pool', pooling, inputs: [node.inputs[0]!], window });
  },
  layer(operator, { kernels, inputs, output, node }) {
    const input = inputs[0]!;
    const primitive = new FloatPool(kernels, operator.pooling, poolWindow(operator, input.shape, node));
    return {
      forward(count) {
        primitive.forward(count, input.values, output.values);
      },
      backward(count) {
        primitive.backward(count, input.values, output.values, output.gradient, input.gradient);
      },
    };
  },
});
