/** Networks of the emac dataflow in C: every code of every edge is the plan's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Network } from '../../../networks/network.js';
import { getNetwork } from '../../../networks/zoo/registry.js';
import { COMPILERS, NEEDS_CC, OPTIMIZED, objectOf, SANITIZED } from './compiled.js';
import {
  comparedCodes,
  everyEdge,
  exportedOf,
  planOf,
  randomImages,
  textOf,
  type Wanted,
} from './emac-plans.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-export-c-'));
afterAll(() => rmSync(folder, { recursive: true }));

const lenet = getNetwork('lenet5', [28, 28, 1], 10);

describe.skipIf(COMPILERS.length === 0)(`emac networks in C${NEEDS_CC}`, () => {
  it.each<Wanted>([
    { format: 'posit8es1' },
    { format: 'posit8es1', granularity: 'channel', rounding: { underflow: 'half' } },
    { format: 'posit8es0', rounding: { mode: 'toward-zero' } },
    { format: 'posit8es2', weights: 'posit6es1', quantizer: 'rounding' },
    { format: 'pow2int8', quantizer: 'linear:max' },
    { format: 'float8e4m3fn' },
    { format: 'float6e3m2fn', rounding: { mode: 'up' } },
    { format: 'fixed8q5', quantizer: 'rounding', choices: { bias: 'format' } },
    { format: 'affine8', quantizer: 'linear:max', choices: { scaleBits: 53 } },
    {
      format: 'affine8',
      weights: 'affine8s',
      quantizer: 'linear:max',
      granularity: 'channel',
      choices: { logits: 'rounded' },
    },
  ])('have the codes of every edge of lenet5: %j', (wanted) => {
    const images = randomImages(lenet, 3);
    const plan = planOf(lenet, wanted, images);
    const network = exportedOf(plan);
    expect(network.outputs).toHaveLength(plan.logits === 'accumulator' ? 2 : 1);
    comparedCodes(folder, plan, everyEdge(network), images, OPTIMIZED);
    comparedCodes(folder, plan, network, images, SANITIZED);
  });

  it.each([
    ['resnet8', [32, 32, 3]],
    ['mobilenet-tiny', [32, 32, 3]],
    ['densenet-tiny', [32, 32, 3]],
  ] as const)('have joins, depthwise layers, concats and means: %s', (name, input) => {
    const network = getNetwork(name, input, 10);
    const images = randomImages(network, 2);
    for (const format of ['posit8es1', 'affine8', 'float8e4m3fn']) {
      const plan = planOf(network, { format }, images);
      comparedCodes(folder, plan, everyEdge(exportedOf(plan)), images, OPTIMIZED);
    }
  });

  it.each(['tensor', 'channel'] as const)(
    'have the exact sums of the last layer, %s scales',
    (granularity) => {
      const images = randomImages(lenet, 3);
      const plan = planOf(lenet, { format: 'posit8es1', granularity }, images);
      const network = exportedOf(plan);
      const sums = comparedCodes(folder, plan, network, images, OPTIMIZED);
      const { weightCodes, bias, multipliers, k, weights } = plan.macs().at(-1)!.layers[0]!;
      const units = (code: number): bigint => BigInt(weights.format.toNumber(code) * 2 ** 12);
      const edge = plan.program.steps.at(-1)!.inputs[0]!;
      plan.run(images, 3);
      const codes = plan.codes(edge, 3);
      const logits = sums.map((_, image) =>
        Array.from(bias, (b, channel) => {
          let sum = b;
          for (let i = 0; i < k; i++)
            sum += units(weightCodes[channel * k + i]!) * units(codes[image * k + i]!);
          // bits of the smallest multiplier are above 2^-60
          const { numerator, denominator } = multipliers[channel]!;
          return (sum * (numerator << 60n)) / denominator;
        }),
      );
      const [first, one] = [logits[0]![0]!, sums[0]![0]!];
      expect(one).not.toBe(0n);
      sums.forEach((own, image) => {
        const ratios = Array.from(own, (sum, channel) => sum * first - one * logits[image]![channel]!);
        expect(ratios.every((difference) => difference === 0n)).toBe(true);
      });
      const scales = new Set(multipliers.map(({ numerator, denominator }) => `${numerator}/${denominator}`));
      expect(scales.size > 1).toBe(granularity === 'channel');
    },
  );

  it('need nothing from elsewhere and no floating point', () => {
    const flags = process.arch === 'x64' ? ['-O2', '-mno-sse', '-mno-80387'] : ['-O2'];
    for (const format of ['posit8es1', 'affine8']) {
      const text = textOf(exportedOf(planOf(lenet, { format }, randomImages(lenet, 2))));
      const { undefinedSymbols, code, data } = objectOf(folder, text, flags);
      expect(undefinedSymbols).toEqual([]);
      expect(code).toBeGreaterThan(500);
      expect(data).toBeGreaterThan(0);
      const bare = text.replace(/\/\*.*?\*\//gs, '');
      expect(bare.match(/float|double|\d\.\d|\.\d/g)).toBeNull();
      expect([...bare.matchAll(/#include (.*)/g)].map(([, file]) => file)).toEqual([
        '<stdint.h>',
        '<stdio.h>',
      ]);
    }
  });
});

describe('emac networks that are refused', () => {
  it.each<readonly [Wanted, string]>([
    [
      { format: 'posit16es1' },
      "edge 'input' is in posit16es1; export-c writes emac networks in formats of up to 8 bits",
    ],
    [{ format: 'posit8es1', weights: 'posit12es1' }, "layer 'conv1' is in posit12es1"],
    [{ format: 'posit8es2', quantizer: 'linear:mse' }, 'its exact sums take'],
    [{ format: 'float8e5m2', rounding: { policy: 'infinity' } }, 'export-c writes policy saturate'],
    [{ format: 'posit8es1', rounding: { mode: 'stochastic' } }, "edge 'input' is rounded stochastically"],
    [
      { format: 'posit8es1', choices: { accumulator: { kind: 'wrap', bits: 24 } } },
      'accumulator wrap is not exact',
    ],
  ])('%j', (wanted, complaint) => {
    const network: Network = lenet;
    const plan = planOf(network, wanted, randomImages(network, 2));
    expect(() => exportedOf(plan)).toThrow(complaint);
  });
});
