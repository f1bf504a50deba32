/**
 * What each kind of step computes, as the independent program (golden-program.ts) recomputes it: slow and plain, from
 * docs/numerics.md §4. It imports nothing of the project, on purpose.
 */
import type { ConcatFile, EncodingFile, JoinFile, MacFile, PoolFile } from './golden-files.js';
import { knownFormat } from './golden-formats.js';
import {
  commonDenominator,
  exactNumber,
  type Fraction,
  frac,
  less,
  plus,
  power,
  times,
} from './golden-fractions.js';
import type { FrameFile, WindowFile } from './golden-network.js';

/** An edge's codes of all images, with what each code means. */
export interface Operand {
  readonly codes: ArrayLike<number>;
  /** value(code) − zeroPoint, by code. */
  readonly values: readonly Fraction[];
}

/** Turns the exact value of an output into its code. */
export type Finish = (real: Fraction) => number;

export function offsetValues(encoding: EncodingFile): Fraction[] {
  const format = knownFormat(encoding.format);
  return Array.from({ length: 2 ** format.bits }, (_, code) => {
    const { value } = format.meaning(code);
    return typeof value === 'string' ? frac(0n) : plus(value, frac(-BigInt(encoding.zeroPoint)));
  });
}

/** The activation, in units of the output's scale, and then the rounding to the output's format. */
export function finishOf(output: EncodingFile, activation: 'relu' | 'relu6' | undefined): Finish {
  const format = knownFormat(output.format);
  const scale = exactNumber(output.scales[0]!);
  const cap = frac(6n * scale.d, scale.n);
  return (real) => {
    let kept = real;
    if (activation !== undefined && real.n < 0n) kept = frac(0n);
    if (activation === 'relu6' && less(cap, kept)) kept = cap;
    return format.encode(kept, output.zeroPoint);
  };
}

/** Where a window looks: the input's pixel, undefined for padding. */
function pixelAt(w: WindowFile, y: number, x: number, kh: number, kw: number): number | undefined {
  const row = y * w.strideY - w.padTop + kh * w.dilationY;
  const col = x * w.strideX - w.padLeft + kw * w.dilationX;
  if (row < 0 || col < 0 || row >= w.inHeight || col >= w.inWidth) return undefined;
  return row * w.inWidth + col;
}

/** Row and column of the window of output `pixel`. */
function placeOf(w: WindowFile, pixel: number): readonly [number, number] {
  return [Math.floor(pixel / w.outWidth), pixel % w.outWidth];
}

/** Every tap of the window of output `pixel` that lies in the image: its number, and the input's pixel. */
export function eachTap(w: WindowFile, pixel: number, tell: (tap: number, place: number) => void): void {
  const [y, x] = placeOf(w, pixel);
  for (let kh = 0; kh < w.kernelHeight; kh++) {
    for (let kw = 0; kw < w.kernelWidth; kw++) {
      const at = pixelAt(w, y, x, kh, kw);
      if (at !== undefined) tell(kh * w.kernelWidth + kw, at);
    }
  }
}

/** The codes of a layer, all images one after another. */
export function macCodes(
  step: MacFile,
  w: WindowFile,
  images: number,
  input: Operand,
  weightCodes: ArrayLike<number>,
  finish: Finish,
): number[] {
  // all values of one encoding over one denominator, so that sums are of integers
  const weights = offsetValues(step.weights);
  const [inputDenominator, weightDenominator] = [commonDenominator(input.values), commonDenominator(weights)];
  const inputIntegers = input.values.map(({ n, d }) => (n * inputDenominator) / d);
  const weightIntegers = weights.map(({ n, d }) => (n * weightDenominator) / d);
  const inSize = w.inHeight * w.inWidth * w.inChannels;
  const perGroup = w.inChannels / step.groups;

  const sumOf = (image: number, pixel: number, channel: number): bigint => {
    const [y, x] = placeOf(w, pixel);
    const first = Math.floor(channel / (step.outChannels / step.groups)) * perGroup;
    let sum = 0n;
    for (let kh = 0; kh < w.kernelHeight; kh++) {
      for (let kw = 0; kw < w.kernelWidth; kw++) {
        const at = pixelAt(w, y, x, kh, kw);
        if (at === undefined) continue;
        for (let c = 0; c < perGroup; c++) {
          const k = (kh * w.kernelWidth + kw) * perGroup + c;
          const code = input.codes[image * inSize + at * w.inChannels + first + c]!;
          sum += weightIntegers[weightCodes[channel * step.k + k]!]! * inputIntegers[code]!;
        }
      }
    }
    return sum;
  };

  const codes: number[] = [];
  for (let image = 0; image < images; image++) {
    for (let pixel = 0; pixel < w.outHeight * w.outWidth; pixel++) {
      for (let channel = 0; channel < step.outChannels; channel++) {
        const bias = times(frac(BigInt(step.bias[channel]!)), power(step.latticeExponent));
        const total = plus(frac(sumOf(image, pixel, channel), inputDenominator * weightDenominator), bias);
        const s = exactNumber(step.multipliers[step.multipliers.length === 1 ? 0 : channel]!);
        codes.push(finish(times(s, total)));
      }
    }
  }
  return codes;
}

/** The codes of a pool, all images one after another: the first largest code, or the mean of what is in the image. */
export function poolCodes(
  step: PoolFile,
  w: WindowFile,
  images: number,
  input: Operand,
  finish: Finish,
): number[] {
  const inSize = w.inHeight * w.inWidth * w.inChannels;
  const poolOf = (image: number, pixel: number, channel: number): number => {
    const [y, x] = placeOf(w, pixel);
    let best: { code: number; value: Fraction } | undefined;
    let sum = frac(0n);
    let count = 0n;
    for (let kh = 0; kh < w.kernelHeight; kh++) {
      for (let kw = 0; kw < w.kernelWidth; kw++) {
        const at = pixelAt(w, y, x, kh, kw);
        if (at === undefined) continue;
        const code = input.codes[image * inSize + at * w.inChannels + channel]!;
        const value = input.values[code]!;
        if (best === undefined || less(best.value, value)) best = { code, value };
        sum = plus(sum, value);
        count++;
      }
    }
    if (step.pooling === 'max') return best!.code;
    return finish(times(exactNumber(step.multiplier), times(sum, frac(1n, count))));
  };

  const codes: number[] = [];
  for (let image = 0; image < images; image++) {
    for (let pixel = 0; pixel < w.outHeight * w.outWidth; pixel++) {
      for (let channel = 0; channel < w.inChannels; channel++) codes.push(poolOf(image, pixel, channel));
    }
  }
  return codes;
}

/** The codes of an add, or of an activation that stands alone. */
export function joinCodes(step: JoinFile, inputs: readonly Operand[], finish: Finish): number[] {
  const multipliers = step.multipliers.map(exactNumber);
  return Array.from(inputs[0]!.codes, (_, i) =>
    finish(
      inputs.map(({ codes, values }, part) => times(multipliers[part]!, values[codes[i]!]!)).reduce(plus),
    ),
  );
}

/** The codes of a concatenation: of every pixel each input's channels, by the rounding of a sum of one. */
export function concatCodes(
  step: ConcatFile,
  images: number,
  inputs: readonly Operand[],
  finish: Finish,
): number[] {
  const codes: number[] = [];
  for (let pixel = 0; pixel < images * step.pixels; pixel++) {
    inputs.forEach((input, part) => {
      const multiplier = step.multipliers[part]!;
      for (let c = 0; c < step.channels[part]!; c++) {
        const code = input.codes[pixel * step.channels[part]! + c]!;
        if (multiplier === 'none') codes.push(code);
        else codes.push(finish(times(exactNumber(multiplier), input.values[code]!)));
      }
    });
  }
  return codes;
}

/** The codes of an image in its frame of zeros. */
export function padCodes(frame: FrameFile, images: number, input: Operand, finish: Finish): number[] {
  const { height, width, channels, top, bottom, left, right } = frame;
  const codes: number[] = [];
  for (let image = 0; image < images; image++) {
    for (let y = -top; y < height + bottom; y++) {
      for (let x = -left; x < width + right; x++) {
        const inside = y >= 0 && x >= 0 && y < height && x < width;
        for (let c = 0; c < channels; c++) {
          const at = ((image * height + y) * width + x) * channels + c;
          codes.push(inside ? input.codes[at]! : finish(frac(0n)));
        }
      }
    }
  }
  return codes;
}
