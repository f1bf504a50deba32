import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { DEFAULT_CHOICES, type LayerChoices } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN, type Rounding } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { createKernels } from '../../../kernels/loader.js';
import { compileEmac } from '../../../networks/dataflows/emac.js';
import { lower } from '../../../networks/lower.js';
import type { Network } from '../../../networks/network.js';
import { initialParameters } from '../../../networks/parameters.js';
import type { EncodingTable, Program } from '../../../networks/program.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import { expectedEdges } from './emac-by-definition.js';

const conv = {
  type: 'conv2d',
  dilation: [1, 1],
  groups: 1,
  bias: 'bias',
  padding: 'same',
  stride: [1, 1],
} as const;

/** Every primitive once: strides, same padding, dilation, depthwise groups, both pools, a residual add. */
const NETWORK: Network = {
  name: 'every-primitive',
  input: [9, 7, 2],
  classes: 3,
  nodes: [
    { name: 'a', operator: { ...conv, filters: 4, kernel: [3, 3], stride: [2, 1] }, inputs: ['input'] },
    { name: 'a-relu', operator: { type: 'activation', activation: 'relu' }, inputs: ['a'] },
    {
      name: 'b',
      operator: { ...conv, filters: 4, kernel: [3, 2], groups: 4, dilation: [2, 1] },
      inputs: ['a-relu'],
    },
    { name: 'b-relu6', operator: { type: 'activation', activation: 'relu6' }, inputs: ['b'] },
    { name: 'sum', operator: { type: 'add' }, inputs: ['a-relu', 'b-relu6'] },
    {
      name: 'max',
      operator: { type: 'pool', pooling: 'max', kernel: [2, 2], stride: [1, 2], padding: 'same' },
      inputs: ['sum'],
    },
    {
      name: 'mean',
      operator: { type: 'pool', pooling: 'average', kernel: [3, 3], stride: [2, 2], padding: 'same' },
      inputs: ['max'],
    },
    { name: 'late-relu', operator: { type: 'activation', activation: 'relu' }, inputs: ['mean'] },
    { name: 'flat', operator: { type: 'flatten' }, inputs: ['late-relu'] },
    { name: 'out', operator: { type: 'dense', units: 3, bias: 'bias' }, inputs: ['flat'] },
  ],
};

interface Setting {
  readonly format: string;
  readonly scale: number;
  readonly zeroPoint: number;
  readonly rounding: Rounding;
  readonly weightFormat: string;
  readonly granularity: 'tensor' | 'channel';
  readonly choices: LayerChoices;
}

function tableOf(program: Program, setting: Setting): EncodingTable {
  const of = (
    name: string,
    scales: Float64Array,
    zeroPoint: number,
    kind: 'tensor' | 'channel',
  ): Encoding => ({
    format: getFormat(name),
    rounding: setting.rounding,
    scales,
    zeroPoint,
    granularity: { kind },
    range: 'full',
  });
  const edges = new Map(
    program.edges.map((edge, i) => {
      // a max-pool's two edges share one encoding
      const step = edge.name === 'max' ? program.edges.findIndex((other) => other.name === 'sum') : i;
      const scale = setting.scale * (1 + step / 7);
      return [edge.name, of(setting.format, Float64Array.of(scale), setting.zeroPoint, 'tensor')] as const;
    }),
  );
  const weights = new Map(
    program.steps
      .filter((step) => step.kind === 'mac')
      .map((step) => {
        const count = setting.granularity === 'channel' ? step.outChannels : 1;
        const scales = Float64Array.from({ length: count }, (_, c) => setting.scale * (0.11 + c / 17));
        return [step.name, of(setting.weightFormat, scales, 0, setting.granularity)] as const;
      }),
  );
  return { edges, weights };
}

const settings: Record<string, Partial<Setting>> = {
  'posit8es1, unit scale': { format: 'posit8es1', weightFormat: 'posit8es1', scale: 1 },
  'posit8es2, real scales, per channel': {
    format: 'posit8es2',
    weightFormat: 'posit8es2',
    scale: 0.37,
    granularity: 'channel',
  },
  'affine8 with zero points': { format: 'affine8', weightFormat: 'affine8s', scale: 0.03, zeroPoint: 37 },
  'float8e4m3fn under stochastic rounding': {
    format: 'float8e4m3fn',
    weightFormat: 'float8e4m3fn',
    scale: 0.3,
    rounding: { mode: 'stochastic', policy: 'saturate', underflow: 'none' },
    choices: { ...DEFAULT_CHOICES, seed: 5 },
  },
  'fixed6q3 rounded down, s in 53 bits': {
    format: 'fixed6q3',
    weightFormat: 'fixed8q6',
    scale: 0.7,
    rounding: { mode: 'down', policy: 'saturate', underflow: 'none' },
    choices: { ...DEFAULT_CHOICES, scaleBits: 53 },
  },
  posit16es1: { format: 'posit16es1', weightFormat: 'posit16es1', scale: 0.9 },
  posit32es2: { format: 'posit32es2', weightFormat: 'posit8es0', scale: 0.9 },
  'affine16 activations': { format: 'affine16', weightFormat: 'affine8s', scale: 0.001, zeroPoint: 3000 },
};

describe('the emac dataflow gives the codes of the definition on every edge', () => {
  const parameters = initialParameters(NETWORK, 3);
  for (const [name, tensor] of parameters) {
    if (name.endsWith('.bias')) tensor.data.set(tensor.data.map((_, i) => (i - 1) * 0.173));
  }
  const program = lower(NETWORK, parameters);
  const stream = new Stream(9, 'dataset');
  const count = 3;
  const size = 9 * 7 * 2;
  // one heap for all of them in turn, as in a sweep: what a plan leaves there must not reach the next
  const kernels = createKernels();
  const images = Float32Array.from({ length: count * size }, () => stream.uniform() * 3 - 1);

  it.each(Object.entries(settings))('%s', (_, partial) => {
    const setting: Setting = {
      format: '',
      scale: 1,
      zeroPoint: 0,
      rounding: NEAREST_EVEN,
      weightFormat: '',
      granularity: 'tensor',
      choices: DEFAULT_CHOICES,
      ...partial,
    };
    const table = tableOf(program, setting);
    kernels.clear();
    const plan = compileEmac(program, table, setting.choices, { batch: 4, kernels });
    plan.run(images, count, 10);
    for (let image = 0; image < count; image++) {
      const expected = expectedEdges(
        program,
        table,
        setting.choices,
        images.subarray(image * size, (image + 1) * size),
        10 + image,
      );
      for (const [i, edge] of program.edges.entries()) {
        const codes = plan.codes(i, count).slice(image * edge.size, (image + 1) * edge.size);
        expect([edge.name, ...codes]).toEqual([edge.name, ...expected[i]!]);
      }
    }
  });

  it('predictions are the first largest logit; ties are counted; accumulator logits break them', () => {
    const base = { zeroPoint: 0, rounding: NEAREST_EVEN, granularity: 'tensor' } as const;
    const coarse: Setting = {
      ...base,
      format: 'fixed8q4',
      weightFormat: 'fixed8q6',
      scale: 1,
      choices: DEFAULT_CHOICES,
    };
    const fine = tableOf(program, coarse);
    const logits = { ...fine.edges.get('out')!, scales: Float64Array.of(1e6) };
    const table = { ...fine, edges: new Map([...fine.edges, ['out', logits]]) };
    const rounded = compileEmac(program, table, { ...coarse.choices, logits: 'rounded' }, { batch: 4 });
    const outcome = rounded.run(images, count);
    expect(outcome.ties).toBe(3);
    expect([...outcome.predictions.subarray(0, count)]).toEqual([0, 0, 0]);
    const open = compileEmac(program, table, coarse.choices, { batch: 4 });
    expect([rounded.logits, open.logits]).toEqual(['rounded', 'accumulator']);
    expect(open.run(images, count).ties).toBe(0);
  });

  it('a run larger than the plan, a missing encoding and a NaN pixel are refused in one line', () => {
    const setting: Setting = {
      format: 'posit8es1',
      weightFormat: 'posit8es1',
      scale: 1,
      zeroPoint: 0,
      rounding: NEAREST_EVEN,
      granularity: 'tensor',
      choices: DEFAULT_CHOICES,
    };
    const table = tableOf(program, setting);
    const plan = compileEmac(program, table, setting.choices, { batch: 2 });
    expect(() => plan.run(images, 3)).toThrow(/a run of 3 images/);
    const partial = { ...table, weights: new Map([...table.weights].slice(1)) };
    expect(() => compileEmac(program, partial, setting.choices, { batch: 2 })).toThrow(/has no encoding/);
    const fixed = tableOf(program, { ...setting, format: 'fixed8q4' });
    const bad = images.slice();
    bad[5] = Number.NaN;
    expect(() => compileEmac(program, fixed, setting.choices, { batch: 2 }).run(bad, 1)).toThrow(
      /image 0.*5/,
    );
  });
});
