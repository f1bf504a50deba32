/**
 * How sums get the scale of the output, as the independent program (golden-program.ts) knows it: the numbers of each way from the
 * scales, and what they make of a sum. It imports nothing of the project, on purpose.
 */
import { exactNumber, type Fraction, frac, less, power, roundHalfEven, times } from './golden-fractions.js';
import {
  binaryOrder,
  type Fixed,
  fixedProduct,
  quantizeMultiplier,
  roundHalfUp,
  toFloat32,
  toFloat64,
} from './golden-rounding.js';

interface Scaled {
  readonly scale: string;
}

export type RequantizeFile =
  | {
      readonly mode: 'gemmlowp' | 'single';
      readonly multipliers: readonly number[];
      readonly shifts: readonly number[];
    }
  | { readonly mode: 'float32'; readonly factors: readonly string[] }
  | { readonly mode: 'exact'; readonly ratios: readonly string[] };

export type SumFile =
  | {
      readonly mode: 'gemmlowp' | 'single';
      readonly left: number;
      readonly inputs: readonly Fixed[];
      readonly sum: Fixed;
    }
  | { readonly mode: 'float32'; readonly factors: readonly number[]; readonly shift: number }
  | { readonly mode: 'exact'; readonly ratios: readonly string[] };

/** The quotient of float32 numbers as float32 division gives it. */
export const over = (x: Fraction, y: Fraction): Fraction => frac(x.n * y.d, x.d * y.n);

/** Multipliers, factors or ratios from the scales themselves. */
export function requantizeOf(
  mode: RequantizeFile['mode'],
  product: 'float32' | 'float64',
  input: Fraction,
  weights: readonly Fraction[],
  output: Fraction,
): RequantizeFile {
  const both = weights.map((scale) => times(input, scale));
  switch (mode) {
    case 'gemmlowp':
    case 'single': {
      const fixed = both.map((scale) =>
        quantizeMultiplier(toFloat64(over(product === 'float32' ? toFloat32(scale) : scale, output))),
      );
      return { mode, multipliers: fixed.map((one) => one.multiplier), shifts: fixed.map((one) => one.shift) };
    }
    case 'float32':
      return { mode, factors: both.map((scale) => ratioText(toFloat32(over(toFloat32(scale), output)))) };
    case 'exact':
      return { mode, ratios: both.map((scale) => ratioText(over(scale, output))) };
  }
}

/** Factors and ratios in one way of writing them, so that numbers are compared. */
export function canonical<File extends RequantizeFile | SumFile>(file: File): File {
  const rewritten = (texts: readonly (string | number)[]) =>
    texts.map((text) => (typeof text === 'number' ? text : ratioText(exactNumber(text))));
  if ('factors' in file) return { ...file, factors: rewritten(file.factors) };
  return 'ratios' in file ? { ...file, ratios: rewritten(file.ratios) } : file;
}

function commonFactor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonFactor(b, a % b);
}

/** In lowest terms. */
function ratioText(x: Fraction): string {
  const factor = commonFactor(x.n, x.d);
  const [n, d] = [x.n / factor, x.d / factor];
  return `${n}/${d}`;
}

/** A sum in the scale of the output. */
export function rescaling(requantize: RequantizeFile): (sum: number, channel: number) => bigint {
  switch (requantize.mode) {
    case 'gemmlowp':
    case 'single': {
      const { mode, multipliers, shifts } = requantize;
      return (sum, c) => fixedProduct(mode, BigInt(sum), { multiplier: multipliers[c]!, shift: shifts[c]! });
    }
    case 'float32': {
      const factors = requantize.factors.map(exactNumber);
      return (sum, c) => roundHalfEven(toFloat32(times(toFloat32(frac(BigInt(sum))), factors[c]!)));
    }
    case 'exact': {
      const ratios = requantize.ratios.map(exactNumber);
      return (sum, c) => roundHalfEven(times(frac(BigInt(sum)), ratios[c]!));
    }
  }
}

export function sumOf(mode: SumFile['mode'], inputs: readonly Scaled[], output: Scaled): SumFile {
  const [a, b] = inputs.map(({ scale }) => exactNumber(scale)) as [Fraction, Fraction];
  const to = exactNumber(output.scale);
  const larger = less(a, b) ? b : a;
  switch (mode) {
    case 'gemmlowp':
    case 'single': {
      const twice = times(larger, frac(2n));
      return {
        mode,
        left: 20,
        inputs: [a, b].map((scale) => quantizeMultiplier(toFloat64(over(scale, twice)))),
        sum: quantizeMultiplier(toFloat64(over(twice, times(to, power(20))))),
      };
    }
    case 'float32': {
      const shift = 20 - binaryOrder(toFloat32(over(larger, to)));
      const factor = (scale: Fraction) =>
        Number(roundHalfEven(times(toFloat32(over(scale, to)), power(shift))));
      return { mode, factors: [factor(a), factor(b)], shift };
    }
    case 'exact':
      return { mode, ratios: [a, b].map((scale) => ratioText(over(scale, to))) };
  }
}

/** Of two codes without their zero points, in the scale of the output. */
export function summed(requantize: SumFile, a: number, b: number): bigint {
  switch (requantize.mode) {
    case 'gemmlowp':
    case 'single': {
      const { mode, left, inputs, sum } = requantize;
      const [first, second] = [a, b].map((x, i) => fixedProduct(mode, BigInt(x) << BigInt(left), inputs[i]!));
      return fixedProduct(mode, first! + second!, sum);
    }
    case 'float32': {
      const { factors, shift } = requantize;
      return roundHalfUp(times(frac(BigInt(a * factors[0]! + b * factors[1]!)), power(-shift)));
    }
    case 'exact': {
      const [first, second] = requantize.ratios.map(exactNumber) as [Fraction, Fraction];
      const [left, right] = [times(frac(BigInt(a)), first), times(frac(BigInt(b)), second)];
      return roundHalfEven(frac(left.n * right.d + right.n * left.d, left.d * right.d));
    }
  }
}
