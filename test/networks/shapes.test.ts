import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import type { Network, Node } from '../../networks/network.js';
import { parseNetwork } from '../../networks/schema.js';
import { networkTotals, nodeFacts } from '../../networks/shapes.js';
import { getNetwork, registerNetwork } from '../../networks/zoo/registry.js';

const conv = {
  type: 'conv2d',
  filters: 4,
  kernel: [3, 3],
  stride: [1, 1],
  padding: 'valid',
  dilation: [1, 1],
  groups: 1,
  bias: 'bias',
} as const;

function network(nodes: readonly Node[], input: readonly number[] = [8, 8, 2], classes = 3): Network {
  return { name: 'tried', input, classes, nodes };
}

describe('counts of the zoo', () => {
  it('lenet5 on 28×28×1 has the 61,706 parameters of LeNet-5 with full connections', () => {
    expect(networkTotals(getNetwork('lenet5', [28, 28, 1], 10))).toEqual({
      parameters: 61_706,
      macs: 416_520,
    });
    const facts = nodeFacts(getNetwork('lenet5', [28, 28, 1], 10));
    expect(facts.map((node) => [node.name, node.output.join('×'), node.parameterCount, node.macs])).toEqual([
      ['conv1', '28×28×6', 156, 117_600],
      ['relu1', '28×28×6', 0, 0],
      ['pool1', '14×14×6', 0, 0],
      ['conv2', '10×10×16', 2416, 240_000],
      ['relu2', '10×10×16', 0, 0],
      ['pool2', '5×5×16', 0, 0],
      ['flatten', '400', 0, 0],
      ['dense1', '120', 48_120, 48_000],
      ['relu3', '120', 0, 0],
      ['dense2', '84', 10_164, 10_080],
      ['relu4', '84', 0, 0],
      ['dense3', '10', 850, 840],
    ]);
  });

  it('lenet5 on 32×32×3 differs in its first layer only', () => {
    expect(networkTotals(getNetwork('lenet5', [32, 32, 3], 10))).toEqual({
      parameters: 62_006,
      macs: 651_720,
    });
  });

  it('mlp4 is input-200-100-50-classes', () => {
    expect(networkTotals(getNetwork('mlp4', [28, 28, 1], 10))).toEqual({
      parameters: 182_660,
      macs: 182_300,
    });
    expect(networkTotals(getNetwork('mlp4', [4], 3))).toEqual({ parameters: 26_303, macs: 25_950 });
  });

  it('an unknown name is answered with near ones, a taken one refused', () => {
    expect(() => getNetwork('lenet', [28, 28, 1], 10)).toThrow(/'lenet' is unknown.*did you mean lenet5/);
    expect(() => getNetwork('lenet5', [4], 3)).toThrow(/at least 16 × 16, got \[4\]/);
    expect(() => registerNetwork('mlp4', () => network([]))).toThrow(/taken/);
  });
});

describe('shapes of windows', () => {
  const shapeOf = (operator: Node['operator'], input: readonly number[]) => {
    const node: Node = { name: 'a', operator, inputs: ['input'] };
    const flat: Node = { name: 'f', operator: { type: 'flatten' }, inputs: ['a'] };
    const out: Node = { name: 'o', operator: { type: 'dense', units: 3, bias: 'bias' }, inputs: ['f'] };
    return nodeFacts(network([node, flat, out], input))[0]!.output;
  };

  it('valid counts whole windows, same gives ⌈extent / stride⌉', () => {
    expect(shapeOf(conv, [8, 9, 2])).toEqual([6, 7, 4]);
    expect(shapeOf({ ...conv, stride: [2, 3] }, [8, 9, 2])).toEqual([3, 3, 4]);
    expect(shapeOf({ ...conv, stride: [2, 3], padding: 'same' }, [9, 8, 2])).toEqual([5, 3, 4]);
    expect(shapeOf({ ...conv, dilation: [3, 2] }, [8, 9, 2])).toEqual([2, 5, 4]);
    const pool = {
      type: 'pool',
      pooling: 'average',
      kernel: [1, 3],
      stride: [1, 2],
      padding: 'valid',
    } as const;
    expect(shapeOf(pool, [9, 5])).toEqual([4, 5]);
    const pad = { type: 'pad', top: 1, bottom: 2, left: 3, right: 0 } as const;
    expect(shapeOf(pad, [8, 9, 2])).toEqual([11, 12, 2]);
    expect(shapeOf({ ...pad, top: 0, bottom: 0 }, [8, 9])).toEqual([11, 9]);
    expect(() => shapeOf(pad, [8, 9])).toThrow(/padded left and right alone, got top 1 and bottom 2/);
    const conv1d = { ...conv, type: 'conv1d', kernel: 3, stride: 2, dilation: 2 } as const;
    expect(shapeOf(conv1d, [9, 2])).toEqual([3, 4]);
  });

  it.each<[string, Node[], RegExp]>([
    [
      'a window too large',
      [{ name: 'a', operator: { ...conv, kernel: [9, 3] }, inputs: ['input'] }],
      /node a: a window of 9/,
    ],
    [
      'groups that do not divide',
      [{ name: 'a', operator: { ...conv, groups: 3 }, inputs: ['input'] }],
      /3 groups must divide/,
    ],
    [
      'dense on an image',
      [{ name: 'a', operator: { type: 'dense', units: 3, bias: 'bias' }, inputs: ['input'] }],
      /put a flatten/,
    ],
    [
      'an unknown input',
      [{ name: 'a', operator: { type: 'flatten' }, inputs: ['b'] }],
      /input b is not an earlier node/,
    ],
    ['a taken name', [{ name: 'input', operator: { type: 'flatten' }, inputs: ['input'] }], /name is taken/],
    [
      'one input to add',
      [{ name: 'a', operator: { type: 'add' }, inputs: ['input'] }],
      /takes 2 inputs, got 1/,
    ],
    [
      'the wrong number of classes',
      [{ name: 'a', operator: { type: 'flatten' }, inputs: ['input'] }],
      /it has 3 classes/,
    ],
    ['no node', [], /0 nodes/],
    [
      'unequal inputs of add',
      [
        { name: 'a', operator: conv, inputs: ['input'] },
        { name: 'b', operator: { type: 'add' }, inputs: ['a', 'input'] },
      ],
      /add needs two inputs of one shape/,
    ],
    [
      'one input to concat',
      [{ name: 'a', operator: { type: 'concat' }, inputs: ['input'] }],
      /concat takes two or more inputs, got 1/,
    ],
    [
      'inputs of concat of unequal extents',
      [
        { name: 'a', operator: conv, inputs: ['input'] },
        { name: 'b', operator: { type: 'concat' }, inputs: ['input', 'a', 'input'] },
      ],
      /node b: concat joins the last axis of inputs whose other extents are equal/,
    ],
    [
      'a flat input of pad',
      [
        { name: 'a', operator: { type: 'flatten' }, inputs: ['input'] },
        { name: 'b', operator: { type: 'pad', top: 0, bottom: 0, left: 1, right: 0 }, inputs: ['a'] },
      ],
      /node b: pad needs \[height, width, channels\] or/,
    ],
    [
      'a flat input of global-pool',
      [
        { name: 'a', operator: { type: 'flatten' }, inputs: ['input'] },
        { name: 'b', operator: { type: 'global-pool', pooling: 'average' }, inputs: ['a'] },
      ],
      /node b: global-pool needs \[height, width, channels\] or/,
    ],
    [
      'a node that none reads',
      [
        { name: 'a', operator: conv, inputs: ['input'] },
        { name: 'b', operator: { type: 'flatten' }, inputs: ['input'] },
        { name: 'c', operator: { type: 'dense', units: 3, bias: 'bias' }, inputs: ['b'] },
      ],
      /node a: no node reads it/,
    ],
    [
      'softmax before the end',
      [
        { name: 'a', operator: { type: 'softmax' }, inputs: ['input'] },
        { name: 'b', operator: { type: 'flatten' }, inputs: ['a'] },
      ],
      /softmax may only be the last/,
    ],
  ])('%s is one clear line', (_, nodes, message) => {
    expect(() => nodeFacts(network(nodes))).toThrow(UserError);
    expect(() => nodeFacts(network(nodes))).toThrow(message);
  });
});

describe('networks from untrusted JSON', () => {
  const dense = (units: unknown) => ({ name: 'a', operator: { type: 'dense', units }, inputs: ['input'] });
  const json = (nodes: unknown, input: unknown = [8], classes: unknown = 3) => ({
    name: 'x',
    input,
    classes,
    nodes,
  });

  it('fills what has defaults', () => {
    const parsed = parseNetwork(json([dense(3)]), 'net.json');
    expect(parsed.nodes[0]!.operator).toEqual({ type: 'dense', units: 3, bias: 'bias' });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['units of 1e9', json([dense(1e9)])],
    ['units of 2.5', json([dense(2.5)])],
    ['an unknown operator', json([{ name: 'a', operator: { type: 'lstm' }, inputs: ['input'] }])],
    ['an unknown attribute', json([{ ...dense(3), colour: 'red' }])],
    ['a name with a slash', json([{ ...dense(3), name: '../a' }])],
    ['a name of 65', json([{ ...dense(3), name: 'a'.repeat(65) }])],
    ['no nodes', json([])],
    ['too many nodes', json(Array.from({ length: 1001 }, () => dense(3)))],
    ['an input of 2^48', json([dense(3)], [65536, 65536, 65536])],
    ['an input of no axes', json([dense(3)], [])],
    ['a negative input', json([dense(3)], [-8])],
    [
      '2^32 parameters',
      json(
        [
          { ...dense(65536), name: 'b' },
          { ...dense(3), inputs: ['b'] },
        ],
        [65536],
      ),
    ],
    ['257 classes', json([dense(257)], [8], 257)],
    [
      'a kernel that pads to a giant image',
      json(
        [
          {
            name: 'a',
            operator: { ...conv, kernel: [1024, 1024], dilation: [1024, 1024], padding: 'same' },
            inputs: ['input'],
          },
        ],
        [64, 64, 2],
      ),
    ],
    [
      'pooling windows of 2^40 values',
      json(
        [
          {
            name: 'a',
            operator: { type: 'pool', pooling: 'max', kernel: [1024, 1024], stride: [1, 1], padding: 'same' },
            inputs: ['input'],
          },
        ],
        [1024, 1024, 1],
      ),
    ],
  ])('%s is refused in one line', (_, value) => {
    expect(() => parseNetwork(value, 'net.json')).toThrow(UserError);
    expect(() => parseNetwork(value, 'net.json')).toThrow(/^[^\n]+$/);
  });
});
