/** What the cost model is told of networks in integers, against the graph's own numbers, and the rows that come of it. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_CHOICES, type Requantization } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { createKernels } from '../../../kernels/loader.js';
import { collectHistograms, makeEncodings } from '../../../networks/calibration.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { compileInteger } from '../../../networks/dataflows/integer.js';
import { compileYao } from '../../../networks/dataflows/integer-yao.js';
import type { IntegerScheme } from '../../../networks/integer/from-program.js';
import { lower } from '../../../networks/lower.js';
import { initialParameters } from '../../../networks/parameters.js';
import { parseNetwork } from '../../../networks/schema.js';
import { parseAssignment } from '../../../quantizers/assignment.js';
import { parseQuantizer } from '../../../quantizers/quantizer.js';
import { priceRows } from '../../../sweep/cost.js';

const conv = { type: 'conv2d', filters: 4, kernel: [3, 3] };
const network = parseNetwork(
  {
    name: 'priced',
    input: [6, 6, 2],
    classes: 3,
    nodes: [
      { name: 'a', operator: conv, inputs: ['input'] },
      { name: 'an', operator: { type: 'batch-norm' }, inputs: ['a'] },
      { name: 'ar', operator: { type: 'activation', activation: 'relu' }, inputs: ['an'] },
      { name: 'd', operator: { ...conv, groups: 2 }, inputs: ['ar'] },
      { name: 'f', operator: { type: 'flatten' }, inputs: ['d'] },
      { name: 'out', operator: { type: 'dense', units: 3 }, inputs: ['f'] },
    ],
  },
  'the test',
);

function ready(gamma: readonly number[], bias: (i: number) => number) {
  const parameters = initialParameters(network, 4);
  parameters.get('an.gamma')!.data.set(gamma);
  for (const [name, { data }] of parameters) {
    if (/(beta|bias)$/.test(name)) data.set(data.map((_, i) => bias(i)));
  }
  const program = lower(network, parameters);
  const images = Float32Array.from({ length: 4 * 72 }, (_, i) => ((i * 37) % 64) / 32 - 1);
  const calibration = collectHistograms(compileFloat(program, { batch: 4 }), [{ images, count: 4 }]);
  const table = (weights: string, activations: string, quantizer: string) =>
    makeEncodings(program, calibration, {
      assignment: parseAssignment({ weights, activations, layers: {} }),
      quantizer: parseQuantizer(quantizer),
      rounding: NEAREST_EVEN,
      granularity: 'tensor',
    });
  return { program, table };
}

const GAMMA = [0.7, 1.3, 1.1, 0.9];
const AXES = { cost: ['library45'], units: [1], requantizer: ['loop'], lanes: [1] } as const;

function integerPlan(scheme: IntegerScheme, requantize: Requantization) {
  const { program, table } = ready(GAMMA, (i) => i / 8);
  const encodings = table(scheme === 'tflite' ? 'affine8s' : 'affine8', 'affine8', 'linear:max');
  const room = { batch: 1, kernels: createKernels() };
  return compileInteger(program, encodings, { ...DEFAULT_CHOICES, requantize }, room, scheme);
}

describe('integer-tflite and integer-jacob', () => {
  it.each([
    ['tflite', 'affine8s', 'folded'],
    ['jacob', 'affine8', 'summed'],
  ] as const)('%s is priced with 32-bit sums and multipliers of 31 bits', (scheme, format, zeroPoints) => {
    const facts = integerPlan(scheme, 'gemmlowp').macFacts!();
    // windows of 4 × 4 pixels and 2 × 2, of two groups; 16 codes to the logits
    expect(facts.map(({ name, k, outputs }) => [name, k, outputs])).toEqual([
      ['a', 18, 64],
      ['d', 18, 8],
      ['d', 18, 8],
      ['out', 16, 3],
    ]);
    for (const one of facts) {
      const { weightFormat, activationFormat, outputFormat } = one;
      expect([weightFormat, activationFormat, outputFormat].map(({ name }) => name)).toEqual([
        format,
        format,
        format,
      ]);
      expect(one).toMatchObject({
        accumulator: { kind: 'wrap', bits: 32 },
        multiplier: 'multiply',
        scaleBits: 31,
        zeroPoints,
      });
    }
    expect(integerPlan(scheme, 'single').macFacts!()).toEqual(facts);
    const [row] = priceRows(AXES, facts);
    expect(row!.accumulatorBits).toBe(32);
    expect(row!.energyPj).toBeGreaterThan(0);
    // a loop over the sum: 16 digits of 2 bits fit beside K = 18, not beside 16, so digits have 4 bits
    expect(row!.cycles).toBe(64 * 18 + 2 * 8 * 18 + 3 * 16 + 4 * (8 + 5));
  });

  it.each(['float32', 'exact'] as const)('under %s there is no hardware, and the row says why', (mode) => {
    const plan = integerPlan('tflite', mode);
    expect(plan.macFacts).toBeUndefined();
    const [row] = priceRows(AXES, undefined, plan.unpriced);
    expect(row!.energyPj).toBeUndefined();
    expect(row!.costBand).toMatch(new RegExp(`^not priced: requantize ${mode} .* no(t| integer)? ?hardware`));
  });
});

describe('integer-yao', () => {
  const plan = (gamma: readonly number[], bias: (i: number) => number = () => 0) => {
    const { program, table } = ready(gamma, bias);
    return compileYao(program, table('pow2int8', 'pow2int8', 'linear:yao'), { batch: 1 });
  };

  it('multiplies an output by A where a batch-norm is kept, and only shifts elsewhere', () => {
    const { layers, macFacts } = plan(GAMMA, (i) => i / 8);
    const facts = macFacts!();
    expect(facts.map(({ name, multiplier }) => [name, multiplier])).toEqual([
      ['a', 'multiply'],
      ['d', 'shift'],
      ['d', 'shift'],
      ['out', 'shift'],
    ]);
    expect(facts[0]).toMatchObject({ scaleBits: 8, largestBias: 0n, biasAdderBits: layers[0]!.resultBits });
    expect(facts[3]!.biasAdderBits).toBeUndefined();
    // A of 1 is 64 · 2^-6; B is as many of the sum's units as the exponents lie apart
    const { exponents, from, bias } = layers[2]!;
    const lift = BigInt(from + exponents.weights - exponents.bias);
    expect(facts[3]!.largestBias).toBe(BigInt(Math.max(...bias.map(Math.abs))) << lift);
    for (const one of facts) expect(one.weightFormat.name).toBe('pow2int8');
  });

  it('of gains that are powers of two only shifts', () => {
    // the moving variance is 1, and beside it 0.001 is added: gains are 2^k once that is made up for
    const kept = Math.sqrt(1.001);
    const facts = plan([kept, kept / 2, kept / 4, kept]).macFacts!();
    expect(facts.map(({ multiplier }) => multiplier)).toEqual(['shift', 'shift', 'shift', 'shift']);
    const [row] = priceRows({ ...AXES, requantizer: ['loop', 'parallel'] }, facts);
    expect(row!.requantizer).toBeUndefined();
    expect(priceRows({ ...AXES, requantizer: ['loop', 'parallel'] }, facts)).toHaveLength(1);
  });

  it('a B finer than the sum is added behind the shift', () => {
    // weights so large that their units are coarser than those of B
    const { program, table } = ready(GAMMA, () => 2 ** -12);
    const encodings = table('pow2int8', 'pow2int8', 'linear:yao');
    const { layers, macFacts } = compileYao(program, encodings, { batch: 1 });
    const last = layers.at(-1)!;
    const isFiner = last.exponents.bias > last.from + last.exponents.weights;
    expect(isFiner).toBe(true);
    expect(macFacts!().at(-1)).toMatchObject({ multiplier: 'shift', biasAdderBits: last.resultBits });
  });
});
