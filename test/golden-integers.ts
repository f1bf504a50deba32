/**
 * Networks in int8 or uint8 alone, as the independent program (golden-program.ts) recomputes them from docs/golden-vectors.md: codes by
 * the integers that the plan states, and these from the scales. It imports nothing of the project, on purpose.
 */
import { exactNumber, type Fraction, frac } from './golden-fractions.js';
import type { Described, FrameFile, WindowFile } from './golden-network.js';
import {
  canonical,
  over,
  type RequantizeFile,
  requantizeOf,
  rescaling,
  type SumFile,
  summed,
  sumOf,
} from './golden-requantize.js';
import { roundHalfAway, toFloat32 } from './golden-rounding.js';
import { eachTap, padCodes } from './golden-steps.js';

export interface IntegerEdge {
  readonly name: string;
  readonly type: 'int8' | 'uint8';
  readonly scale: string;
  readonly zeroPoint: number;
}

interface ClampFile {
  readonly least: number;
  readonly most: number;
}

export interface IntegerMacFile {
  readonly kind: 'mac';
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly window: WindowFile;
  readonly groups: number;
  readonly outChannels: number;
  readonly k: number;
  readonly weightZeroPoint: number;
  readonly weightScales: readonly string[];
  readonly bias: readonly number[];
  readonly product: 'float32' | 'float64';
  readonly requantize: RequantizeFile;
  readonly clamp: ClampFile;
}

export type IntegerStepFile =
  | IntegerMacFile
  | {
      readonly kind: 'add';
      readonly name: string;
      readonly inputs: readonly string[];
      readonly output: string;
      readonly requantize: SumFile;
      readonly clamp: ClampFile;
    }
  | {
      readonly kind: 'pool';
      readonly name: string;
      readonly pooling: 'max' | 'average';
      readonly input: string;
      readonly output: string;
      readonly window: WindowFile;
      readonly clamp: ClampFile;
    }
  | {
      readonly kind: 'activation';
      readonly name: string;
      readonly input: string;
      readonly output: string;
      readonly requantize: RequantizeFile | { readonly mode: 'none' };
      readonly clamp: ClampFile;
    }
  | {
      readonly kind: 'pad';
      readonly name: string;
      readonly input: string;
      readonly output: string;
      readonly frame: FrameFile;
    }
  | {
      readonly kind: 'concat';
      readonly name: string;
      readonly inputs: readonly string[];
      readonly output: string;
      readonly pixels: number;
      readonly channels: readonly number[];
    };

/** What a step is recomputed from, and whom it tells of a number in the plan that is not what it should be. */
export interface IntegerBench {
  readonly dataflow: 'integer-tflite' | 'integer-jacob';
  readonly described: Described;
  readonly images: number;
  readonly edge: (name: string) => IntegerEdge;
  readonly codes: (edge: string) => ArrayLike<number>;
  readonly weights: (layer: string) => ArrayLike<number>;
  readonly expect: (where: string, given: unknown, computed: unknown) => void;
}

const RANGES = { int8: [-128, 127], uint8: [0, 255] } as const;

const held = (code: bigint, { least, most }: ClampFile): number =>
  code < BigInt(least) ? least : code > BigInt(most) ? most : Number(code);

export function integerImageCodes(
  pixels: readonly Fraction[],
  { type, scale, zeroPoint }: IntegerEdge,
): number[] {
  const [least, most] = RANGES[type];
  const step = exactNumber(scale);
  return pixels.map((pixel) =>
    held(roundHalfAway(toFloat32(over(pixel, step))) + BigInt(zeroPoint), { least, most }),
  );
}

/** Codes that the activation of the description leaves. */
function clampOf(
  { type, scale, zeroPoint }: IntegerEdge,
  activation: 'relu' | 'relu6' | undefined,
): ClampFile {
  const [least, most] = RANGES[type];
  const six = zeroPoint + Number(roundHalfAway(toFloat32(over(frac(6n), exactNumber(scale)))));
  return {
    least: activation === undefined ? least : Math.max(least, zeroPoint),
    most: activation === 'relu6' ? Math.min(most, six) : most,
  };
}

export function integerCodes(step: IntegerStepFile, bench: IntegerBench): number[] {
  const { described, edge, expect } = bench;
  const output = edge(step.output);
  if ('clamp' in step) {
    const clamp = clampOf(output, step.kind === 'pool' ? undefined : described.activations.get(step.output));
    expect(`clamp of ${step.name}`, step.clamp, clamp);
  }
  if ('window' in step) expect(`window of ${step.name}`, step.window, described.windows.get(step.name));
  switch (step.kind) {
    case 'mac':
      return macCodes(step, bench);
    case 'add': {
      expect(
        `requantize of ${step.name}`,
        canonical(step.requantize),
        sumOf(step.requantize.mode, step.inputs.map(edge), output),
      );
      const [a, b] = step.inputs.map(bench.codes) as [ArrayLike<number>, ArrayLike<number>];
      const [first, second] = step.inputs.map((name) => edge(name).zeroPoint) as [number, number];
      return Array.from(a, (code, i) =>
        held(summed(step.requantize, code - first, b[i]! - second) + BigInt(output.zeroPoint), step.clamp),
      );
    }
    case 'pool':
      return poolCodes(step, bench);
    case 'activation':
      return activationCodes(step, bench);
    case 'pad': {
      expect(`frame of ${step.name}`, step.frame, described.frames.get(step.name));
      const input = { codes: bench.codes(step.input), values: [] };
      return padCodes(step.frame, bench.images, input, () => output.zeroPoint);
    }
    case 'concat': {
      for (const name of step.inputs) {
        const { scale, zeroPoint } = edge(name);
        expect(`scale of ${name}`, [scale, zeroPoint], [output.scale, output.zeroPoint]);
      }
      const codes: number[] = [];
      for (let pixel = 0; pixel < bench.images * step.pixels; pixel++) {
        step.inputs.forEach((name, part) => {
          const channels = step.channels[part]!;
          for (let c = 0; c < channels; c++) codes.push(bench.codes(name)[pixel * channels + c]!);
        });
      }
      return codes;
    }
  }
}

function activationCodes(
  step: Extract<IntegerStepFile, { kind: 'activation' }>,
  bench: IntegerBench,
): number[] {
  const { requantize, clamp, name } = step;
  const [input, output] = [bench.edge(step.input), bench.edge(step.output)];
  const codes = Array.from(bench.codes(step.input));
  const isSame = input.scale === output.scale && input.zeroPoint === output.zeroPoint;
  bench.expect(`codes of ${name} stay`, requantize.mode === 'none', isSame);
  if (requantize.mode === 'none') return codes.map((code) => held(BigInt(code), clamp));
  const [from, to] = [exactNumber(input.scale), exactNumber(output.scale)];
  const computed = requantizeOf(requantize.mode, 'float64', from, [frac(1n)], to);
  bench.expect(`requantize of ${name}`, canonical(requantize), computed);
  const scaled = rescaling(requantize);
  return codes.map((code) => held(scaled(code - input.zeroPoint, 0) + BigInt(output.zeroPoint), clamp));
}

function macCodes(step: IntegerMacFile, bench: IntegerBench): number[] {
  const { window, groups, outChannels, k, weightZeroPoint, bias, requantize, clamp, weightScales } = step;
  const { kernelHeight, kernelWidth, outHeight, outWidth, inChannels } = window;
  const [input, output] = [bench.edge(step.input), bench.edge(step.output)];
  const isLarge = kernelHeight * kernelWidth * outHeight * outWidth > 1;
  const product = bench.dataflow === 'integer-tflite' && isLarge ? 'float64' : 'float32';
  bench.expect(`product of ${step.name}`, step.product, product);
  const scales = weightScales.map(exactNumber);
  const [from, to] = [exactNumber(input.scale), exactNumber(output.scale)];
  bench.expect(
    `requantize of ${step.name}`,
    canonical(requantize),
    requantizeOf(requantize.mode, product, from, scales, to),
  );
  const scaled = rescaling(requantize);
  const [codes, weights] = [bench.codes(step.input), bench.weights(step.name)];
  const size = window.inHeight * window.inWidth * inChannels;
  const [groupIn, groupOut] = [inChannels / groups, outChannels / groups];
  const results: number[] = [];
  for (let image = 0; image < bench.images; image++) {
    for (let pixel = 0; pixel < outHeight * outWidth; pixel++) {
      for (let o = 0; o < outChannels; o++) {
        // sums lie below 2^31, so that plain numbers are exact
        let sum = bias[o]!;
        eachTap(window, pixel, (tap, place) => {
          const x = image * size + place * inChannels + Math.floor(o / groupOut) * groupIn;
          const w = o * k + tap * groupIn;
          for (let i = 0; i < groupIn; i++) {
            sum += (weights[w + i]! - weightZeroPoint) * (codes[x + i]! - input.zeroPoint);
          }
        });
        results.push(held(scaled(sum, weightScales.length === 1 ? 0 : o) + BigInt(output.zeroPoint), clamp));
      }
    }
  }
  return results;
}

function poolCodes(step: Extract<IntegerStepFile, { kind: 'pool' }>, bench: IntegerBench): number[] {
  const { window, pooling, clamp } = step;
  const { inHeight, inWidth, inChannels, outHeight, outWidth } = window;
  const [input, output] = [bench.edge(step.input), bench.edge(step.output)];
  bench.expect(`scale of ${step.name}`, [output.scale, output.zeroPoint], [input.scale, input.zeroPoint]);
  const codes = bench.codes(step.input);
  const results: number[] = [];
  for (let image = 0; image < bench.images; image++) {
    for (let pixel = 0; pixel < outHeight * outWidth; pixel++) {
      for (let c = 0; c < inChannels; c++) {
        const seen: number[] = [];
        eachTap(window, pixel, (_, place) =>
          seen.push(codes[(image * inHeight * inWidth + place) * inChannels + c]!),
        );
        const mean = frac(BigInt(seen.reduce((x, y) => x + y)), BigInt(seen.length));
        // int8 rounds halves away from 0, uint8 has no negative codes
        const code = pooling === 'max' ? BigInt(Math.max(...seen)) : roundHalfAway(mean);
        results.push(held(code, clamp));
      }
    }
  }
  return results;
}
