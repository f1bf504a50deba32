/** Two or more inputs side by side along the last axis, the channels; their other extents are equal. */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { FloatConcat } from '../primitives/concat.js';
import { elementsOf, type Shape } from '../tensor.js';
import { defineOperator } from './operator.js';

const channelsOf = (shape: Shape): number => shape[shape.length - 1]!;
const pixelsOf = (shape: Shape): number => elementsOf(shape.slice(0, -1));

export const concat = defineOperator({
  type: 'concat',
  schema: z.strictObject({ type: z.literal('concat') }),
  inputs: 'two or more',
  place: 'anywhere',
  shape(_, inputs, node) {
    const [first, ...others] = inputs;
    const before = first!.slice(0, -1);
    const odd = others.find((shape) => shape.slice(0, -1).join() !== before.join());
    if (odd !== undefined) {
      const shapes = inputs.map((shape) => `[${shape.join(', ')}]`).join(' and ');
      throw new UserError(
        `node ${node}: concat joins the last axis of inputs whose other extents are equal, got ${shapes}`,
      );
    }
    return [...before, inputs.reduce((sum, shape) => sum + channelsOf(shape), 0)];
  },
  parameters: () => [],
  macs: () => 0,
  lower(_, node) {
    // an edge may still have the shape before a flatten: the channels follow from its size
    const pixels = pixelsOf(node.output);
    const channels = node.inputEdges.map(({ size }) => size / pixels);
    node.add({ kind: 'concat', inputs: node.inputs, pixels, channels });
  },
  layer(_, { kernels, inputs, output }) {
    const channels = inputs.map(({ shape }) => channelsOf(shape));
    const primitive = new FloatConcat(kernels, pixelsOf(output.shape), channels);
    const values = inputs.map((input) => input.values);
    const gradients = inputs.map((input) => input.gradient);
    return {
      forward: (count) => primitive.forward(count, values, output.values),
      backward: (count) => primitive.backward(count, output.gradient, gradients),
    };
  },
});
