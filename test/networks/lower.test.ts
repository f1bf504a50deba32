import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { UserError } from '../../errors.js';
import { createKernels } from '../../kernels/loader.js';
import { classify } from '../../networks/argmax.js';
import { compileFloat } from '../../networks/dataflows/float.js';
import { lower } from '../../networks/lower.js';
import type { Network, Node } from '../../networks/network.js';
import { initialParameters } from '../../networks/parameters.js';
import type { Tensor } from '../../networks/tensor.js';
import { elementsOf } from '../../networks/tensor.js';
import { TrainingGraph } from '../../networks/training/graph.js';
import { getNetwork } from '../../networks/zoo/registry.js';

const conv = {
  type: 'conv2d',
  filters: 4,
  kernel: [3, 3],
  stride: [1, 1],
  padding: 'same',
  dilation: [1, 1],
  groups: 1,
  bias: 'bias',
} as const;
const relu = { type: 'activation', activation: 'relu' } as const;
const norm = { type: 'batch-norm', epsilon: 0.001, momentum: 0.1 } as const;
const node = (name: string, operator: Node['operator'], ...inputs: string[]): Node => ({
  name,
  operator,
  inputs,
});

/** Random values for every parameter, variances positive. */
function randomParameters(network: Network): Map<string, Tensor> {
  const stream = new Stream(3, 'weights', 99);
  const parameters = initialParameters(network, 3);
  for (const [name, { data }] of parameters) {
    if (name.endsWith('.weight')) continue;
    for (let i = 0; i < data.length; i++) {
      data[i] = name.endsWith('.variance') ? 0.5 + stream.uniform() : 2 * stream.uniform() - 1;
    }
  }
  return parameters;
}

function randomImages(count: number): Float32Array {
  const stream = new Stream(4, 'dataset');
  return Float32Array.from({ length: count }, () => 2 * stream.uniform() - 1);
}

/** Logits by the training graph, which knows nothing of lowering. */
function graphLogits(
  network: Network,
  parameters: ReadonlyMap<string, Tensor>,
  images: Float32Array,
  count: number,
) {
  const graph = new TrainingGraph(createKernels(), network, count, 1);
  graph.fill(parameters);
  return graph.logits(images, count);
}

const RESIDUAL: Network = {
  name: 'residual',
  input: [6, 5, 2],
  classes: 3,
  nodes: [
    node('in-norm', norm, 'input'),
    node('conv', conv, 'in-norm'),
    node('norm', norm, 'conv'),
    node('relu', relu, 'norm'),
    node('conv2', { ...conv, bias: 'no-bias' }, 'relu'),
    node('sum', { type: 'add' }, 'relu', 'conv2'),
    node('drop', { type: 'dropout', rate: 0.5 }, 'sum'),
    node('relu6', { type: 'activation', activation: 'relu6' }, 'drop'),
    node(
      'pool',
      { type: 'pool', pooling: 'average', kernel: [2, 2], stride: [2, 2], padding: 'same' },
      'relu6',
    ),
    node('late', relu, 'pool'),
    node('flat', { type: 'flatten' }, 'late'),
    node('flat-norm', norm, 'flat'),
    node('dense', { type: 'dense', units: 3, bias: 'bias' }, 'flat-norm'),
    node('soft', { type: 'softmax' }, 'dense'),
  ],
};

describe('lowering', () => {
  it('folds, fuses and drops what it says, and names edges after what makes them', () => {
    const program = lower(RESIDUAL, randomParameters(RESIDUAL));
    const told = program.steps.map((step) => {
      const kind =
        step.kind === 'pool' ? step.pooling : step.kind === 'mac' ? `mac/${step.groups}` : step.kind;
      const activation = 'activation' in step ? step.activation : '';
      return [step.name, kind, activation, program.edges[step.output]!.name];
    });
    expect(told).toEqual([
      ['in-norm', 'mac/2', 'identity', 'in-norm'],
      ['conv', 'mac/1', 'relu', 'relu'],
      ['conv2', 'mac/1', 'identity', 'conv2'],
      ['sum', 'add', 'relu6', 'relu6'],
      ['pool', 'average', '', 'pool'],
      ['late', 'activation', 'relu', 'late'],
      ['flat-norm', 'mac/36', 'identity', 'flat-norm'],
      ['dense', 'mac/1', 'identity', 'dense'],
    ]);
    expect([program.input, program.output, program.classes]).toEqual([0, program.edges.length - 1, 3]);
    expect(program.edges[0]).toEqual({ name: 'input', shape: [6, 5, 2], size: 60 });
    for (const step of program.steps) {
      if (step.kind === 'mac') expect(step.weights.length).toBe(step.outChannels * step.k);
    }
  });

  it('does not fuse an activation or fold a batch-norm where another node reads the mac too', () => {
    const network: Network = {
      name: 'shared',
      input: [4, 4, 4],
      classes: 64,
      nodes: [
        node('conv', conv, 'input'),
        node('relu', relu, 'conv'),
        node('norm', norm, 'conv'),
        node('sum', { type: 'add' }, 'relu', 'norm'),
        node('flat', { type: 'flatten' }, 'sum'),
      ],
    };
    const parameters = randomParameters(network);
    const program = lower(network, parameters);
    expect(program.steps.map(({ kind, name }) => `${name} ${kind}`)).toEqual([
      'conv mac',
      'relu activation',
      'norm mac',
      'sum add',
    ]);
    const images = randomImages(2 * 64);
    const plan = compileFloat(program, { batch: 2 });
    plan.run(images, 2);
    const expected = graphLogits(network, parameters, images, 2);
    plan.edgeValues(program.output, 2).forEach((logit, i) => {
      expect(Math.abs(logit - expected[i]!)).toBeLessThan(1e-5);
    });
  });

  it('a folded network computes what the unfolded one does, to float32 rounding', () => {
    const parameters = randomParameters(RESIDUAL);
    const images = randomImages(5 * 60);
    const program = lower(RESIDUAL, parameters);
    const plan = compileFloat(program, { batch: 5 });
    plan.run(images, 5);
    const expected = graphLogits(RESIDUAL, parameters, images, 5);
    const logits = plan.edgeValues(program.output, 5);
    const largest = Math.max(...expected.map(Math.abs));
    expect(largest).toBeGreaterThan(0.1);
    logits.forEach((logit, i) => {
      expect(Math.abs(logit - expected[i]!)).toBeLessThan(1e-5 * largest);
    });
  });

  it.each<[string, Node[], string[]]>([
    [
      'behind the flatten of several pixels, whose channels the features are not',
      [node('conv', conv, 'input'), node('flat', { type: 'flatten' }, 'conv'), node('norm', norm, 'flat')],
      ['conv mac/1 of 4', 'norm mac/64 of 64'],
    ],
    [
      'behind the flatten of one pixel, whose channels they are',
      [
        node('conv', { ...conv, kernel: [4, 4], padding: 'valid', filters: 64 }, 'input'),
        node('flat', { type: 'flatten' }, 'conv'),
        node('norm', norm, 'flat'),
      ],
      ['conv mac/1 of 64'],
    ],
    [
      'behind the dropout and flatten of a grouped convolution',
      [
        node('conv', { ...conv, groups: 2 }, 'input'),
        node('drop', { type: 'dropout', rate: 0.5 }, 'conv'),
        node('flat', { type: 'flatten' }, 'drop'),
        node('norm', norm, 'flat'),
      ],
      ['conv mac/2 of 4', 'norm mac/64 of 64'],
    ],
    [
      'on the channels of a grouped convolution, twice',
      [
        node('conv', { ...conv, groups: 2 }, 'input'),
        node('norm', norm, 'conv'),
        node('norm2', norm, 'norm'),
        node('flat', { type: 'flatten' }, 'norm2'),
      ],
      ['conv mac/2 of 4'],
    ],
    [
      'behind an activation, a pool or an add',
      [
        node('conv', conv, 'input'),
        node('relu', relu, 'conv'),
        node('norm', norm, 'relu'),
        node('sum', { type: 'add' }, 'norm', 'norm'),
        node('norm2', norm, 'sum'),
        node(
          'pool',
          { type: 'pool', pooling: 'max', kernel: [1, 1], stride: [1, 1], padding: 'valid' },
          'norm2',
        ),
        node('norm3', norm, 'pool'),
        node('flat', { type: 'flatten' }, 'norm3'),
      ],
      ['conv mac/1 of 4', 'norm mac/4 of 4', 'sum add', 'norm2 mac/4 of 4', 'pool pool', 'norm3 mac/4 of 4'],
    ],
  ])('a batch-norm is folded only where its channels are those of the mac: %s', (_, nodes, steps) => {
    const network: Network = { name: 'norms', input: [4, 4, 4], classes: 64, nodes };
    const parameters = randomParameters(network);
    const program = lower(network, parameters);
    const told = program.steps.map((step) =>
      step.kind === 'mac'
        ? `${step.name} mac/${step.groups} of ${step.outChannels}`
        : `${step.name} ${step.kind}`,
    );
    expect(told).toEqual(steps);
    const images = randomImages(3 * 64);
    const plan = compileFloat(program, { batch: 3 });
    plan.run(images, 3);
    const expected = graphLogits(network, parameters, images, 3);
    const largest = Math.max(...expected.map(Math.abs));
    plan.edgeValues(program.output, 3).forEach((logit, i) => {
      expect(Math.abs(logit - expected[i]!)).toBeLessThan(1e-5 * largest);
    });
  });

  it('names the tensor and element of a weight that is not finite, and what is missing or of the wrong shape', () => {
    const network = getNetwork('mlp4', [3], 2);
    const broken = (change: (parameters: Map<string, Tensor>) => unknown) => () => {
      const parameters = initialParameters(network, 0);
      change(parameters);
      lower(network, parameters);
    };
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const set = broken((p) => p.get('dense2.weight')!.data.fill(value, 17, 18));
      expect(set).toThrow(UserError);
      expect(set).toThrow(new RegExp(`tensor dense2\\.weight: element 17 is ${value}`));
    }
    expect(broken((p) => p.delete('dense3.bias'))).toThrow(/lack tensor dense3\.bias/);
    expect(broken((p) => p.set('dense3.bias', { shape: [2], data: new Float32Array(2) }))).toThrow(
      /tensor dense3\.bias: its shape is \[2\]/,
    );
    expect(broken((p) => p.set('other', { shape: [1], data: new Float32Array(1) }))).toThrow(/tensor other/);
    const parameters = randomParameters(RESIDUAL);
    parameters.get('norm.variance')!.data[1] = -4;
    expect(() => lower(RESIDUAL, parameters)).toThrow(/batch-norm norm: folded/);
  });

  it('leaves the given parameters as they were', () => {
    const parameters = randomParameters(RESIDUAL);
    const before = parameters.get('conv.weight')!.data.slice();
    lower(RESIDUAL, parameters);
    expect(parameters.get('conv.weight')!.data).toEqual(before);
  });
});

describe('the float dataflow', () => {
  const network = getNetwork('lenet5', [28, 28, 1], 10);
  const parameters = randomParameters(network);
  const program = lower(network, parameters);
  const images = randomImages(7 * 784);

  it('gives the bits of the training graph, for any batch', () => {
    const expected = new Uint32Array(graphLogits(network, parameters, images, 7).buffer);
    for (const batch of [1, 3, 7]) {
      const plan = compileFloat(program, { batch });
      for (let from = 0; from < 7; from += batch) {
        const now = Math.min(batch, 7 - from);
        plan.run(images.subarray(from * 784), now);
        const logits = plan.edgeValues(program.output, now) as Float32Array;
        expect(new Uint32Array(logits.buffer)).toEqual(expected.slice(from * 10, (from + now) * 10));
      }
    }
  });

  it('shows every edge, and refuses more images than it was made for', () => {
    const plan = compileFloat(program, { batch: 2 });
    plan.run(images, 2);
    expect(plan.edgeValues(0, 2)).toEqual(images.slice(0, 2 * 784));
    program.edges.forEach((edge, i) => {
      expect(plan.edgeValues(i, 2).length).toBe(2 * elementsOf(edge.shape));
    });
    expect(() => plan.run(images, 3)).toThrow('a run of 3 images was asked of a plan for 2');
    expect(() => plan.run(images.subarray(0, 10), 1)).toThrow('with 10 values given; give 784');
  });

  it('classifies by the lowest index, counts ties and NaN, and never lets NaN win', () => {
    const { NaN: nan } = Number;
    const logits = Float32Array.of(1, 3, 3, nan, 5, 5, nan, nan, nan, -0, 0, -1, nan, -2, nan);
    const outcome = classify(logits, 5, 3, { predictions: new Int32Array(5), ties: 9, nanLogits: 9 });
    expect(outcome).toEqual({ predictions: Int32Array.of(1, 1, -1, 0, 1), ties: 3, nanLogits: 6 });
  });
});
