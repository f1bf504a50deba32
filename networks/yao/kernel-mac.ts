/** The unified layer on the kernels: int16 codes, int32 sums of one or more slices of the weights, one shift; the codes of run.ts, sooner. */
import { powerOfTwo } from '../../arithmetic/float64.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Pointer } from '../../kernels/units.js';
import { isDepthwise, WindowSums } from '../integer/window-sums.js';
import { alignmentOf, heldIn, type YaoLayer } from './layer.js';

const MOST_SLICES = 4;

/** w = Σ_j slices_j · 2^(width·j), and a magnitude that no sum of slices · x reaches, by channel. */
export interface Slices {
  readonly width: number;
  readonly slices: readonly Int16Array[];
  readonly reach: readonly bigint[];
}

/** As few as keep every sum of every slice in int32 whatever the codes of the input are; undefined where four do not. */
export function slicesOf({ step, bits, weights }: YaoLayer): Slices | undefined {
  for (let count = 1; count <= MOST_SLICES; count++) {
    const width = Math.ceil(bits / count);
    const slices = sliced(weights, count, width);
    const totals = slices.map((slice) => channelTotals(slice, step.outChannels, step.k));
    const most = Math.max(...totals.flat());
    if (most * 2 ** (bits - 1) >= 2 ** 31) continue;
    const reach = Array.from({ length: step.outChannels }, (_, c) =>
      totals.reduce((sum, of, j) => sum + (BigInt(of[c]!) << BigInt(bits - 1 + width * j)), 0n),
    );
    return { width, slices, reach };
  }
  return undefined;
}

/** Digits of base 2^width from −2^(width − 1) on; the last has what is left. */
function sliced(weights: Int32Array, count: number, width: number): Int16Array[] {
  const slices = Array.from({ length: count }, () => new Int16Array(weights.length));
  const [base, half] = [2 ** width, 2 ** (width - 1)];
  weights.forEach((weight, i) => {
    let rest = weight;
    for (let j = 0; j < count - 1; j++) {
      const above = Math.floor((rest + half) / base);
      slices[j]![i] = rest - above * base;
      rest = above;
    }
    slices[count - 1]![i] = rest;
  });
  return slices;
}

/** Σ |w| of each channel. */
function channelTotals(slice: Int16Array, channels: number, k: number): number[] {
  return Array.from({ length: channels }, (_, c) => {
    let total = 0;
    for (let p = 0; p < k; p++) total += Math.abs(slice[c * k + p]!);
    return total;
  });
}

/** code = (sum · factor + addend) >> right, half of the last place in the addend, by channel. */
export interface Shift {
  readonly factors: readonly bigint[];
  readonly addends: readonly bigint[];
  readonly right: number;
  /** What no value before the shift reaches. */
  readonly reach: bigint;
}

/** Without the powers of two that all of a layer's factors and terms share. */
export function shiftOf(layer: YaoLayer, reach: readonly bigint[]): Shift {
  const { product, shift, common } = alignmentOf(layer);
  let factors = Array.from(layer.gain, (a) => BigInt(a) << BigInt(product));
  let terms = Array.from(layer.bias, (b) => BigInt(b) << BigInt(shift));
  let right = common - layer.to;
  while (right > 1 && [...factors, ...terms].every((x) => (x & 1n) === 0n)) {
    factors = factors.map((x) => x >> 1n);
    terms = terms.map((x) => x >> 1n);
    right--;
  }
  if (right < 0) {
    factors = factors.map((x) => x << BigInt(-right));
    terms = terms.map((x) => x << BigInt(-right));
    right = 0;
  }
  const half = right > 0 ? 1n << BigInt(right - 1) : 0n;
  const addends = terms.map((x) => x + half);
  const most = factors.map((x, c) => reach[c]! * magnitude(x) + magnitude(terms[c]!) + half);
  return { factors, addends, right, reach: most.reduce((a, b) => (a > b ? a : b), 1n) + 1n };
}

const magnitude = (x: bigint): bigint => (x < 0n ? -x : x);

/** In what numbers a layer's sums are shifted, of which every one is exact. */
export type Arithmetic = 'float64' | 'int64';

export function arithmeticOf({ reach, right }: Shift, sums: readonly bigint[]): Arithmetic | undefined {
  const most = sums.reduce((a, b) => (a > b ? a : b), reach);
  if (most < 2n ** 53n) return 'float64';
  return most < 2n ** 63n && right < 64 ? 'int64' : undefined;
}

export class YaoKernelMac {
  readonly #sums: WindowSums;
  readonly #shift: (m: number, out: Pointer) => void;

  /** Undefined where groups or widths are none that the kernels have. */
  static of(kernels: Kernels, layer: YaoLayer, batch: number): YaoKernelMac | undefined {
    if (layer.step.groups !== 1 && !isDepthwise(layer.step)) return undefined;
    const slices = slicesOf(layer);
    if (slices === undefined) return undefined;
    const shift = shiftOf(layer, slices.reach);
    const arithmetic = arithmeticOf(shift, slices.reach);
    return arithmetic && new YaoKernelMac(kernels, layer, slices, shift, arithmetic, batch);
  }

  private constructor(
    kernels: Kernels,
    private readonly layer: YaoLayer,
    { slices, width }: Slices,
    shift: Shift,
    arithmetic: Arithmetic,
    batch: number,
  ) {
    const { step, bits, to } = layer;
    this.#sums = new WindowSums(kernels, step, slices, new Int32Array(step.outChannels), batch);
    const { sums, sliceBytes, stride } = this.#sums;
    const [n, { call }] = [step.outChannels, kernels];
    const far = 1n << 64n;
    const [low, high] = [heldIn(-far, bits, step.activation, to), heldIn(far, bits, step.activation, to)];
    const [factors, addends] = [kernels.allocate(stride * 8), kernels.allocate(stride * 8)];
    switch (arithmetic) {
      case 'float64': {
        kernels.f64(factors, n).set(shift.factors.map(Number));
        kernels.f64(addends, n).set(shift.addends.map(Number));
        const [unit, scale] = [powerOfTwo(width), powerOfTwo(-shift.right)];
        this.#shift = (m, out) =>
          // biome-ignore format: one call
          call.shiftSumsFloat64(
            m, n, stride, sums, slices.length, sliceBytes, unit, factors, addends, scale, low, high, out,
          );
        return;
      }
      case 'int64': {
        kernels.i64(factors, n).set(shift.factors);
        kernels.i64(addends, n).set(shift.addends);
        const { right } = shift;
        this.#shift = (m, out) =>
          // biome-ignore format: one call
          call.shiftSumsInt64(
            m, n, stride, sums, slices.length, sliceBytes, width, factors, addends, right, low, high, out,
          );
        return;
      }
      default:
        arithmetic satisfies never;
        throw new Error('unreachable');
    }
  }

  /** From int16 codes to int16 codes, of `count` images one after another. */
  run(from: Pointer, to: Pointer, count: number): void {
    const { window: w, outChannels } = this.layer.step;
    const { images, pixels } = this.#sums;
    const [fromBytes, toBytes] = [w.inHeight * w.inWidth * w.inChannels * 2, pixels * outChannels * 2];
    for (let image = 0; image < count; image += images) {
      const some = Math.min(images, count - image);
      this.#sums.run(from + image * fromBytes, some);
      this.#shift(some * pixels, to + image * toBytes);
    }
  }
}
