/**
 * Inverted dropout: in training each value is 0 with probability `rate`, else divided by 1 − rate; in evaluation
 * nothing happens. Draws are keyed by (seed, batch, node, place of the image in the
 * batch), one 32-bit word a value.
 */
import { z } from 'zod';
import { Stream } from '../../arithmetic/philox.js';
import { allocateFloats } from '../primitives/memory.js';
import { defineOperator } from './operator.js';

/** Streams of one batch: the draws of node i in batch s are stream s · this + i (networks have fewer nodes). */
const NODES = 1024;

export const dropout = defineOperator({
  type: 'dropout',
  schema: z.strictObject({ type: z.literal('dropout'), rate: z.number().min(0).lt(1) }),
  inputs: 1,
  place: 'anywhere',
  shape: (_, [input]) => input!,
  parameters: () => [],
  macs: () => 0,
  lower: (_, node) => node.pass(),
  layer(operator, { kernels, batch, index, inputs, output }) {
    const { copyBytes, multiplyFloat32 } = kernels.call;
    const input = inputs[0]!;
    const pointer = allocateFloats(kernels, batch * input.size);
    const mask = kernels.f32(pointer, batch * input.size);
    const kept = 1 / (1 - operator.rate);
    return {
      forward(count, pass) {
        const n = count * input.size;
        if (pass.mode === 'evaluate') {
          mask.fill(1, 0, n);
          copyBytes(input.values, output.values, n * 4);
          return;
        }
        for (let i = 0; i < count; i++) {
          const stream = new Stream(pass.seed, 'dropout', pass.step * NODES + index, pass.first + i);
          const end = (i + 1) * input.size;
          for (let j = i * input.size; j < end; j++) mask[j] = stream.uniform() < operator.rate ? 0 : kept;
        }
        multiplyFloat32(n, input.values, pointer, output.values);
      },
      backward(count) {
        multiplyFloat32(count * input.size, output.gradient, pointer, input.gradient);
      },
    };
  },
});
