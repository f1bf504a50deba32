import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadDataset } from '../../../datasets/load.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { lower } from '../../../networks/lower.js';
import { defineOperator } from '../../../networks/operators/operator.js';
import type { Operator } from '../../../networks/operators/registry.js';
import { registerOperator, ruleOf } from '../../../networks/operators/registry.js';
import { parametersOf } from '../../../networks/parameters.js';
import { parseNetwork } from '../../../networks/schema.js';
import { train } from '../../../networks/training/train.js';
import { pixelWindow } from '../../../networks/window.js';

/** One file: an operator that learns a gain a channel, y = gain · x. */
const gain = defineOperator({
  type: 'gain',
  schema: z.strictObject({ type: z.literal('gain'), from: z.number().default(1) }),
  inputs: 1,
  place: 'anywhere',
  shape: (_, [input]) => input!,
  parameters: (operator, [input]) => [
    {
      suffix: 'weight',
      shape: [input!.at(-1)!, 1],
      initial: { kind: 'constant', value: operator.from },
      training: 'learned',
    },
  ],
  macs: (_, [input]) => input!.reduce((product, extent) => product * extent, 1),
  lower(_, node) {
    const weights = node.parameter('weight')!.slice();
    const channels = weights.length;
    const shape = { window: pixelWindow(node.output), groups: channels, outChannels: channels, k: 1 };
    const bias = new Float32Array(channels);
    node.add({ kind: 'mac', inputs: [node.inputs[0]!], ...shape, weights, bias, activation: 'identity' });
  },
  layer(_, { kernels, batch, inputs, output, parameter }) {
    const input = inputs[0]!;
    const channels = input.shape.at(-1)!;
    const view = (pointer: number, length: number) => kernels.f32(pointer, length);
    const [x, dx] = [view(input.values, batch * input.size), view(input.gradient, batch * input.size)];
    const [y, dy] = [view(output.values, batch * input.size), view(output.gradient, batch * input.size)];
    const weight = view(parameter('weight').values, channels);
    const gradient = view(parameter('weight').gradient, channels);
    return {
      forward(count) {
        for (let i = 0; i < count * input.size; i++) y[i] = weight[i % channels]! * x[i]!;
      },
      backward(count) {
        for (let i = 0; i < count * input.size; i++) {
          gradient[i % channels]! += dy[i]! * x[i]!;
          dx[i] = weight[i % channels]! * dy[i]!;
        }
      },
    };
  },
});

describe('an operator of one’s own', () => {
  it('is described, counted, trained, lowered and run once it is registered', async () => {
    registerOperator(gain);
    const network = parseNetwork(
      {
        name: 'gained',
        input: [28, 28, 1],
        classes: 10,
        nodes: [
          { name: 'gain', operator: { type: 'gain' }, inputs: ['input'] },
          { name: 'flat', operator: { type: 'flatten' }, inputs: ['gain'] },
          { name: 'dense', operator: { type: 'dense', units: 10 }, inputs: ['flat'] },
        ],
      },
      'test',
    );
    expect(network.nodes[0]!.operator).toEqual({ type: 'gain', from: 1 });
    expect(parametersOf(network).map(({ name }) => name)).toEqual([
      'gain.weight',
      'dense.weight',
      'dense.bias',
    ]);
    const dataset = await loadDataset('strokes', undefined, { train: 200, test: 50 });
    const { parameters, history } = await train(network, dataset, { epochs: 2 });
    expect(parameters.get('gain.weight')!.data[0]).not.toBe(1);
    expect(history[1]!.loss).toBeLessThan(history[0]!.loss);
    const program = lower(network, parameters);
    expect(program.steps.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['mac gain', 'mac dense']);
    const plan = compileFloat(program, { batch: 1 });
    const images = Float32Array.from({ length: 784 }, (_, i) => (i % 7) - 3);
    plan.run(images, 1);
    const by = parameters.get('gain.weight')!.data[0]!;
    expect(plan.edgeValues(1, 1)).toEqual(images.map((x) => by * x));
  });

  it('may not take a type that is taken, and one that is unknown is refused by name', () => {
    expect(() => registerOperator({ ...gain, type: 'gain' })).toThrow(
      "operator 'gain' is already registered",
    );
    expect(() => ruleOf({ type: 'loss' } as unknown as Operator)).toThrow(
      /operator 'loss' is unknown; use one of dense/,
    );
  });
});
