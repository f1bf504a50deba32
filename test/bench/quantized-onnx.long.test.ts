import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { quantizedGraph } from '../../bench/onnx/quantized-graph.js';
import { DEFAULT_CHOICES } from '../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { createKernels } from '../../kernels/loader.js';
import { collectHistograms, makeEncodings } from '../../networks/calibration.js';
import { compileFloat } from '../../networks/dataflows/float.js';
import { compileInteger } from '../../networks/dataflows/integer.js';
import { lower } from '../../networks/lower.js';
import { initialParameters } from '../../networks/parameters.js';
import type { EncodingTable, Program } from '../../networks/program.js';
import { getNetwork } from '../../networks/zoo/registry.js';
import { parseAssignment } from '../../quantizers/assignment.js';
import { parseQuantizer } from '../../quantizers/quantizer.js';
// the benches run the built package, whose kernels are its own
import '../../dist/platform/kernel-files.js';
import '../../platform/kernel-files.js';
import { runOnnx } from './onnx-interpreter.js';

const BATCH = 4;

function images(program: Program): Float32Array {
  const stream = new Stream(11, 'dataset', 0);
  return Float32Array.from({ length: BATCH * program.edges[0]!.size }, () => 2 * stream.uniform() - 1);
}

function made(name: string, shape: readonly number[], granularity: 'tensor' | 'channel') {
  const network = getNetwork(name, shape, 10);
  const program = lower(network, initialParameters(network, 5));
  const batches = [{ images: images(program), count: BATCH }];
  const calibration = collectHistograms(compileFloat(program, { batch: BATCH }), batches);
  const table = makeEncodings(program, calibration, {
    assignment: parseAssignment({ weights: 'affine8s', activations: 'affine8', layers: {} }),
    quantizer: parseQuantizer('linear:max'),
    rounding: NEAREST_EVEN,
    granularity,
  });
  return { program, table };
}

function codesOfOurs(program: Program, table: EncodingTable): Float64Array {
  const choices = { ...DEFAULT_CHOICES, requantize: 'exact' } as const;
  const plan = compileInteger(program, table, choices, { batch: BATCH, kernels: createKernels() }, 'tflite');
  plan.run(images(program), BATCH);
  const { scale } = plan.graph.tensors[program.output]!;
  return Float64Array.from(plan.edgeValues(program.output, BATCH), (value) => Math.round(value / scale));
}

describe('networks of integers as ONNX', () => {
  it.each([
    ['lenet5', [28, 28, 1], 'tensor', 0.95],
    ['lenet5', [28, 28, 1], 'channel', 0.95],
    ['conv1d-tiny', [196, 1], 'channel', 0.95],
    ['resnet8', [32, 32, 3], 'channel', 0.5],
    ['mobilenet-tiny', [32, 32, 3], 'channel', 0.5],
  ] as const)(
    '%s on %j, a scale a %s, has the codes of integer-tflite by the definitions of its operators',
    (name, shape, granularity, equal) => {
      const { program, table } = made(name, shape, granularity);
      const graph = quantizedGraph(program, table, BATCH);
      const ours = codesOfOurs(program, table);
      const scale = table.edges.get(program.edges[program.output]!.name)!.scales[0]!;
      const theirs = Float64Array.from(runOnnx(graph, images(program)).data, (value) =>
        Math.round(value / scale),
      );
      // adds of TensorFlow Lite round their inputs first, and its means have a multiplier of their own
      const apart = ours.map((code, i) => Math.abs(code - theirs[i]!));
      expect(Math.max(...apart)).toBeLessThanOrEqual(2);
      expect(apart.filter((away) => away === 0).length / apart.length).toBeGreaterThan(equal);
      expect(new Set(ours).size).toBeGreaterThan(8);
      // weights and biases are integers, and nothing is left of the reals
      const floats = graph.initializers.filter(({ data }) => data instanceof Float32Array);
      expect(floats.every(({ name: of }) => of.endsWith('-scale') || of.includes('relu6'))).toBe(true);
    },
  );
});
