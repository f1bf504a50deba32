/** Softmax over the last axis, computed in float64 after subtracting the largest value. */
import { z } from 'zod';
import { exp } from '../../arithmetic/elementary.js';
import { defineOperator } from './operator.js';

/** Probabilities of `classes` logits from `from`, into `out` at `to`. A NaN or +∞ logit makes all NaN. */
export function softmaxOf(
  logits: Float32Array,
  from: number,
  classes: number,
  out: Float32Array | Float64Array,
  to: number,
): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < classes; i++) largest = Math.max(largest, logits[from + i]!);
  let total = 0;
  for (let i = 0; i < classes; i++) total += exp(logits[from + i]! - largest);
  for (let i = 0; i < classes; i++) out[to + i] = exp(logits[from + i]! - largest) / total;
}

export const softmax = defineOperator({
  type: 'softmax',
  schema: z.strictObject({ type: z.literal('softmax') }),
  inputs: 1,
  place: 'last',
  shape: (_, [input]) => input!,
  parameters: () => [],
  macs: () => 0,
  lower: (_, node) => node.pass(),
  layer(_, { kernels, batch, inputs, output }) {
    const input = inputs[0]!;
    const classes = input.shape[input.shape.length - 1]!;
    const x = kernels.f32(input.values, batch * input.size);
    const y = kernels.f32(output.values, batch * input.size);
    const dx = kernels.f32(input.gradient, batch * input.size);
    const dy = kernels.f32(output.gradient, batch * input.size);
    return {
      forward(count) {
        for (let row = 0; row < count * input.size; row += classes) softmaxOf(x, row, classes, y, row);
      },
      backward(count) {
        for (let row = 0; row < count * input.size; row += classes) {
          let dot = 0;
          for (let i = row; i < row + classes; i++) dot += dy[i]! * y[i]!;
          for (let i = row; i < row + classes; i++) dx[i] = y[i]! * (dy[i]! - dot);
        }
      },
    };
  },
});
