/** Networks of ours in integers, compiled, and the slow way beside them. */
import { expect } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { DEFAULT_CHOICES, type Requantization } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { createKernels } from '../../../kernels/loader.js';
import { collectHistograms, makeEncodings } from '../../../networks/calibration.js';
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

export const IMAGES = 4;

function random(count: number, seed: number): Float32Array {
  const stream = new Stream(seed, 'dataset');
  return Float32Array.from({ length: count }, () => 4 * stream.uniform() - 1.5);
}

/** A network of the zoo with batch-norms that are not the identity, calibrated on its own images. */
export function calibrated(name: string, input: readonly number[]) {
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

export function encoded(
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

export const INT8 = ['affine8s', 'affine8'] as const;

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

export type Case = readonly [
  scheme: IntegerScheme,
  formats: readonly [weights: string, activations: string],
  granularity: 'tensor' | 'channel',
  requantize: Requantization,
];

/** A colour network's codes on every edge are those of the slow way, and its logits near those of float32. */
export function expectSlowCodes(name: string, [scheme, formats, granularity, requantize]: Case): void {
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
