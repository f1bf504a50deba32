/** Steps without weights on int16 codes of a batch. Every number here is an integer, or one times a power of two, below 2^53. */
import { powerOfTwo } from '../../arithmetic/float64.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Pointer } from '../../kernels/units.js';
import { yaoCode, yaoExponent } from '../../quantizers/yao.js';
import { averagePool } from '../integer/batch-pool.js';
import type { AddStep, ConcatStep, PadStep, PoolStep } from '../program.js';
import { heldIn } from './layer.js';

export interface Scales {
  readonly bits: number;
  /** By edge. */
  readonly exponents: readonly number[];
}

/** Writes the first `count` images of the output. */
export type BatchAction = (count: number) => void;

/** A code shifted right by so much or more is 0; so is a sum of two shifted by one more. */
const FAR_CODE = 17;
/** A sum of two that is not 0, shifted left by so much or more, is at an end of R bits. */
const OUT_SUM = 15;

/** ⌊(x + half) · factor⌋ is x shifted right with half added; below 2^53 all of it is exact. */
function shiftBy(right: number): { readonly half: number; readonly factor: number } {
  return { half: right === 0 ? 0 : powerOfTwo(right - 1), factor: powerOfTwo(-right) };
}

/** Of two inputs. */
export function addAction(
  { inputs, output, activation }: AddStep,
  { bits, exponents }: Scales,
  {
    kernels,
    pointers,
    size,
  }: { readonly kernels: Kernels; readonly pointers: readonly Pointer[]; readonly size: number },
): BatchAction {
  const exponent = exponents[output]!;
  const own = inputs.map((edge) => exponents[edge]!);
  const common = Math.min(...own);
  const far = BigInt(2 ** bits);
  const [least, most] = [heldIn(-far, bits, activation, exponent), heldIn(far, bits, activation, exponent)];
  const [rightA, rightB] = own.map((e) => Math.min(e - common, FAR_CODE)) as [number, number];
  const right = Math.min(Math.max(common - exponent, 0), FAR_CODE + 1);
  const left = Math.min(Math.max(exponent - common, 0), OUT_SUM);
  const [a, b] = inputs.map((edge) => pointers[edge]!) as [Pointer, Pointer];
  const to = pointers[output]!;
  return (count) =>
    kernels.call.addShiftedInt16(count * size, a, rightA, b, rightB, right, left, least, most, to);
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
      ...shiftBy(Math.min(exponents[edge]! - exponents[output]!, FAR_CODE)),
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

export function averageAction(
  { window, inputs, output }: PoolStep,
  { bits }: Scales,
  codes: readonly Int16Array[],
): BatchAction {
  const [from, to] = [codes[inputs[0]]!, codes[output]!];
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
  return averagePool(window, mean, from, to);
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
