/** The integers of Yao et al. against the equations as the review gives them, in exact rationals. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { add, dyadic, floor, multiply, type Rational, rational } from '../../../arithmetic/rational.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { collectHistograms, makeEncodings } from '../../../networks/calibration.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { compileYao } from '../../../networks/dataflows/integer-yao.js';
import { lower } from '../../../networks/lower.js';
import { initialParameters } from '../../../networks/parameters.js';
import type { Program, Step } from '../../../networks/program.js';
import { parseNetwork } from '../../../networks/schema.js';
import { uniformAssignment } from '../../../quantizers/assignment.js';
import { parseQuantizer } from '../../../quantizers/quantizer.js';
import { yaoCode, yaoExponent } from '../../../quantizers/yao.js';

const YAO = parseQuantizer('linear:yao');

const { network } = {
  network: parseNetwork(
    {
      name: 'paths',
      input: [6, 5, 2],
      classes: 3,
      nodes: [
        { name: 'early', operator: { type: 'activation', activation: 'relu' }, inputs: ['input'] },
        {
          name: 'a',
          operator: { type: 'conv2d', filters: 4, kernel: [3, 3], padding: 'same' },
          inputs: ['early'],
        },
        { name: 'an', operator: { type: 'batch-norm' }, inputs: ['a'] },
        { name: 'ar', operator: { type: 'activation', activation: 'relu' }, inputs: ['an'] },
        {
          name: 'd',
          operator: { type: 'conv2d', filters: 4, kernel: [3, 3], padding: 'same', groups: 4 },
          inputs: ['ar'],
        },
        { name: 'dn', operator: { type: 'batch-norm' }, inputs: ['d'] },
        { name: 'sum', operator: { type: 'add' }, inputs: ['ar', 'dn'] },
        { name: 'sr', operator: { type: 'activation', activation: 'relu6' }, inputs: ['sum'] },
        { name: 'b', operator: { type: 'conv2d', filters: 3, kernel: [1, 1] }, inputs: ['sr'] },
        { name: 'both', operator: { type: 'concat' }, inputs: ['sr', 'b'] },
        { name: 'framed', operator: { type: 'pad', top: 0, bottom: 2, left: 3, right: 1 }, inputs: ['both'] },
        {
          name: 'pool',
          operator: { type: 'pool', pooling: 'max', kernel: [2, 2], stride: [2, 2], padding: 'same' },
          inputs: ['framed'],
        },
        { name: 'mean', operator: { type: 'global-pool', pooling: 'average' }, inputs: ['pool'] },
        { name: 'out', operator: { type: 'dense', units: 3 }, inputs: ['mean'] },
      ],
    },
    'test',
  ),
};

function ready() {
  const stream = new Stream(8, 'weights');
  const parameters = initialParameters(network, 2);
  for (const [name, { data }] of parameters) {
    if (/(gamma|variance)$/.test(name)) data.set(data.map(() => 0.5 + 2 * stream.uniform()));
    if (/(beta|mean|bias)$/.test(name)) data.set(data.map(() => 2 * stream.uniform() - 1));
  }
  const program = lower(network, parameters);
  const images = Float32Array.from({ length: 5 * 60 }, () => 4 * stream.uniform() - 1);
  const calibration = collectHistograms(compileFloat(program, { batch: 5 }), [{ images, count: 5 }]);
  return { program, parameters, images, calibration };
}

const power = (k: number): Rational => dyadic(1n, k);

/** The values on all edges by the equations: each edge's real = integer · 2^−e. */
function byDefinition(
  program: Program,
  parameters: ReadonlyMap<string, { data: Float32Array }>,
  image: Float32Array,
  exponents: readonly number[],
  bits: number,
) {
  const [least, most] = [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
  const held = (x: bigint, low = least, high = most): bigint => (x < low ? low : x > high ? high : x);
  const half = rational(1n, 2n);
  const code = (real: Rational, exponent: number): bigint =>
    floor(add(multiply(real, power(exponent)), half));
  const e = [...exponents];
  const edges: bigint[][] = program.edges.map(() => []);
  edges[0] = Array.from(image, (x) => BigInt(yaoCode(x, e[0]!, bits)));
  const real = (edge: number, i: number): Rational => multiply(rational(edges[edge]![i]!), power(-e[edge]!));
  const clampOf = (step: Extract<Step, { activation: unknown }>, x: bigint, exponent: number): bigint => {
    const top = step.activation === 'relu6' ? held(BigInt(yaoCode(6, exponent, bits))) : most;
    return held(x, step.activation === 'identity' ? least : 0n, top);
  };
  for (const step of program.steps) {
    const { output } = step;
    const input = step.inputs[0]!;
    if (step.kind === 'mac') {
      const norm = { a: 'an', d: 'dn' }[step.name] ?? '';
      const raw = parameters.get(`${step.name}.weight`)!.data;
      const gamma = parameters.get(`${norm}.gamma`)?.data;
      const variance = parameters.get(`${norm}.variance`)?.data;
      const gains = Array.from({ length: step.outChannels }, (_, c) =>
        gamma ? Math.fround(gamma[c]! / Math.sqrt(variance![c]! + 1e-5)) : 1,
      );
      const largest = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs));
      const [w, a, b] = [
        yaoExponent(largest(raw), bits),
        yaoExponent(largest(gains), bits),
        yaoExponent(largest(step.bias), bits),
      ];
      const { window, groups, outChannels, k } = step;
      const [groupIn, groupOut] = [window.inChannels / groups, outChannels / groups];
      for (let pixel = 0; pixel < window.outHeight * window.outWidth; pixel++) {
        for (let c = 0; c < outChannels; c++) {
          let sum = rational(0n);
          for (let p = 0; p < k; p++) {
            const [tap, i] = [Math.floor(p / groupIn), p % groupIn];
            const y =
              Math.floor(pixel / window.outWidth) * window.strideY -
              window.padTop +
              Math.floor(tap / window.kernelWidth);
            const x =
              (pixel % window.outWidth) * window.strideX - window.padLeft + (tap % window.kernelWidth);
            if (y < 0 || x < 0 || y >= window.inHeight || x >= window.inWidth) continue;
            const place =
              (y * window.inWidth + x) * window.inChannels + Math.floor(c / groupOut) * groupIn + i;
            const weight = multiply(rational(BigInt(yaoCode(raw[c * k + p]!, w, bits))), power(-w));
            sum = add(sum, multiply(weight, real(input, place)));
          }
          const A = multiply(rational(BigInt(yaoCode(gains[c]!, a, bits))), power(-a));
          const B = multiply(rational(BigInt(yaoCode(step.bias[c]!, b, bits))), power(-b));
          edges[output]!.push(clampOf(step, code(add(multiply(sum, A), B), e[output]!), e[output]!));
        }
      }
    } else if (step.kind === 'add') {
      const common = Math.min(...step.inputs.map((edge) => e[edge]!));
      edges[output] = edges[input]!.map((_, i) => {
        const total = step.inputs.reduce((sum, edge) => sum + code(real(edge, i), common), 0n);
        return clampOf(step, code(multiply(rational(total), power(-common)), e[output]!), e[output]!);
      });
    } else if (step.kind === 'concat') {
      e[output] = Math.min(...step.inputs.map((edge) => e[edge]!));
      for (let pixel = 0; pixel < step.pixels; pixel++) {
        step.inputs.forEach((edge, j) => {
          for (let c = 0; c < step.channels[j]!; c++)
            edges[output]!.push(held(code(real(edge, pixel * step.channels[j]! + c), e[output]!)));
        });
      }
    } else if (step.kind === 'activation') {
      e[output] = e[input]!;
      edges[output] = edges[input]!.map((x) => clampOf(step, x, e[output]!));
    } else if (step.kind === 'pad') {
      e[output] = e[input]!;
      const [height, width, channels] = program.edges[output]!.shape as [number, number, number];
      const { top, left, height: inHeight, width: inWidth } = step.frame;
      for (let at = 0; at < height * width * channels; at++) {
        const [c, x, y] = [
          at % channels,
          (Math.floor(at / channels) % width) - left,
          Math.floor(at / channels / width) - top,
        ];
        const isInside = x >= 0 && y >= 0 && x < inWidth && y < inHeight;
        edges[output]!.push(isInside ? edges[input]![(y * inWidth + x) * channels + c]! : 0n);
      }
    } else if (step.kind === 'pool') {
      e[output] = e[input]!;
      const { window: w } = step;
      for (let pixel = 0; pixel < w.outHeight * w.outWidth; pixel++) {
        for (let c = 0; c < w.inChannels; c++) {
          const seen: number[] = [];
          for (let y = 0; y < w.kernelHeight; y++) {
            for (let x = 0; x < w.kernelWidth; x++) {
              const [row, column] = [
                Math.floor(pixel / w.outWidth) * w.strideY - w.padTop + y,
                (pixel % w.outWidth) * w.strideX - w.padLeft + x,
              ];
              if (row >= 0 && column >= 0 && row < w.inHeight && column < w.inWidth)
                seen.push((row * w.inWidth + column) * w.inChannels + c);
            }
          }
          if (step.pooling === 'max') {
            edges[output]!.push(seen.map((at) => edges[input]![at]!).reduce((a, b) => (a > b ? a : b)));
            continue;
          }
          const a = yaoExponent(1 / seen.length, bits);
          const factor = multiply(rational(BigInt(yaoCode(1 / seen.length, a, bits))), power(-a));
          const total = seen.reduce((sum, at) => add(sum, real(input, at)), rational(0n));
          edges[output]!.push(held(code(multiply(total, factor), e[output]!)));
        }
      }
    }
  }
  return edges.map((codes, edge) => Float32Array.from(codes, (x) => Number(x) * 2 ** -e[edge]!));
}

describe('integer-yao', () => {
  it.each([4, 6, 8, 11, 16])('of %i bits computes what the equations say, on every edge', (bits) => {
    const { program, parameters, images, calibration } = ready();
    const table = makeEncodings(program, calibration, {
      assignment: uniformAssignment(getFormat(`pow2int${bits}`)),
      quantizer: YAO,
      rounding: NEAREST_EVEN,
      granularity: 'tensor',
    });
    const exponents = program.edges.map(({ name }) => -Math.log2(table.edges.get(name)!.scales[0]!));
    const plan = compileYao(program, table, { batch: 5 });
    plan.run(images, 5);
    for (let image = 0; image < 5; image++) {
      const expected = byDefinition(
        program,
        parameters,
        images.subarray(image * 60, (image + 1) * 60),
        exponents,
        bits,
      );
      program.edges.forEach(({ name, size }, edge) => {
        const got = plan.edgeValues(edge, 5).slice(image * size, (image + 1) * size);
        expect(got, `${name}, image ${image}`).toEqual(expected[edge]);
      });
    }
    expect(plan.layers.map(({ step }) => step.name)).toEqual(['a', 'd', 'b', 'out']);
    // the table's weights have the batch-norm folded in, these have not
    for (const [name, codes] of plan.weightCodes!) {
      const raw = parameters.get(`${name}.weight`)!.data;
      const own = yaoExponent(Math.max(...raw.map(Math.abs)), bits);
      expect(codes).toEqual(Int32Array.from(raw, (value) => yaoCode(value, own, bits)));
    }
    expect(plan.weightCodes!.size).toBe(4);
    for (const { accumulatorBits, resultBits } of plan.layers) {
      expect(accumulatorBits).toBeGreaterThan(bits);
      expect(resultBits).toBeGreaterThan(accumulatorBits - 1);
      expect(accumulatorBits).toBeLessThan(2 * bits + 8);
    }
  });

  it('names what is not pow2int of one width', () => {
    const { program, calibration } = ready();
    const compile = (name: string, quantizer: string) => {
      const choices = {
        quantizer: parseQuantizer(quantizer),
        rounding: NEAREST_EVEN,
        granularity: 'tensor',
      } as const;
      const table = makeEncodings(program, calibration, {
        assignment: uniformAssignment(getFormat(name)),
        ...choices,
      });
      return () => compileYao(program, table, { batch: 1 });
    };
    expect(compile('affine8', 'linear:max')).toThrow(
      /^edge 'input' is in affine8; integer-yao has pow2int<R> of one R from 4 to 16/,
    );
    expect(compile('pow2int3', 'linear:max')).toThrow(/^edge 'input' is in pow2int3/);
    expect(compile('pow2int8', 'linear:max')).not.toThrow();
    expect(DEFAULT_CHOICES.requantize).toBe('gemmlowp');
  });
});
