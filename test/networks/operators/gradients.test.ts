import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { createKernels } from '../../../kernels/loader.js';
import type { Pass, Slot } from '../../../networks/operators/operator.js';
import type { Operator } from '../../../networks/operators/registry.js';
import { ruleOf } from '../../../networks/operators/registry.js';
import { allocateFloats, Scratch } from '../../../networks/primitives/memory.js';
import type { Shape } from '../../../networks/tensor.js';
import { elementsOf } from '../../../networks/tensor.js';

const BATCH = 3;
const conv2d = {
  type: 'conv2d',
  filters: 4,
  kernel: [3, 2],
  stride: [1, 1],
  padding: 'valid',
  dilation: [1, 1],
  groups: 1,
  bias: 'bias',
} as const;
const conv1d = {
  type: 'conv1d',
  filters: 4,
  kernel: 3,
  stride: 1,
  padding: 'valid',
  dilation: 1,
  groups: 1,
  bias: 'bias',
} as const;
const pool = { type: 'pool', pooling: 'max', kernel: [2, 2], stride: [2, 2], padding: 'valid' } as const;
const train: Pass = { mode: 'train', seed: 5, step: 3, first: 0 };

const CASES: readonly (readonly [string, Operator, Shape, Pass])[] = [
  ['dense', { type: 'dense', units: 5, bias: 'bias' }, [7], train],
  ['dense without bias, 11 units', { type: 'dense', units: 11, bias: 'no-bias' }, [9], train],
  ['conv2d', conv2d, [6, 5, 3], train],
  ['conv2d same', { ...conv2d, padding: 'same', filters: 5 }, [4, 5, 2], train],
  ['conv2d strided, same', { ...conv2d, padding: 'same', stride: [2, 3] }, [5, 7, 3], train],
  ['conv2d dilated', { ...conv2d, dilation: [2, 3] }, [7, 6, 2], train],
  [
    'conv2d dilated, same',
    { ...conv2d, dilation: [2, 1], padding: 'same', kernel: [3, 3] },
    [5, 5, 2],
    train,
  ],
  [
    'conv2d with uneven padding, some in no window',
    { ...conv2d, stride: [2, 3], padding: { top: 1, bottom: 4, left: 3, right: 1 } },
    [4, 5, 2],
    train,
  ],
  [
    'conv2d 1×1 with a window of padding alone',
    { ...conv2d, kernel: [1, 1], padding: { top: 0, bottom: 1, left: 0, right: 0 } },
    [3, 2, 3],
    train,
  ],
  [
    'conv2d grouped, dilated, padding below alone',
    { ...conv2d, groups: 2, dilation: [2, 2], padding: { top: 0, bottom: 3, left: 0, right: 0 } },
    [4, 5, 4],
    train,
  ],
  ['conv2d same-lower', { ...conv2d, padding: 'same-lower', stride: [1, 2] }, [4, 5, 2], train],
  ['conv1d padded behind', { ...conv1d, dilation: 2, padding: { before: 1, after: 6 } }, [5, 2], train],
  [
    'max pool with uneven padding',
    { ...pool, kernel: [3, 4], padding: { top: 2, bottom: 1, left: 0, right: 3 } },
    [5, 4, 6],
    train,
  ],
  [
    'average pool with uneven padding',
    { ...pool, pooling: 'average', kernel: [3, 4], padding: { top: 1, bottom: 2, left: 3, right: 2 } },
    [4, 5, 3],
    train,
  ],
  ['conv2d grouped', { ...conv2d, groups: 2, filters: 6 }, [4, 4, 4], train],
  ['conv2d depthwise, same', { ...conv2d, groups: 3, filters: 3, padding: 'same' }, [4, 5, 3], train],
  [
    'conv2d depthwise, strided, dilated, padded below alone',
    {
      ...conv2d,
      groups: 6,
      filters: 6,
      stride: [2, 1],
      dilation: [1, 2],
      padding: { top: 0, bottom: 2, left: 0, right: 0 },
    },
    [5, 6, 6],
    train,
  ],
  ['conv2d 1×1', { ...conv2d, kernel: [1, 1] }, [3, 4, 5], train],
  ['conv2d 1×1 strided', { ...conv2d, kernel: [1, 1], stride: [2, 2] }, [5, 4, 3], train],
  ['conv1d', conv1d, [9, 2], train],
  [
    'conv1d strided, dilated, grouped, same',
    { ...conv1d, stride: 2, dilation: 2, groups: 2, padding: 'same' },
    [9, 4],
    train,
  ],
  ['max pool', pool, [4, 5, 5], train],
  ['max pool overlapping, same', { ...pool, kernel: [3, 3], padding: 'same' }, [5, 4, 6], train],
  ['average pool', { ...pool, pooling: 'average' }, [4, 4, 3], train],
  [
    'average pool overlapping, same',
    { ...pool, pooling: 'average', kernel: [3, 2], padding: 'same' },
    [5, 3, 2],
    train,
  ],
  ['max pool of a sequence', { ...pool, kernel: [1, 3], stride: [1, 2] }, [8, 3], train],
  ['relu', { type: 'activation', activation: 'relu' }, [30], train],
  ['relu6', { type: 'activation', activation: 'relu6' }, [60], train],
  ['batch-norm in training', { type: 'batch-norm', epsilon: 0.01, momentum: 0.1 }, [3, 2, 4], train],
  [
    'batch-norm in evaluation',
    { type: 'batch-norm', epsilon: 0.01, momentum: 0.1 },
    [5],
    { mode: 'evaluate' },
  ],
  ['flatten', { type: 'flatten' }, [2, 3, 2], train],
  ['dropout in training', { type: 'dropout', rate: 0.4 }, [20], train],
  ['dropout in evaluation', { type: 'dropout', rate: 0.4 }, [20], { mode: 'evaluate' }],
  ['add', { type: 'add' }, [3, 3, 2], train],
  ['concat', { type: 'concat' }, [3, 2, 5], train],
  ['concat of sequences', { type: 'concat' }, [4, 3], train],
  ['concat of flat inputs', { type: 'concat' }, [7], train],
  ['pad', { type: 'pad', top: 1, bottom: 2, left: 0, right: 3 }, [3, 2, 4], train],
  ['pad of a sequence', { type: 'pad', top: 0, bottom: 0, left: 2, right: 1 }, [4, 3], train],
  ['global average pool', { type: 'global-pool', pooling: 'average' }, [3, 4, 5], train],
  ['global average pool of a sequence', { type: 'global-pool', pooling: 'average' }, [5, 3], train],
  ['softmax', { type: 'softmax' }, [6], train],
];

/** Distinct values 0.1 apart that stay 0.05 off 0 and 6, so that no step of 0.02 crosses a kink. */
function spread(values: Float32Array, stream: Stream): void {
  const order = stream.shuffle(Uint32Array.from(values, (_, i) => i));
  order.forEach((place, i) => {
    values[place] = (i - (values.length >> 1) + 0.5) * 0.1;
  });
}

/** A node with its buffers filled, and the values that have a gradient. */
function compiled(operator: Operator, shape: Shape, stream: Stream) {
  const kernels = createKernels();
  const rule = ruleOf(operator);
  const slot = (slotShape: Shape): Slot => {
    const size = elementsOf(slotShape);
    const at = () => allocateFloats(kernels, BATCH * size);
    return { shape: slotShape, size, values: at(), gradient: at() };
  };
  const shapes =
    rule.inputs === 'two or more'
      ? [shape, [...shape.slice(0, -1), 2], shape]
      : new Array<Shape>(rule.inputs).fill(shape);
  const inputs = shapes.map(slot);
  const output = slot(rule.shape(operator, shapes, 'node'));
  const parameters = new Map(
    rule.parameters(operator, shapes).map((facts) => {
      const size = elementsOf(facts.shape);
      const at = () => allocateFloats(kernels, size);
      const parameter = { ...facts, size, values: at(), gradient: at() };
      const values = kernels.f32(parameter.values, size);
      for (let i = 0; i < size; i++) {
        values[i] = facts.suffix === 'variance' ? 0.5 + stream.uniform() : 2 * stream.uniform() - 1;
      }
      return [facts.suffix, parameter] as const;
    }),
  );
  const scratch = new Scratch();
  const layer = rule.layer(operator, {
    kernels,
    batch: BATCH,
    node: 'node',
    index: 2,
    shard: 0,
    shards: 1,
    scratch,
    common: (make) => make(),
    inputs,
    output,
    inputGradients: 'needed',
    parameter: (suffix) => parameters.get(suffix)!,
  });
  scratch.place(kernels.allocate(scratch.bytes));
  const y = kernels.f32(output.values, BATCH * output.size);
  const yGradient = kernels.f32(output.gradient, BATCH * output.size);
  for (let i = 0; i < yGradient.length; i++) yGradient[i] = 2 * stream.uniform() - 1;
  for (const input of inputs) spread(kernels.f32(input.values, BATCH * input.size), stream);
  const learned = [...parameters.values()].filter(({ training }) => training === 'learned');
  const checked = [...inputs.map((input) => ({ ...input, size: BATCH * input.size })), ...learned].map(
    ({ values, gradient, size }) => ({
      values: kernels.f32(values, size),
      gradient: kernels.f32(gradient, size),
    }),
  );
  return { layer, y, yGradient, checked };
}

describe('gradients against central differences', () => {
  it.each(CASES)('%s', (_, operator, shape, pass) => {
    const { layer, y, yGradient, checked } = compiled(operator, shape, new Stream(11, 'weights'));
    // any loss will do: the sum of the outputs, each times what is then its gradient
    const loss = (): number => {
      layer.prepare?.();
      layer.gather?.forward(BATCH, pass);
      layer.forward(BATCH, pass);
      return y.reduce((sum, value, i) => sum + value * yGradient[i]!, 0);
    };
    loss();
    layer.gather?.backward(BATCH);
    layer.backward(BATCH);
    let largest = 0;
    for (const { values, gradient } of checked) {
      for (let i = 0; i < values.length; i++) {
        const kept = values[i]!;
        values[i] = kept + 0.02;
        const above = { at: values[i]!, loss: loss() };
        values[i] = kept - 0.02;
        const slope = (above.loss - loss()) / (above.at - values[i]!);
        values[i] = kept;
        expect(Math.abs(slope - gradient[i]!), `element ${i}: ${slope} against ${gradient[i]}`).toBeLessThan(
          0.003 * (1 + Math.abs(slope)),
        );
        largest = Math.max(largest, Math.abs(slope));
      }
    }
    expect(largest).toBeGreaterThan(0.05);
  });
});
