/** Our networks in integers: where no rounding differs, the codes are those of emac; elsewhere they are near, and refusals name the layer. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { DEFAULT_CHOICES, type Requantization } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { createKernels } from '../../../kernels/loader.js';
import { collectHistograms, makeEncodings } from '../../../networks/calibration.js';
import { compileEmac } from '../../../networks/dataflows/emac.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { compileInteger } from '../../../networks/dataflows/integer.js';
import { type IntegerScheme, integerProgram } from '../../../networks/integer/from-program.js';
import { referenceRunner } from '../../../networks/integer/run.js';
import { lower } from '../../../networks/lower.js';
import { initialParameters } from '../../../networks/parameters.js';
import { parseNetwork } from '../../../networks/schema.js';
import { elementsOf } from '../../../networks/tensor.js';
import { getNetwork } from '../../../networks/zoo/registry.js';
import { parseAssignment } from '../../../quantizers/assignment.js';
import { parseQuantizer } from '../../../quantizers/quantizer.js';

const IMAGES = 4;

function random(count: number, seed: number): Float32Array {
  const stream = new Stream(seed, 'dataset');
  return Float32Array.from({ length: count }, () => 4 * stream.uniform() - 1.5);
}

/** A network of the zoo with batch-norms that are not the identity, calibrated on its own images. */
function calibrated(name: string, input: readonly number[]) {
  const network = FRAMED.find((framed) => framed.name === name) ?? getNetwork(name, input, 10);
  const stream = new Stream(3, 'weights', 77);
  const parameters = initialParameters(network, 5);
  for (const [key, { data }] of parameters) {
    if (/(gamma|variance)$/.test(key)) data.set(data.map(() => 0.5 + stream.uniform()));
    if (/(beta|mean|bias)$/.test(key)) data.set(data.map(() => stream.uniform() - 0.5));
  }
  const program = lower(network, parameters);
  const images = random(IMAGES * elementsOf(input), 9);
  const calibration = collectHistograms(compileFloat(program, { batch: IMAGES }), [
    { images, count: IMAGES },
  ]);
  return { program, images, calibration };
}

function encoded(
  { program, calibration }: ReturnType<typeof calibrated>,
  formats: readonly [weights: string, activations: string],
  quantizer: string,
  granularity: 'tensor' | 'channel',
) {
  const [weights, activations] = formats;
  const assignment = parseAssignment({ weights, activations, layers: {} });
  const choices = { assignment, quantizer: parseQuantizer(quantizer), rounding: NEAREST_EVEN, granularity };
  return makeEncodings(program, calibration, choices);
}

const INT8 = ['affine8s', 'affine8'] as const;

/** Pads that no layer takes in, of an image and of a sequence, and activations that no layer does. */
const FRAMED = [
  {
    name: 'framed',
    input: [5, 4, 3],
    classes: 4,
    nodes: [
      { name: 'early', operator: { type: 'activation', activation: 'relu6' }, inputs: ['input'] },
      { name: 'pad', operator: { type: 'pad', top: 1, bottom: 0, left: 2, right: 3 }, inputs: ['early'] },
      {
        name: 'max',
        operator: { type: 'pool', pooling: 'max', kernel: [2, 2], stride: [2, 2], padding: 'same' },
        inputs: ['pad'],
      },
      { name: 'relu', operator: { type: 'activation', activation: 'relu' }, inputs: ['input'] },
      { name: 'also', operator: { type: 'pad', top: 0, bottom: 2, left: 0, right: 1 }, inputs: ['relu'] },
      { name: 'conv', operator: { type: 'conv2d', filters: 2, kernel: [3, 3] }, inputs: ['also'] },
      {
        name: 'most',
        operator: { type: 'pool', pooling: 'max', kernel: [2, 2], stride: [1, 1], padding: 'same' },
        inputs: ['also'],
      },
      { name: 'flat', operator: { type: 'flatten' }, inputs: ['max'] },
      { name: 'flat2', operator: { type: 'flatten' }, inputs: ['conv'] },
      { name: 'flat3', operator: { type: 'flatten' }, inputs: ['most'] },
      { name: 'dense', operator: { type: 'dense', units: 4 }, inputs: ['flat'] },
      { name: 'dense2', operator: { type: 'dense', units: 4 }, inputs: ['flat2'] },
      { name: 'dense3', operator: { type: 'dense', units: 4 }, inputs: ['flat3'] },
      { name: 'two', operator: { type: 'add' }, inputs: ['dense', 'dense2'] },
      { name: 'out', operator: { type: 'add' }, inputs: ['two', 'dense3'] },
    ],
  },
  {
    name: 'sequence',
    input: [9, 2],
    classes: 3,
    nodes: [
      { name: 'pad', operator: { type: 'pad', top: 0, bottom: 0, left: 2, right: 3 }, inputs: ['input'] },
      { name: 'relu', operator: { type: 'activation', activation: 'relu' }, inputs: ['pad'] },
      { name: 'flat', operator: { type: 'flatten' }, inputs: ['relu'] },
      { name: 'out', operator: { type: 'dense', units: 3 }, inputs: ['flat'] },
    ],
  },
].map((description) => parseNetwork(description, 'test'));

describe('integer-tflite', () => {
  it.each([
    ['lenet5', [28, 28, 1], 'tensor'],
    ['lenet5', [28, 28, 1], 'channel'],
    ['mlp4', [28, 28, 1], 'channel'],
    ['convnet-cifar', [32, 32, 3], 'channel'],
    ['conv1d-tiny', [196, 1], 'channel'],
    ['framed', [5, 4, 3], 'channel'],
    ['sequence', [9, 2], 'tensor'],
  ] as const)(
    '%s %j per %s with exact products of scales that are powers of two has the codes of emac',
    (name, input, granularity) => {
      const ready = calibrated(name, input);
      const table = encoded(ready, INT8, 'linear:max:pow2', granularity);
      const { program, images } = ready;
      const room = { batch: IMAGES, kernels: createKernels() };
      const choices = { ...DEFAULT_CHOICES, requantize: 'exact', logits: 'rounded', scaleBits: 53 } as const;
      const emac = compileEmac(program, table, choices, { batch: IMAGES });
      emac.run(images, IMAGES);
      const integers = compileInteger(program, table, choices, room, 'tflite');
      const { predictions } = integers.run(images, IMAGES);
      const kept = predictions.slice();
      program.edges.forEach((edge, i) => {
        expect(integers.edgeValues(i, IMAGES), edge.name).toEqual(
          Float32Array.from(emac.edgeValues(i, IMAGES)),
        );
      });
      expect(kept).toEqual(emac.run(images, IMAGES).predictions);
    },
  );

  it.each([
    ['tflite', INT8, 'channel', 'gemmlowp', ['resnet8', 'mobilenet-tiny', 'densenet-tiny']],
    ['tflite', INT8, 'tensor', 'single', ['mobilenet-tiny']],
    ['tflite', INT8, 'channel', 'float32', ['densenet-tiny']],
    ['jacob', ['affine8', 'affine8'], 'tensor', 'gemmlowp', ['resnet8', 'densenet-tiny']],
    ['jacob', ['affine8', 'affine8'], 'tensor', 'exact', ['mobilenet-tiny']],
  ] as const)(
    '%s %j per %s, %s: every code is that of the slow way, and logits are near float32: %j',
    (scheme, formats, granularity, requantize, names) => {
      for (const name of names) {
        const input = [32, 32, 3];
        const ready = calibrated(name, input);
        const { program, images } = ready;
        const table = encoded(ready, formats, 'linear:max', granularity);
        const plan = compileInteger(
          program,
          table,
          { ...DEFAULT_CHOICES, requantize },
          { batch: IMAGES, kernels: createKernels() },
          scheme,
        );
        plan.run(images.subarray(0, elementsOf(input)), 1);
        const slow = referenceRunner(integerProgram(program, table, scheme), requantize);
        (slow.values[slow.graph.inputs[0]!] as Float32Array).set(images.subarray(0, elementsOf(input)));
        slow.run();
        program.edges.forEach((edge, i) => {
          const { scale, zeroPoint } = slow.graph.tensors[i]!;
          const expected = Float32Array.from(slow.values[i]!, (code) => scale * (code - zeroPoint));
          expect(plan.edgeValues(i, 1), `${name} ${edge.name}`).toEqual(expected);
        });
        const float = compileFloat(program, { batch: 1 });
        float.run(images, 1);
        const [wanted, got] = [float.edgeValues(program.output, 1), plan.edgeValues(program.output, 1)];
        const largest = Math.max(...Array.from(wanted, Math.abs));
        got.forEach((logit, i) => {
          expect(Math.abs(logit - wanted[i]!)).toBeLessThan(0.25 * largest);
        });
      }
    },
  );

  it('names the layer or edge that the scheme cannot hold', () => {
    const ready = calibrated('lenet5', [28, 28, 1]);
    const compile = (
      scheme: IntegerScheme,
      formats: readonly [string, string],
      granularity: 'tensor' | 'channel' = 'tensor',
      requantize: Requantization = 'gemmlowp',
    ) => {
      const table = encoded(ready, formats, 'linear:max', granularity);
      const choices = { ...DEFAULT_CHOICES, requantize };
      return () =>
        compileInteger(ready.program, table, choices, { batch: 1, kernels: createKernels() }, scheme);
    };
    expect(compile('tflite', ['affine8', 'affine8'])).toThrow(
      /^weights of layer 'conv1': affine8 has zero points; int8 weights are symmetric: give affine8s/,
    );
    expect(compile('tflite', ['affine8s', 'posit8es1'])).toThrow(
      /^edge 'input' is in posit8es1; integer-tflite has 8-bit affine integers/,
    );
    expect(compile('jacob', ['affine8s', 'affine8'], 'channel')).toThrow(
      /^weights of layer 'conv1': affine8s with 6 scales; the paper's uint8 weights are asymmetric/,
    );
    expect(compile('jacob', ['affine4', 'affine8'])).toThrow(/^weights of layer 'conv1' is in affine4/);
    const wide = parseNetwork(
      {
        name: 'wide',
        input: [65_536],
        classes: 2,
        nodes: [{ name: 'sum', operator: { type: 'dense', units: 2 }, inputs: ['input'] }],
      },
      'test',
    );
    const program = lower(
      wide,
      new Map([
        ['sum.weight', { shape: [2, 65_536], data: new Float32Array(131_072).fill(1) }],
        ['sum.bias', { shape: [2], data: Float32Array.of(10_000, 0) }],
      ]),
    );
    const encoding = (format: string, zeroPoint: number) => ({
      format: getFormat(format),
      rounding: NEAREST_EVEN,
      scales: Float64Array.of(1 / 127),
      zeroPoint,
      granularity: { kind: 'tensor' } as const,
      range: 'full' as const,
    });
    const table = {
      edges: new Map(program.edges.map(({ name }) => [name, encoding('affine8', 0)])),
      weights: new Map([['sum', encoding('affine8s', 0)]]),
    };
    expect(() =>
      compileInteger(program, table, DEFAULT_CHOICES, { batch: 1, kernels: createKernels() }, 'tflite'),
    ).toThrow(/^step sum: channel 0 may sum up to 2283673361, which 32-bit accumulators do not hold/);
  });
});
