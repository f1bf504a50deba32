/**
 * The unified layer of Yao et al. (ICME 2019; "Machine Learning Compression for On-The-Edge Devices", equation 5), O = ReLU(MAC(I, W)·A + B),
 * in integers of R bits whose scales are powers of two: W, A and B with one exponent each, by equations (6) and (7). Batch-norm stays A
 * and B. How the result is requantized is not in the sources that were available; this is our reading: at the common exponent of
 * product and bias, half is added and the whole shifted right arithmetically, then held in R bits.
 */
import type { Activation } from '../../emac/layer/layer.js';
import { yaoCode, yaoExponent } from '../../quantizers/yao.js';
import type { MacStep } from '../program.js';

export interface YaoLayer {
  readonly step: MacStep;
  readonly bits: number;
  /** Codes: W [outChannels, k], A and B [outChannels]. */
  readonly weights: Int32Array;
  readonly gain: Int32Array;
  readonly bias: Int32Array;
  /** Exponents of W, A and B: real = code · 2^−exponent. */
  readonly exponents: { readonly weights: number; readonly gain: number; readonly bias: number };
  /** Exponents of the input and of the output. */
  readonly from: number;
  readonly to: number;
  /** Bits of two's complement that hold every sum of products, and every MAC·A + B. */
  readonly accumulatorBits: number;
  readonly resultBits: number;
}

const largestOf = (values: ArrayLike<number>): number =>
  Array.prototype.reduce.call(
    values,
    (most, x) => Math.max(most as number, Math.abs(x as number)),
    0,
  ) as number;

/** Codes and exponents of a layer between edges of exponents `from` and `to`, in R = `bits`. */
export function yaoLayer(step: MacStep, bits: number, from: number, to: number): YaoLayer {
  const real = step.unfolded?.weights ?? step.weights;
  const gains = step.unfolded?.gain ?? new Float32Array(step.outChannels).fill(1);
  const exponents = {
    weights: yaoExponent(largestOf(real), bits),
    gain: yaoExponent(largestOf(gains), bits),
    bias: yaoExponent(largestOf(step.bias), bits),
  };
  const codes = (values: Float32Array, exponent: number): Int32Array =>
    Int32Array.from(values, (x) => yaoCode(x, exponent, bits));
  const layer = {
    step,
    bits,
    weights: codes(real, exponents.weights),
    gain: codes(gains, exponents.gain),
    bias: codes(step.bias, exponents.bias),
    exponents,
    from,
    to,
  };
  return { ...layer, ...widths(layer) };
}

/** From the codes themselves: the largest that a channel can come to. */
function widths(layer: Omit<YaoLayer, 'accumulatorBits' | 'resultBits'>) {
  const { step, weights, gain, bias, bits } = layer;
  const { product, shift } = alignmentOf(layer);
  let [sums, results] = [0n, 0n];
  for (let c = 0; c < step.outChannels; c++) {
    let sum = 0n;
    for (let p = 0; p < step.k; p++) sum += BigInt(Math.abs(weights[c * step.k + p]!));
    sum *= 1n << BigInt(bits - 1);
    const scaled = (sum * BigInt(Math.abs(gain[c]!))) << BigInt(product);
    const result = scaled + (BigInt(Math.abs(bias[c]!)) << BigInt(shift));
    if (sum > sums) sums = sum;
    if (result > results) results = result;
  }
  return { accumulatorBits: sums.toString(2).length + 1, resultBits: results.toString(2).length + 1 };
}

/** How far MAC·A and B are shifted left to their common exponent, the larger of the two, and that exponent. */
export function alignmentOf({ from, exponents }: Pick<YaoLayer, 'from' | 'exponents'>) {
  const own = from + exponents.weights + exponents.gain;
  const common = Math.max(own, exponents.bias);
  return { product: common - own, shift: common - exponents.bias, common };
}

/** t · 2^−exponent to a code of exponent `to`: half added, shifted right; shifted left where the output is finer. */
export function shiftedTo(t: bigint, exponent: number, to: number): bigint {
  const right = exponent - to;
  if (right <= 0) return t << BigInt(-right);
  return (t + (1n << BigInt(right - 1))) >> BigInt(right);
}

/** Held in R bits, at least 0 for ReLU, at most the code of 6 for ReLU6. */
export function heldIn(code: bigint, bits: number, activation: Activation, to: number): number {
  const most = 2 ** (bits - 1) - 1;
  const top = activation === 'relu6' ? Math.min(most, yaoCode(6, to, bits)) : most;
  const bottom = activation === 'identity' ? -most - 1 : 0;
  if (code > BigInt(top)) return top;
  return code < BigInt(bottom) ? bottom : Number(code);
}
