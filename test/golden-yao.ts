/**
 * The integers of Yao et al. as the independent program (golden-program.ts) recomputes them from docs/golden-vectors.md: reals as exact
 * fractions, from codes and exponents alone; the shifts that the plan states are compared. It imports nothing of the project, on purpose.
 */
import { type Fraction, frac, plus, power, times } from './golden-fractions.js';
import type { Described, FrameFile, WindowFile } from './golden-network.js';
import { yaoCodesOf, yaoExponentOf } from './golden-parameters.js';
import { roundHalfAway, roundHalfUp } from './golden-rounding.js';
import { eachTap, padCodes } from './golden-steps.js';

export interface YaoEdge {
  readonly name: string;
  readonly bits: number;
  readonly exponent: number;
}

interface ClampFile {
  readonly least: number;
  readonly most: number;
}

interface StepFile {
  readonly name: string;
  readonly output: string;
  readonly clamp: ClampFile;
}

export interface YaoMacFile extends StepFile {
  readonly kind: 'mac';
  readonly input: string;
  readonly window: WindowFile;
  readonly groups: number;
  readonly outChannels: number;
  readonly k: number;
  readonly exponents: { readonly weights: number; readonly gain: number; readonly bias: number };
  readonly gain: readonly number[];
  readonly bias: readonly number[];
  readonly shifts: { readonly product: number; readonly bias: number; readonly right: number };
}

interface YaoPoolFile extends StepFile {
  readonly kind: 'pool';
  readonly pooling: 'max' | 'average';
  readonly input: string;
  readonly window: WindowFile;
  readonly shares?: readonly { readonly code: number; readonly exponent: number }[];
}

interface YaoPadFile {
  readonly kind: 'pad';
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly frame: FrameFile;
}

export type YaoStepFile =
  | YaoPadFile
  | YaoMacFile
  | YaoPoolFile
  | (StepFile & { readonly kind: 'activation'; readonly input: string })
  | (StepFile & { readonly kind: 'add'; readonly inputs: readonly string[] })
  | (StepFile & {
      readonly kind: 'concat';
      readonly inputs: readonly string[];
      readonly pixels: number;
      readonly channels: readonly number[];
    });

/** What a step is recomputed from, and whom it tells of a number in the plan that is not what it should be. */
export interface YaoBench {
  readonly described: Described;
  readonly images: number;
  readonly edge: (name: string) => YaoEdge;
  readonly codes: (edge: string) => ArrayLike<number>;
  readonly weights: (layer: string) => ArrayLike<number>;
  readonly expect: (where: string, given: unknown, computed: unknown) => void;
}

const held = (code: bigint, { least, most }: ClampFile): number =>
  code < BigInt(least) ? least : code > BigInt(most) ? most : Number(code);

/** Codes of R bits that the activation of the description leaves. */
function clampOf({ bits, exponent }: YaoEdge, activation: 'relu' | 'relu6' | undefined): ClampFile {
  const most = 2 ** (bits - 1) - 1;
  const six = Number(roundHalfAway(times(frac(6n), power(exponent))));
  return {
    least: activation === undefined ? -most - 1 : 0,
    most: activation === 'relu6' ? Math.min(most, six) : most,
  };
}

/** Equation (7): ties away from 0. */
export function yaoImageCodes(pixels: readonly Fraction[], edge: YaoEdge): number[] {
  const clamp = clampOf(edge, undefined);
  return pixels.map((pixel) => held(roundHalfAway(times(pixel, power(edge.exponent))), clamp));
}

/** Half added, then cut off: real · 2^exponent to a code. */
const shifted = (real: Fraction, exponent: number): bigint => roundHalfUp(times(real, power(exponent)));

const realOf = (code: number, exponent: number): Fraction => times(frac(BigInt(code)), power(-exponent));

export function yaoCodes(step: YaoStepFile, bench: YaoBench): number[] {
  const { described, edge, codes } = bench;
  const output = edge(step.output);
  if (step.kind === 'pad') {
    bench.expect(`frame of ${step.name}`, step.frame, described.frames.get(step.name));
    bench.expect(`exponent of ${step.output}`, output.exponent, edge(step.input).exponent);
    return padCodes(step.frame, bench.images, { codes: codes(step.input), values: [] }, () => 0);
  }
  const isPlain = step.kind === 'pool' || step.kind === 'concat';
  const activation = isPlain ? undefined : described.activations.get(step.output);
  bench.expect(`clamp of ${step.name}`, step.clamp, clampOf(output, activation));
  if ('window' in step) bench.expect(`window of ${step.name}`, step.window, described.windows.get(step.name));
  switch (step.kind) {
    case 'mac':
      return macCodes(step, bench);
    case 'pool':
      return poolCodes(step, bench);
    case 'activation':
      bench.expect(`exponent of ${step.output}`, output.exponent, edge(step.input).exponent);
      return Array.from(codes(step.input), (code) => held(BigInt(code), step.clamp));
    case 'add': {
      const common = Math.min(...step.inputs.map((name) => edge(name).exponent));
      return Array.from(codes(step.inputs[0]!), (_, i) => {
        const parts = step.inputs.map((name) =>
          shifted(realOf(codes(name)[i]!, edge(name).exponent), common),
        );
        const sum = parts.reduce((a, b) => a + b);
        return held(shifted(times(frac(sum), power(-common)), output.exponent), step.clamp);
      });
    }
    case 'concat': {
      const all: number[] = [];
      for (let pixel = 0; pixel < bench.images * step.pixels; pixel++) {
        step.inputs.forEach((name, part) => {
          const channels = step.channels[part]!;
          for (let c = 0; c < channels; c++) {
            const real = realOf(codes(name)[pixel * channels + c]!, edge(name).exponent);
            all.push(held(shifted(real, output.exponent), step.clamp));
          }
        });
      }
      return all;
    }
  }
}

function macCodes(step: YaoMacFile, bench: YaoBench): number[] {
  const { window, groups, outChannels, k, exponents, gain, bias, clamp } = step;
  const { outHeight, outWidth, inChannels } = window;
  const [input, output] = [bench.edge(step.input), bench.edge(step.output)];
  const own = input.exponent + exponents.weights + exponents.gain;
  const common = Math.max(own, exponents.bias);
  const shifts = { product: common - own, bias: common - exponents.bias, right: common - output.exponent };
  bench.expect(`shifts of ${step.name}`, step.shifts, shifts);
  const [codes, weights] = [bench.codes(step.input), bench.weights(step.name)];
  const size = window.inHeight * window.inWidth * inChannels;
  const [groupIn, groupOut] = [inChannels / groups, outChannels / groups];
  const results: number[] = [];
  for (let image = 0; image < bench.images; image++) {
    for (let pixel = 0; pixel < outHeight * outWidth; pixel++) {
      for (let o = 0; o < outChannels; o++) {
        // below 2^53 for R up to 16 and fewer than 2^23 products
        let sum = 0;
        eachTap(window, pixel, (tap, place) => {
          const x = image * size + place * inChannels + Math.floor(o / groupOut) * groupIn;
          const w = o * k + tap * groupIn;
          for (let i = 0; i < groupIn; i++) sum += weights[w + i]! * codes[x + i]!;
        });
        const scaled = times(frac(BigInt(sum) * BigInt(gain[o]!)), power(-own));
        results.push(held(shifted(plus(scaled, realOf(bias[o]!, exponents.bias)), output.exponent), clamp));
      }
    }
  }
  return results;
}

/** Equations (6) and (7) of 1/n. */
function shareOf(n: number, bits: number): { code: number; exponent: number } {
  const share = [frac(1n, BigInt(n))];
  const exponent = yaoExponentOf(share, bits);
  return { code: yaoCodesOf(share, exponent, bits)[0]!, exponent };
}

function poolCodes(step: YaoPoolFile, bench: YaoBench): number[] {
  const { window, pooling, clamp } = step;
  const { inHeight, inWidth, inChannels, outHeight, outWidth } = window;
  const { exponent, bits } = bench.edge(step.output);
  bench.expect(`exponent of ${step.name}`, exponent, bench.edge(step.input).exponent);
  step.shares?.forEach((share, i) => {
    bench.expect(`share of ${step.name}`, share, shareOf(i + 1, bits));
  });
  const codes = bench.codes(step.input);
  const results: number[] = [];
  for (let image = 0; image < bench.images; image++) {
    for (let pixel = 0; pixel < outHeight * outWidth; pixel++) {
      for (let c = 0; c < inChannels; c++) {
        const seen: number[] = [];
        eachTap(window, pixel, (_, place) => {
          seen.push(codes[(image * inHeight * inWidth + place) * inChannels + c]!);
        });
        if (pooling === 'max') results.push(held(BigInt(Math.max(...seen)), clamp));
        else {
          const share = shareOf(seen.length, bits);
          const sum = frac(BigInt(seen.reduce((a, b) => a + b)));
          results.push(held(shifted(times(sum, realOf(share.code, share.exponent)), 0), clamp));
        }
      }
    }
  }
  return results;
}
