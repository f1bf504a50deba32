import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import type { OnnxGraph } from '../../bench/onnx/graph.js';
import { graphOfProgram } from '../../bench/onnx/program-graph.js';
import { compileFloat } from '../../networks/dataflows/float.js';
import { lower } from '../../networks/lower.js';
import type { Network } from '../../networks/network.js';
import { initialParameters } from '../../networks/parameters.js';
import type { Program } from '../../networks/program.js';
import {
  CONCAT,
  conv,
  dense,
  FLATTEN,
  GLOBAL_MEAN,
  halve,
  NORM,
  Nodes,
  RELU,
  RELU6,
} from '../../networks/zoo/nodes.js';
import { getNetwork, listNetworks } from '../../networks/zoo/registry.js';
import '../../platform/kernel-files.js';
import { runOnnx } from './onnx-interpreter.js';

const BATCH = 2;
/** Float32 sums in our order, float64 or another order on the other side: this share of the largest logit. */
const TOLERANCE = 1e-4;

/** Weights by He's rule; every constant (biases, batch-norm) drawn near its first value, so that a lost one shows. */
function programOf(network: Network): Program {
  const parameters = initialParameters(network, 7);
  let tensor = 0;
  for (const { shape, data } of parameters.values()) {
    const stream = new Stream(7, 'dropout', tensor++);
    if (shape.length === 1) for (let i = 0; i < data.length; i++) data[i]! += 0.5 * stream.uniform();
  }
  return lower(network, parameters);
}

function imagesOf(program: Program): Float32Array {
  const stream = new Stream(8, 'dataset', 0);
  return Float32Array.from({ length: BATCH * program.edges[0]!.size }, () => 2 * stream.uniform() - 1);
}

/** Largest difference of the two, as a share of the largest logit of ours. */
function difference(program: Program, logits: ArrayLike<number>): number {
  const plan = compileFloat(program, { batch: BATCH });
  plan.run(imagesOf(program), BATCH);
  const wanted = Float64Array.from(plan.edgeValues(program.output, BATCH));
  expect(logits.length).toBe(wanted.length);
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0);
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - logits[i]!)), 0) / largest;
}

/** What the zoo has not: a pad of its own, means over part of a window, groups, dilation, odd sizes. */
function oddities(): Network {
  const nodes = new Nodes();
  const left = nodes.add('left', conv(6, 3, { stride: [2, 1], dilation: [1, 2] }), ['input']);
  const right = nodes.add('right', conv(6, 2, { stride: [2, 1], groups: 3 }), ['input']);
  nodes.add('norm', NORM, ['input']);
  // two read it: onnxruntime takes a pad that only a pool reads into the pool, whose padding is not zeros
  const pad = nodes.add('pad', { type: 'pad', top: 1, bottom: 0, left: 2, right: 3 });
  nodes.add('max', { type: 'pool', pooling: 'max', kernel: [3, 4], stride: [2, 2], padding: 'same' });
  nodes.add('max-mean', GLOBAL_MEAN);
  nodes.add('pad-mean', GLOBAL_MEAN, [pad]);
  const sum = nodes.add('sum', { type: 'add' }, [left, right]);
  const clipped = nodes.add('clipped', RELU6);
  const both = nodes.add('both', CONCAT, [clipped, sum]);
  nodes.add('relu-both', RELU, [both]);
  nodes.add('small', halve('average', 'same'));
  const mean = nodes.add('mean', GLOBAL_MEAN);
  nodes.add('flat', FLATTEN, ['small']);
  const units = nodes.add('units', dense(5));
  nodes.add('rows', CONCAT, [units, mean, 'max-mean', 'pad-mean']);
  nodes.add('logits', dense(4));
  return nodes.network('oddities', [7, 9, 3], 4);
}

const cases: [string, Network][] = listNetworks().flatMap(({ name, uses }) =>
  uses.map(({ input, classes }): [string, Network] => [
    `${name} on [${input.join(', ')}]`,
    getNetwork(name, input, classes),
  ]),
);
cases.push(['what the zoo has not', oddities()]);

describe('networks as ONNX', () => {
  it.each(cases)('%s has the logits of our float32 by the definitions of its operators', (_, network) => {
    const program = programOf(network);
    const { data } = runOnnx(graphOfProgram(program, BATCH), imagesOf(program));
    expect(difference(program, data)).toBeLessThan(TOLERANCE);
  });

  it('of three summands all are added', () => {
    const program = programOf(oddities());
    const steps = program.steps.map((step) =>
      step.kind === 'add' ? { ...step, inputs: [...step.inputs, step.inputs[0]!] } : step,
    );
    const longer = { ...program, steps };
    const { data } = runOnnx(graphOfProgram(longer, BATCH), imagesOf(longer));
    expect(difference(longer, data)).toBeLessThan(TOLERANCE);
    expect(difference(program, data)).toBeGreaterThan(TOLERANCE);
  });

  it('flattened images that are joined have another order there, and are refused', () => {
    const nodes = new Nodes();
    const flat = nodes.add('flat', FLATTEN);
    nodes.add('conv', conv(2, 3), ['input']);
    const other = nodes.add('other', FLATTEN);
    nodes.add('rows', CONCAT, [flat, other]);
    nodes.add('logits', dense(3));
    const program = programOf(nodes.network('rows', [4, 4, 2], 3));
    expect(() => graphOfProgram(program, BATCH)).toThrow('no concat of flattened images (rows)');
  });
});

const bench = (path: string): string => fileURLToPath(new URL(`../../bench/${path}`, import.meta.url));
const installed = existsSync(bench('node_modules/onnxruntime-node'));

describe.skipIf(!installed)("onnxruntime-node (skipped unless the benches' packages are installed)", () => {
  it.each(cases)('%s has the logits of our float32', async (_, network) => {
    // by path: neither the types nor the packages are there where the benches' own are not installed
    const { onnxBytes } = (await import(bench('onnx/schema.ts'))) as {
      onnxBytes(graph: OnnxGraph): Uint8Array;
    };
    const { onnxModel } = (await import(bench('contestants/onnxruntime.ts'))) as {
      onnxModel(
        kind: string,
        model: Uint8Array,
        input: Float32Array,
        dims: readonly number[],
      ): Promise<{
        run(): Promise<void>;
        output(): Float32Array;
        release(): Promise<void>;
      }>;
    };
    const program = programOf(network);
    const graph = graphOfProgram(program, BATCH);
    const model = await onnxModel('onnxruntime-node', onnxBytes(graph), imagesOf(program), graph.input.dims);
    await model.run();
    expect(difference(program, model.output())).toBeLessThan(TOLERANCE);
    await model.release();
  });
});
