/** relu and relu6. */
import { z } from 'zod';
import { FloatActivation } from '../primitives/activation.js';
import { defineOperator } from './operator.js';

export const activation = defineOperator({
  type: 'activation',
  schema: z.strictObject({ type: z.literal('activation'), activation: z.enum(['relu', 'relu6']) }),
  inputs: 1,
  place: 'anywhere',
  shape: (_, [input]) => input!,
  parameters: () => [],
  macs: () => 0,
  /** Fused into a mac or add that it alone reads. */
  lower(operator, node) {
    const maker = node.soleMaker();
    if ((maker?.kind === 'mac' || maker?.kind === 'add') && maker.activation === 'identity') {
      node.replaceMaker({ ...maker, activation: operator.activation });
      return;
    }
    node.add({ kind: 'activation', inputs: [node.inputs[0]!], activation: operator.activation });
  },
  layer(operator, { kernels, inputs, output }) {
    const input = inputs[0]!;
    const primitive = new FloatActivation(kernels, operator.activation);
    return {
      forward(count) {
        primitive.forward(count * input.size, input.values, output.values);
      },
      backward(count) {
        primitive.backward(count * input.size, input.values, output.gradient, input.gradient);
      },
    };
  },
});
