/** Yao et al. on the kernels against the slow way, code by code on every edge. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { lower } from '../../../networks/lower.js';
import { initialParameters } from '../../../networks/parameters.js';
import type { MacStep, Program } from '../../../networks/program.js';
import { parseNetwork } from '../../../networks/schema.js';
import { conv2dWindow, denseWindow } from '../../../networks/window.js';
import { arithmeticOf, shiftOf, slicesOf } from '../../../networks/yao/kernel-mac.js';
import { type YaoLayer, yaoLayer } from '../../../networks/yao/layer.js';
import { getNetwork } from '../../../networks/zoo/registry.js';
import { compared, compareZoo } from './compared.js';

const WIDTHS = [4, 8, 11, 16] as const;
compareZoo([8]);

interface Layer {
  readonly bits: number;
  readonly program: Program;
  readonly exponents: readonly number[];
}

/** A convolution or dense layer of random sizes, weights and exponents; `extreme`: everything at the ends of its range. */
function randomLayer(stream: Stream, bits: number, extreme: boolean): Layer {
  const kinds = ['conv', 'dense', 'pointwise', 'depthwise', 'grouped'] as const;
  const kind = kinds[stream.below(5)]!;
  const inChannels = kind === 'pointwise' ? 8 * (1 + stream.below(3)) : 2 * (1 + stream.below(9));
  const one = (): [number, number] => [1 + stream.below(3), 1 + stream.below(3)];
  const shape = [4 + stream.below(6), 6 + stream.below(5), inChannels];
  const spec = { kernel: one(), stride: one(), dilation: one(), padding: 'same' } as const;
  const plain = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: 'valid' } as const;
  const window =
    kind === 'dense'
      ? denseWindow(1 + stream.below(stream.below(3) === 0 ? 4000 : 200))
      : conv2dWindow(kind === 'pointwise' ? plain : spec, shape, '');
  const groups = kind === 'depthwise' ? window.inChannels : kind === 'grouped' ? 2 : 1;
  const outChannels = kind === 'depthwise' ? window.inChannels : 2 * (1 + stream.below(8));
  const k = (window.kernelHeight * window.kernelWidth * window.inChannels) / groups;
  const value = (): number => (extreme ? (stream.below(2) ? 0.99999 : -1) : 2 * stream.uniform() - 1);
  const list = (length: number, scale: number): Float32Array =>
    Float32Array.from({ length }, () => value() * scale);
  const span = (): number => 2 ** (stream.below(9) - 4);
  const weights = list(outChannels * k, span());
  const gain = [list(outChannels, span()), new Float32Array(outChannels).fill(1)][stream.below(2)]!;
  const scales = [0, span(), span() * 2 ** -stream.below(40)];
  const step: MacStep = {
    kind: 'mac',
    name: kind,
    inputs: [0],
    output: 1,
    window,
    groups,
    outChannels,
    k,
    weights,
    unfolded: { weights, gain },
    bias: list(outChannels, scales[stream.below(3)]!),
    activation: (['identity', 'relu', 'relu6'] as const)[stream.below(3)]!,
  };
  const [size, out] = [
    window.inHeight * window.inWidth * window.inChannels,
    window.outHeight * window.outWidth * outChannels,
  ];
  const edges = [
    { name: 'input', shape: [size], size },
    { name: 'out', shape: [out], size: out },
  ];
  const program = { network: 'layer', classes: out, edges, steps: [step], input: 0, output: 1 };
  const far = stream.below(4) === 0 ? stream.below(120) - 60 : 0;
  return { bits, program, exponents: [bits - 1 + stream.below(3), bits - 2 - stream.below(8) + far] };
}

/** How the kernels do a layer. */
function wayOf(layer: YaoLayer): string {
  const { groups, window } = layer.step;
  if (groups !== 1 && groups !== window.inChannels) return 'alone';
  const slices = slicesOf(layer);
  if (slices === undefined) return 'too wide for slices';
  const arithmetic = arithmeticOf(shiftOf(layer, slices.reach), slices.reach);
  return `${slices.slices.length} slices, ${arithmetic ?? 'none'}`;
}

describe('layers', () => {
  it.each([...WIDTHS, 14])('of %i bits, of random sizes and exponents, at the ends too', (bits) => {
    const stream = new Stream(17, 'weights', bits);
    const ways = new Map<string, number>();
    let seen = 0;
    for (let trial = 0; trial < 120; trial++) {
      const { program, exponents } = randomLayer(stream, bits, trial % 3 === 0);
      const { size } = program.edges[0]!;
      const images = Float32Array.from({ length: 3 * size }, () =>
        trial % 2 === 0 ? (stream.below(2) ? 9 : -9) : 2 * stream.uniform() - 1,
      );
      seen += compared(program, bits, exponents, images, [3, 3]);
      const [from, to] = exponents as [number, number];
      const way = wayOf(yaoLayer(program.steps[0] as MacStep, bits, from, to));
      ways.set(way, (ways.get(way) ?? 0) + 1);
    }
    // what is compared has many codes, and goes all ways
    expect(seen).toBeGreaterThan(120 * 2);
    const expected = {
      4: ['1 slices, float64', '1 slices, none', 'alone'],
      8: ['1 slices, float64', '1 slices, int64', '1 slices, none', 'alone'],
      11: ['1 slices, float64', '1 slices, int64', 'alone'],
      14: ['1 slices, float64', '1 slices, int64', '2 slices, float64', '2 slices, int64', 'alone'],
      16: ['2 slices, float64', '2 slices, int64', '3 slices, float64', '3 slices, int64', 'alone'],
    }[bits];
    expect([...ways.keys()]).toEqual(expect.arrayContaining(expected!));
  });

  it('are the sum of their slices', () => {
    const stream = new Stream(5, 'weights');
    const { program } = randomLayer(stream, 16, false);
    const layer = yaoLayer(program.steps[0] as MacStep, 16, 15, 15);
    const weights = Int32Array.from(layer.weights, (_, i) =>
      i < 4 ? [-32768, 32767, -1, 128][i]! : stream.below(65536) - 32768,
    );
    const { slices, width } = slicesOf({ ...layer, weights })!;
    weights.forEach((weight, i) => {
      expect(slices.reduce((sum, slice, j) => sum + slice[i]! * 2 ** (width * j), 0)).toBe(weight);
    });
  });

  it('are images together, more than one product takes and fewer than there is room for', () => {
    const network = getNetwork('mlp-tiny', [30], 2);
    const program = lower(network, initialParameters(network, 4));
    const stream = new Stream(6, 'dataset');
    const images = Float32Array.from({ length: 150 * 30 }, () => 2 * stream.uniform() - 1);
    for (const bits of WIDTHS) {
      const exponents = program.edges.map(() => bits - 2);
      for (const count of [1, 3, 64, 65, 150]) {
        const some = images.subarray(0, count * 30);
        expect(compared(program, bits, exponents, some, [150, count])).toBeGreaterThan(1);
      }
    }
  });
});

describe('joins, pools, pads and activations', () => {
  const network = parseNetwork(
    {
      name: 'moves',
      input: [7, 6, 4],
      classes: 24,
      nodes: [
        { name: 'act', operator: { type: 'activation', activation: 'relu6' }, inputs: ['input'] },
        { name: 'sum', operator: { type: 'add' }, inputs: ['input', 'act'] },
        { name: 'two', operator: { type: 'add' }, inputs: ['sum', 'act'] },
        { name: 'rect', operator: { type: 'activation', activation: 'relu' }, inputs: ['two'] },
        { name: 'pad', operator: { type: 'pad', top: 1, bottom: 2, left: 3, right: 0 }, inputs: ['sum'] },
        {
          name: 'max',
          operator: { type: 'pool', pooling: 'max', kernel: [3, 2], stride: [2, 2], padding: 'same' },
          inputs: ['pad'],
        },
        {
          name: 'mean',
          operator: { type: 'pool', pooling: 'average', kernel: [3, 3], stride: [1, 2], padding: 'same' },
          inputs: ['max'],
        },
        { name: 'both', operator: { type: 'concat' }, inputs: ['mean', 'mean', 'mean'] },
        { name: 'all', operator: { type: 'global-pool', pooling: 'average' }, inputs: ['both'] },
        { name: 'end', operator: { type: 'global-pool', pooling: 'average' }, inputs: ['rect'] },
        { name: 'logits', operator: { type: 'concat' }, inputs: ['all', 'end', 'end', 'end'] },
      ],
    },
    'test',
  );

  it.each(WIDTHS)('of %i bits, of exponents near and far from each other', (bits) => {
    const program = lower(network, initialParameters(network, 1));
    expect(new Set(program.steps.map(({ kind }) => kind))).toEqual(
      new Set(['activation', 'add', 'pad', 'pool', 'concat']),
    );
    // sums of more than two inputs, which no operator makes
    const steps = program.steps.map((step) =>
      step.kind === 'add' ? { ...step, inputs: [...step.inputs, step.inputs[0]!] } : step,
    );
    const thrice = { ...program, steps };
    const stream = new Stream(9, 'dataset', bits);
    const ends = Float32Array.from({ length: 3 * 168 }, () => [9, -9, 0][stream.below(3)]!);
    const images = [ends, ends.map(() => 4 * stream.uniform() - 2)];
    let seen = 0;
    for (let trial = 0; trial < 60; trial++) {
      const reach = [4, 12, 80][trial % 3]!;
      const exponents = program.edges.map(() => bits - 2 + stream.below(reach) - (reach >> 1));
      for (const some of images) seen += compared(program, bits, exponents, some, [4, 3]);
      if (trial < 6) compared(thrice, bits, exponents, images[trial % 2]!, [4, 3]);
    }
    expect(seen).toBeGreaterThan(120);
  });
});
