/** conv1d-tiny from pixels to classes in the three integer dataflows, computed again in BigInts by the definitions. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { createKernels } from '../../../kernels/loader.js';
import { collectHistograms, makeEncodings } from '../../../networks/calibration.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { compileInteger } from '../../../networks/dataflows/integer.js';
import { compileYao } from '../../../networks/dataflows/integer-yao.js';
import { lower } from '../../../networks/lower.js';
import { initialParameters } from '../../../networks/parameters.js';
import { getNetwork } from '../../../networks/zoo/registry.js';
import { parseAssignment } from '../../../quantizers/assignment.js';
import { parseQuantizer } from '../../../quantizers/quantizer.js';

const IMAGES = 70;
const stream = new Stream(14, 'dataset');
const network = getNetwork('conv1d-tiny', [196, 1], 10);
const parameters = initialParameters(network, 6);
for (const [name, { data }] of parameters) {
  if (name.endsWith('bias')) data.set(data.map(() => stream.uniform() / 2 - 0.25));
}
const program = lower(network, parameters);
// strokes on black, as pixels between 0 and 1 are after standardizing
const images = Float32Array.from({ length: IMAGES * 196 }, () =>
  stream.below(3) === 0 ? 3 * stream.uniform() : -0.42,
);

/** The three layers: each output's weights and the places of its inputs. */
const LAYERS = [
  { name: 'conv1', edge: 'relu1', outputs: 194 * 8, channels: 8, k: 3, start: (pixel: number) => pixel },
  { name: 'dense1', edge: 'relu2', outputs: 16, channels: 16, k: 194 * 8, start: () => 0 },
  { name: 'dense2', edge: 'dense2', outputs: 10, channels: 10, k: 16, start: () => 0 },
] as const;

function encoded(formats: readonly [string, string], quantizer: string) {
  const calibration = collectHistograms(compileFloat(program, { batch: IMAGES }), [
    { images, count: IMAGES },
  ]);
  const assignment = parseAssignment({ weights: formats[0], activations: formats[1], layers: {} });
  return makeEncodings(program, calibration, {
    assignment,
    quantizer: parseQuantizer(quantizer),
    rounding: NEAREST_EVEN,
    granularity: 'tensor',
  });
}

type Table = ReturnType<typeof encoded>;

/** Codes of the logits, image after image: `first` gives those of pixels, `code` that of an output. */
function computed(
  first: (x: number) => bigint,
  layers: readonly {
    weights: readonly bigint[];
    zero: bigint;
    code: (sum: bigint, channel: number) => bigint;
  }[],
): number[] {
  const all: number[] = [];
  for (let image = 0; image < IMAGES; image++) {
    let codes = Array.from(images.subarray(image * 196, (image + 1) * 196), first);
    LAYERS.forEach(({ outputs, channels, k, start }, l) => {
      const { weights, zero, code } = layers[l]!;
      codes = Array.from({ length: outputs }, (_, at) => {
        const [c, pixel] = [at % channels, Math.floor(at / channels)];
        let sum = 0n;
        for (let p = 0; p < k; p++) sum += weights[c * k + p]! * (codes[start(pixel) + p]! - zero);
        return code(sum, c);
      });
    });
    all.push(...codes.map(Number));
  }
  return all;
}

/** To the nearest integer, ties away from 0. */
const away = (x: number): number => Math.sign(x) * Math.round(Math.abs(x));
const held = (x: bigint, least: bigint, most: bigint): bigint => (x < least ? least : x > most ? most : x);

/** The significand's 31 bits and the exponent of a real below 1, as QuantizeMultiplier has them. */
function multiplierOf(real: number): { readonly factor: bigint; readonly right: bigint } {
  let [scaled, right] = [real, 0n];
  while (scaled < 0.5) {
    scaled *= 2;
    right++;
  }
  return { factor: BigInt(away(scaled * 2 ** 31)), right };
}

/** SaturatingRoundingDoublingHighMul, then RoundingDivideByPOT, whose ties go away from 0. */
function twice(sum: bigint, { factor, right }: ReturnType<typeof multiplierOf>): bigint {
  const high = (sum * factor + (1n << 30n)) >> 31n;
  if (right === 0n) return high;
  const size = ((high < 0n ? -high : high) + (1n << (right - 1n))) >> right;
  return high < 0n ? -size : size;
}

function integers(table: Table, scheme: 'tflite' | 'jacob'): number[] {
  const lowered = scheme === 'tflite' ? 128 : 0;
  const edge = (name: string) => {
    const { scales, zeroPoint } = table.edges.get(name)!;
    return { scale: Math.fround(scales[0]!), zero: zeroPoint - lowered };
  };
  const [least, most] = [BigInt(-lowered), BigInt(255 - lowered)];
  const input = edge('input');
  const layers = LAYERS.map(({ name, edge: output }, l) => {
    const [from, to] = [l === 0 ? input : edge(LAYERS[l - 1]!.edge), edge(output)];
    const { scales, zeroPoint } = table.weights.get(name)!;
    const scale = Math.fround(scales[0]!);
    const [low, high] = scheme === 'tflite' ? [-127, 127] : [1, 255];
    const weights = Array.from(parameters.get(`${name}.weight`)!.data, (w) =>
      BigInt(Math.min(Math.max(away(w / scale) + zeroPoint, low), high) - zeroPoint),
    );
    const bias = Array.from(parameters.get(`${name}.bias`)!.data, (b) =>
      BigInt(away(b / (from.scale * scale))),
    );
    const product = from.scale * scale;
    const isInt8Convolution = scheme === 'tflite' && name === 'conv1';
    const multiplier = multiplierOf((isInt8Convolution ? product : Math.fround(product)) / to.scale);
    // ReLU: from the code of 0 on
    const bottom = l < 2 ? BigInt(to.zero) : least;
    const code = (sum: bigint, c: number): bigint =>
      held(twice(sum + bias[c]!, multiplier) + BigInt(to.zero), bottom > least ? bottom : least, most);
    return { weights, zero: BigInt(from.zero), code };
  });
  const first = (x: number): bigint =>
    held(BigInt(away(Math.fround(x / input.scale)) + input.zero), least, most);
  return computed(first, layers);
}

describe('conv1d-tiny', () => {
  it.each([
    ['tflite', ['affine8s', 'affine8']],
    ['jacob', ['affine8', 'affine8']],
  ] as const)('in integers, %s: logits and classes', (scheme, formats) => {
    const table = encoded(formats, 'linear:max');
    const room = { batch: IMAGES, kernels: createKernels() };
    const plan = compileInteger(program, table, DEFAULT_CHOICES, room, scheme);
    const { predictions } = plan.run(images, IMAGES);
    const expected = integers(table, scheme);
    const { scale, zeroPoint } = plan.graph.tensors[program.output]!;
    const got = Array.from(plan.edgeValues(program.output, IMAGES), (x) => Math.round(x / scale) + zeroPoint);
    expect(got).toEqual(expected);
    expect(new Set(got).size).toBeGreaterThan(50);
    expect([...predictions]).toEqual(classesOf(expected));
  });

  it.each([4, 8, 11, 16])('in the integers of Yao et al., %i bits: logits and classes', (bits) => {
    const table = encoded([`pow2int${bits}`, `pow2int${bits}`], 'linear:yao');
    const plan = compileYao(program, table, { batch: IMAGES });
    const { predictions } = plan.run(images, IMAGES);
    const [least, most] = [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
    const fixed = (values: ArrayLike<number>) => {
      const largest = Math.max(...Array.from(values, Math.abs));
      // below 1, or from 1 on and below 2^(bits − 1)
      const p = largest >= 1 ? bits - 1 : 31;
      const exponent = p - Math.floor(largest * 2 ** p + 0.5).toString(2).length + bits - 1;
      const codes = Array.from(values, (x) => held(BigInt(away(x * 2 ** exponent)), least, most));
      return { codes, exponent };
    };
    const exponentOf = (edge: string): number => -Math.log2(table.edges.get(edge)!.scales[0]!);
    const layers = LAYERS.map(({ name, edge }, l) => {
      const weights = fixed(parameters.get(`${name}.weight`)!.data);
      const bias = fixed(parameters.get(`${name}.bias`)!.data);
      const from = exponentOf(l === 0 ? 'input' : LAYERS[l - 1]!.edge);
      // real = code · 2^−exponent, all in units of 2^−60, rounded once to those of the output
      const [sums, unit] = [60 - from - weights.exponent, 60 - exponentOf(edge)];
      const code = (sum: bigint, c: number): bigint => {
        const exact = (sum << BigInt(sums)) + (bias.codes[c]! << BigInt(60 - bias.exponent));
        const rounded = (exact + (1n << BigInt(unit - 1))) >> BigInt(unit);
        return held(rounded, l < 2 ? 0n : least, most);
      };
      return { weights: weights.codes, zero: 0n, code };
    });
    const input = 2 ** exponentOf('input');
    const expected = computed((x) => held(BigInt(away(x * input)), least, most), layers);
    const scale = 2 ** exponentOf('dense2');
    const got = Array.from(plan.edgeValues(program.output, IMAGES), (x) => x * scale);
    expect(got.map((x) => x + 0)).toEqual(expected);
    expect(new Set(got).size).toBeGreaterThan(bits === 4 ? 5 : 50);
    expect([...predictions]).toEqual(classesOf(expected));
  });
});

/** The first of the largest of ten. */
function classesOf(logits: readonly number[]): number[] {
  return Array.from({ length: logits.length / 10 }, (_, image) => {
    const own = logits.slice(image * 10, (image + 1) * 10);
    return own.indexOf(Math.max(...own));
  });
}
