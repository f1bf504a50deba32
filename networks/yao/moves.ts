/** Steps without weights on int16 codes of a batch. Every number here is an integer, or one times a power of two, below 2^53. */
import { powerOfTwo } from '../../arithmetic/float64.js';
import { yaoCode, yaoExponent } from '../../quantizers/yao.js';
import { batchPool } from '../integer/batch-pool.js';
import type { AddStep, ConcatStep, PadStep, PoolStep } from '../program.js';
import { heldIn } from './layer.js';

export interface Scales {
  readonly bits: number;
  /** By edge. */
  readonly exponents: readonly number[];
}

/** Writes the first `count` images of the output. */
export type BatchAction = (count: number) => void;

/** Sums of codes are far below this in magnitude, and so 0 when shifted by one more. */
const FAR = 40;
/** A code that is not 0, shifted left by so much, is out of R bits. */
const OUT = 16;

/** ⌊(x + half) · factor⌋ is x shifted right by `right` with half added, or left where it is negative. */
function shiftBy(right: number): { readonly half: number; readonly factor: number } {
  if (right <= 0) return { half: 0, factor: powerOfTwo(Math.min(-right, OUT)) };
  const kept = Math.min(right, FAR);
  return { half: powerOfTwo(kept - 1), factor: powerOfTwo(-kept) };
}

export function addAction(
  { inputs, output, activation }: AddStep,
  { bits, exponents }: Scales,
  codes: readonly Int16Array[],
  size: number,
): BatchAction {
  const exponent = exponents[output]!;
  const common = Math.min(...inputs.map((edge) => exponents[edge]!));
  const far = BigInt(2 ** bits);
  const [least, most] = [heldIn(-far, bits, activation, exponent), heldIn(far, bits, activation, exponent)];
  const terms = inputs.map((edge) => ({ from: codes[edge]!, ...shiftBy(exponents[edge]! - common) }));
  const end = shiftBy(common - exponent);
  const to = codes[output]!;
  return (count) => {
    for (let i = 0; i < count * size; i++) {
      let sum = 0;
      for (let t = 0; t < terms.length; t++) {
        const { from, half, factor } = terms[t]!;
        sum += Math.floor((from[i]! + half) * factor);
      }
      to[i] = Math.min(Math.max(Math.floor((sum + end.half) * end.factor), least), most);
    }
  };
}

export function concatAction(
  { inputs, output, pixels, channels }: ConcatStep,
  { exponents }: Scales,
  codes: readonly Int16Array[],
): BatchAction {
  const to = codes[output]!;
  const whole = channels.reduce((sum, c) => sum + c, 0);
  let first = 0;
  const parts = inputs.map((edge, j) => {
    // the output's exponent is the smallest, so codes only shrink
    const part = {
      from: codes[edge]!,
      first,
      channels: channels[j]!,
      ...shiftBy(exponents[edge]! - exponents[output]!),
    };
    first += channels[j]!;
    return part;
  });
  return (count) => {
    for (const part of parts) {
      const { from, half, factor } = part;
      let at = 0;
      for (let pixel = 0; pixel < count * pixels; pixel++) {
        const start = pixel * whole + part.first;
        for (let c = 0; c < part.channels; c++) to[start + c] = Math.floor((from[at++]! + half) * factor);
      }
    }
  };
}

export function poolAction(
  { window, pooling, inputs, output }: PoolStep,
  { bits }: Scales,
  codes: readonly Int16Array[],
): BatchAction {
  const [from, to] = [codes[inputs[0]]!, codes[output]!];
  if (pooling === 'max') return batchPool(window, pooling, (largest) => largest, from, to);
  const [least, most] = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  const shares = Array.from({ length: window.kernelHeight * window.kernelWidth }, (_, i) => {
    const share = 1 / (i + 1);
    const own = yaoExponent(share, bits);
    return { code: yaoCode(share, own, bits), ...shiftBy(own) };
  });
  const mean = (sum: number, n: number): number => {
    const { code, half, factor } = shares[n - 1]!;
    return Math.min(Math.max(Math.floor((sum * code + half) * factor), least), most);
  };
  return batchPool(window, pooling, mean, from, to);
}

/** Zeros around what stands in the input. */
export function padAction({ frame, inputs, output }: PadStep, codes: readonly Int16Array[]): BatchAction {
  const [from, to] = [codes[inputs[0]]!, codes[output]!];
  const { height, width, channels, top, bottom, left, right } = frame;
  const [line, padded] = [width * channels, (left + width + right) * channels];
  return (count) => {
    for (let image = 0; image < count; image++) {
      const start = image * (top + height + bottom) * padded;
      for (let y = 0; y < height; y++) {
        const [at, source] = [start + (top + y) * padded + left * channels, (image * height + y) * line];
        for (let i = 0; i < line; i++) to[at + i] = from[source + i]!;
      }
    }
  };
}
