import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Window } from '../../../emac/layer/window.js';
import type { IntegerGraph, IntegerMac, IntegerTensor } from '../../../networks/integer/graph.js';
import { kernelRunner } from '../../../networks/integer/kernel-run.js';
import type { RealMultiplier, RequantizeMode } from '../../../networks/integer/requantize.js';
import { referenceRunner } from '../../../networks/integer/run.js';
import { channelsFirst } from '../../../networks/tflite/sliding.js';
import { oneStep } from './random-graph.js';

/** Single operators with the outputs of TensorFlow Lite's interpreter, as CMSIS-NN's tests have them (Apache-2.0). */
const FOLDER = join(process.env.CHEETAH_MODELS ?? '', '..', 'vectors', 'cmsis-nn');
const absent = process.env.CHEETAH_MODELS === undefined || !existsSync(FOLDER);

interface Stored {
  readonly type: string;
  readonly v: readonly number[];
}
interface Case {
  readonly name: string;
  readonly array: (name: string) => Stored | undefined;
  readonly number: (name: string, otherwise?: number) => number;
}

function casesOf(file: string): readonly Case[] {
  if (absent) return [];
  const stored = JSON.parse(readFileSync(join(FOLDER, `${file}.json`), 'utf8')) as Record<
    string,
    { arrays: Record<string, Record<string, Stored>>; config: Record<string, Record<string, string>> }
  >;
  return Object.entries(stored).map(([name, { arrays, config }]) => {
    const all = Object.assign({}, ...Object.values(arrays)) as Record<string, Stored>;
    // the headers of today come last
    const numbers = Object.assign({}, ...Object.values(config).reverse()) as Record<string, string>;
    return {
      name,
      array: (key) => all[key],
      number(key, otherwise) {
        const value = Number(numbers[key] ?? otherwise ?? Number.NaN);
        if (Number.isNaN(value)) throw new Error(`${name} has no ${key}`);
        return value;
      },
    };
  });
}

/** A case of int8 as a graph of one step, its input and the output that is wanted. */
interface Made {
  readonly graph: IntegerGraph;
  readonly input: readonly number[];
  readonly output: readonly number[];
}

/** Codes that differ between ours and theirs, over all batches; kernels and reference must agree. */
function differing({ graph, input, output }: Made, mode: RequantizeMode): number {
  const [fast, slow] = [kernelRunner(graph, mode), referenceRunner(graph, mode)];
  const [from, to] = [graph.tensors[0]!.size, graph.tensors[1]!.size];
  expect(input.length / from).toBe(output.length / to);
  let count = 0;
  for (let batch = 0; batch < output.length / to; batch++) {
    for (const { values } of [fast, slow]) values[0]!.set(input.slice(batch * from, (batch + 1) * from));
    fast.run();
    slow.run();
    expect(fast.values[1]).toEqual(slow.values[1]);
    for (let i = 0; i < to; i++) count += Number(slow.values[1]![i] !== output[batch * to + i]);
  }
  return count;
}

function windowOf({ number }: Case, [channels, across, down]: readonly [string, string, string]): Window {
  const input = { inHeight: number('INPUT_H'), inWidth: number('INPUT_W'), inChannels: number(channels) };
  return {
    ...input,
    kernelHeight: number(`FILTER_${down}`),
    kernelWidth: number(`FILTER_${across}`),
    strideY: number(`STRIDE_${down}`),
    strideX: number(`STRIDE_${across}`),
    padTop: number(`PAD_${down}`, number(`PADDING_${down}`, 0)),
    padLeft: number(`PAD_${across}`, number(`PADDING_${across}`, 0)),
    dilationY: number(`DILATION_${down}`, 1),
    dilationX: number(`DILATION_${across}`, 1),
    outHeight: number('OUTPUT_H'),
    outWidth: number('OUTPUT_W'),
  };
}

const tensor = (shape: readonly number[], zeroPoint: number): IntegerTensor => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { name: 'x', shape, size, type: 'int8', scale: 1, zeroPoint };
};

/** Undefined for types that are not supported: int4, int16. */
function macOf(given: Case, kind: 'conv' | 'depthwise' | 'dense'): Made | undefined {
  const { name, array, number } = given;
  const [input, output, weights] = [array('input'), array('output_ref'), array('weights')];
  if (name.includes('int4') || input?.type !== 'int8_t' || output?.type !== 'int8_t' || !weights)
    return undefined;
  const isDense = kind === 'dense';
  const depth = isDense ? number('ACCUMULATION_DEPTH') : 0;
  const one = { kernelHeight: 1, kernelWidth: 1, strideY: 1, strideX: 1, padTop: 0, padLeft: 0 };
  const pixel = { inHeight: 1, inWidth: 1, inChannels: depth, dilationY: 1, dilationX: 1 };
  const window = isDense
    ? { ...one, ...pixel, outHeight: 1, outWidth: 1 }
    : windowOf(given, ['IN_CH', 'X', 'Y']);
  const outChannels = number('OUT_CH');
  const taps = window.kernelHeight * window.kernelWidth;
  const groups =
    kind === 'depthwise' ? window.inChannels : (outChannels * taps * window.inChannels) / weights.v.length;
  const [factors, shifts] = isDense
    ? [[number('OUTPUT_MULTIPLIER')], [number('OUTPUT_SHIFT')]]
    : [array('output_mult')!.v, array('output_shift')!.v];
  const step: IntegerMac = {
    kind: 'mac',
    name,
    inputs: [0],
    output: 1,
    window,
    groups,
    outChannels,
    k: (taps * window.inChannels) / groups,
    weights:
      kind === 'depthwise'
        ? channelsFirst(Int8Array.from(weights.v), outChannels)
        : Int8Array.from(weights.v),
    weightZeroPoint: isDense ? -number('FILTER_OFFSET', 0) : 0,
    bias: Int32Array.from({ length: outChannels }, (_, c) => array('biases')?.v[c] ?? 0),
    // the fixed multiplier of this real one is the stored one again
    multipliers: factors.map(
      (factor, c): RealMultiplier => ({
        input: factor * 2 ** (shifts[c]! - 31),
        weight: 1,
        output: 1,
        product: 'float64',
      }),
    ),
    rounding: 'as-asked',
    clamp: { least: number('OUT_ACTIVATION_MIN'), most: number('OUT_ACTIVATION_MAX') },
  };
  const from = tensor([window.inHeight, window.inWidth, window.inChannels], -number('INPUT_OFFSET'));
  const to = tensor([window.outHeight, window.outWidth, outChannels], number('OUTPUT_OFFSET'));
  return { graph: oneStep([from, to], step), input: input.v, output: output.v };
}

function poolOf(given: Case): Made | undefined {
  const { name, array, number } = given;
  const [input, output] = [array('input_tensor'), array('output')];
  if (input?.type !== 'int8_t' || !output) return undefined;
  const window = windowOf(given, ['INPUT_C', 'W', 'H']);
  const pooling = name.startsWith('max') ? 'max' : 'average';
  const clamp = { least: number('ACTIVATION_MIN'), most: number('ACTIVATION_MAX') };
  const [from, to] = [
    tensor([window.inHeight, window.inWidth, window.inChannels], 0),
    tensor([window.outHeight, window.outWidth, window.inChannels], 0),
  ];
  const step = { kind: 'pool', name, inputs: [0], output: 1, pooling, window, clamp } as const;
  return { graph: oneStep([from, to], step), input: input.v, output: output.v };
}

describe.skipIf(absent)(
  'single operators of CMSIS-NN’s tests (skipped: set CHEETAH_MODELS to a folder beside vectors/cmsis-nn)',
  () => {
    const made = (cases: readonly Case[], make: (given: Case) => Made | undefined): [string, Made][] =>
      cases.flatMap((given) => {
        const graph = make(given);
        return graph === undefined ? [] : [[given.name, graph]];
      });
    const convolutions = made(casesOf('conv'), (given) => macOf(given, 'conv'));

    it.each([
      ...convolutions,
      ...made(casesOf('depthwise'), (given) => macOf(given, 'depthwise')),
      ...made(casesOf('fully_connected'), (given) => macOf(given, 'dense')),
      ...made(casesOf('pooling'), poolOf),
    ])('%s', (_, given) => {
      expect(differing(given, 'gemmlowp')).toBe(0);
    });

    it('tell the modes apart', () => {
      expect(convolutions.length).toBeGreaterThan(15);
      for (const mode of ['single', 'exact'] as const) {
        const wrong = convolutions.filter(([, given]) => differing(given, mode) > 0).map(([name]) => name);
        expect(wrong, mode).toEqual(expect.arrayContaining(['conv_5', 'kernel1x1_stride_x_y']));
      }
    });
  },
);
