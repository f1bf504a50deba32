/** relu and relu6: a clamp to 0..∞ or 0..6; NaN passes on, −0 gives +0. The slope at a bound is 0. */
import type { Activation, Operator } from '../network.js';
import type { OperatorRule } from './operator.js';

/** The interval an activation clamps to. */
export function clampBounds(activation: Activation): readonly [low: number, high: number] {
  switch (activation) {
    case 'identity':
      return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    case 'relu':
      return [0, Number.POSITIVE_INFINITY];
    case 'relu6':
      return [0, 6];
    default:
      throw new Error(`no bounds for ${activation satisfies never}`);
  }
}

export const activation: OperatorRule<Extract<Operator, { type: 'activation' }>> = {
  inputs: 1,
  shape: (_, [input]) => input!,
  parameters: () => [],
  macs: () => 0,
  layer(operator, { kernels, inputs, output }) {
    const [low, high] = clampBounds(operator.activation);
    const input = inputs[0]!;
    const { clampFloat32, clampBackwardFloat32 } = kernels.call;
    return {
      forward(count) {
        clampFloat32(count * input.size, input.values, low, high, output.values);
      },
      backward(count) {
        clampBackwardFloat32(count * input.size, input.values, output.gradient, low, high, input.gradient);
      },
    };
  },
};
