/** The mean of every channel over the whole image or sequence: one value a channel. */
import { z } from 'zod';
import type { Window } from '../../emac/layer/window.js';
import { UserError } from '../../errors.js';
import { FloatPool } from '../primitives/pool.js';
import type { Shape } from '../tensor.js';
import { poolWindow } from '../window.js';
import { defineOperator } from './operator.js';

/** One window, which is the whole input. */
function wholeWindow(shape: Shape, node: string): Window {
  const [, width, height = 1] = shape.toReversed() as [number, number, number?];
  return poolWindow({ kernel: [height, width], stride: [1, 1], padding: 'valid' }, shape, node);
}

export const globalPool = defineOperator({
  type: 'global-pool',
  schema: z.strictObject({ type: z.literal('global-pool'), pooling: z.literal('average') }),
  inputs: 1,
  place: 'anywhere',
  shape(_, [input], node) {
    if (input!.length !== 2 && input!.length !== 3) {
      throw new UserError(
        `node ${node}: global-pool needs [height, width, channels] or [length, channels], got shape [${input!.join(', ')}]`,
      );
    }
    return [input![input!.length - 1]!];
  },
  parameters: () => [],
  macs: () => 0,
  lower({ pooling }, node) {
    const window = wholeWindow(node.inputEdges[0]!.shape, node.name);
    node.add({ kind: 'pool', pooling, inputs: [node.inputs[0]!], window });
  },
  layer({ pooling }, { kernels, inputs, output, node }) {
    const input = inputs[0]!;
    const primitive = new FloatPool(kernels, pooling, wholeWindow(input.shape, node));
    return {
      forward: (count) => primitive.forward(count, input.values, output.values),
      backward: (count) =>
        primitive.backward(count, input.values, output.values, output.gradient, input.gradient),
    };
  },
});
