/**
 * Means of codes of up to 8 bits by a kernel: the sum P of a window, times s, is exact in float64, so only P / n is rounded,
 * and where P is a whole number of some unit below 2^52, of which thresholds are whole numbers too, P / n rounded lies on the
 * side of every threshold that P / n is on (docs/certified-rounding.md §8).
 */
import { decompose, exponentOf, nextDown, powerOfTwo } from '../../arithmetic/float64.js';
import {
  type ByteThresholds,
  type OutputRounder,
  placeByteThresholds,
} from '../../emac/certified/round/output.js';
import { codeTable } from '../../emac/codes/facts.js';
import { heapFloat64 } from '../../emac/codes/heap-array.js';
import type { Kernels } from '../../kernels/loader.js';
import type { PoolStep } from '../program.js';
import type { CodeTensor } from './emac-tensor.js';
import { WindowTaps } from './window-taps.js';

/** Bits of P in units; one less than float64 has. */
const MOST_BITS = 52;
/** Boundaries have at most so many significant bits; a threshold with more is the float64 after one. */
const BOUNDARY_BITS = 34;

export class CodeMeans {
  readonly #values: number;
  /** The largest |value − zero point| for which means are exact. */
  readonly #largest: number;

  /** Undefined where codes are too wide or random words are needed for one. `s`: the pool's multiplier. */
  static of(
    kernels: Kernels,
    step: PoolStep,
    input: CodeTensor,
    output: CodeTensor,
    rounder: OutputRounder,
    s: number,
  ): CodeMeans | undefined {
    if (Math.max(input.encoding.format.bits, output.encoding.format.bits) > 8 || !rounder.table)
      return undefined;
    const placed = placeByteThresholds(kernels, rounder.table);
    if (!placed || fewestTaps(step) === 0) return undefined;
    const unit = Math.min(
      lowestBit(s) + input.encoding.format.facts.lsbExponent,
      unitOf(rounder.table.thresholds),
    );
    return new CodeMeans(kernels, step, input, output, placed, s, unit);
  }

  private constructor(
    private readonly kernels: Kernels,
    private readonly step: PoolStep,
    private readonly input: CodeTensor,
    private readonly output: CodeTensor,
    private readonly placed: ByteThresholds,
    private readonly s: number,
    unit: number,
  ) {
    const { kernelHeight, kernelWidth } = step.window;
    const table = heapFloat64(kernels, 256);
    table.values.set(codeTable(input.encoding).values);
    this.#values = table.pointer;
    this.#largest = powerOfTwo(MOST_BITS + unit) / (s * kernelHeight * kernelWidth);
  }

  /** Writes the codes of `count` images. Returns whether it could: codes in use may be NaN or Inf, or range too far. */
  run(count: number): boolean {
    const { facts } = this.input;
    if (!facts || facts.hasSpecials || !(facts.largest < this.#largest)) return false;
    const { window: w } = this.step;
    const { thresholds, buckets, lowest, size, codes } = this.placed;
    // biome-ignore format: codes, image, window, outputs, thresholds
    this.kernels.call.meanCodes(
      count, this.input.pointer, this.output.pointer, this.#values, this.s, w.inHeight, w.inWidth, w.inChannels,
      w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.padTop, w.padLeft, w.dilationY, w.dilationX,
      w.outHeight, w.outWidth, thresholds, buckets, lowest, size, codes,
    );
    return true;
  }
}

function fewestTaps({ window: w }: PoolStep): number {
  const taps = new WindowTaps(w);
  let fewest = Number.POSITIVE_INFINITY;
  for (let pixel = 0; pixel < w.outHeight * w.outWidth; pixel++)
    fewest = Math.min(fewest, taps.of(pixel * w.inChannels));
  return fewest;
}

/** The largest e with x a multiple of 2^e; x finite, not 0. */
function lowestBit(x: number): number {
  const { significand, exponent } = decompose(x);
  let e = exponent;
  for (let rest = significand; rest % 2n === 0n; rest /= 2n) e++;
  return e;
}

/** An e with every boundary a multiple of 2^e. */
function unitOf(thresholds: Float64Array): number {
  let unit = 0;
  for (const threshold of thresholds) {
    if (!Number.isFinite(threshold) || Math.abs(threshold) < 1e-300) continue;
    const isBoundary = significantBits(threshold) <= BOUNDARY_BITS;
    unit = Math.min(unit, lowestBit(isBoundary ? threshold : nextDown(threshold)));
  }
  return unit;
}

function significantBits(x: number): number {
  return exponentOf(x) - lowestBit(x) + 1;
}
