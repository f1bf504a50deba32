/** Decides single outputs that a faster tier left open: a float64 dot product (tier 3), else the exact reference. */
import { powerOfTwo } from '../../arithmetic/float64.js';
import type { Kernels } from '../../kernels/loader.js';
import { OperandReader } from '../lattice.js';
import { type Codes, type MacLayer, multiplierNumber } from '../layer.js';
import { activate, encodeExact, referenceOutput, scaleSum } from '../reference.js';
import { codeOfProduct, gamma, isRegular, underflowBound } from './float64-bound.js';
import type { DrawAt } from './int16.js';
import { ExactSums, hasExactSums } from './limbs.js';
import type { OutputRounder } from './rounder.js';

/** Integers up to here are float64 numbers. */
const EXACT_LIMIT = powerOfTwo(53);

/** Outputs whose dot products are taken in one call. */
const BATCH = 1024;

export interface RepairCounts {
  float64: number;
  limbs: number;
  reference: number;
}

export class Repair {
  readonly readers: { readonly weights: OperandReader; readonly activations: OperandReader };
  readonly counts: RepairCounts = { float64: 0, limbs: 0, reference: 0 };
  /** Weights float64 [outChannels][k], activations' values by code [256], and pairs of sums, on the heap. */
  readonly #pointer: { readonly weights: number; readonly table: number; readonly sums: number } | undefined;
  readonly #bias: Float64Array;
  readonly #step: number;
  #sums: ExactSums | undefined;

  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    private readonly rounder: OutputRounder,
  ) {
    this.readers = {
      weights: new OperandReader(layer.weights),
      activations: new OperandReader(layer.activations),
    };
    this.#step = powerOfTwo(layer.latticeExponent);
    this.#bias = Float64Array.from(layer.bias, (b) => Number(b) * this.#step);
    if (layer.weights.format.bits <= 8 && layer.activations.format.bits <= 8) {
      this.#pointer = {
        weights: kernels.allocate(layer.weightCodes.length * 8),
        table: kernels.allocate(256 * 8),
        sums: kernels.allocate(BATCH * 16),
      };
      const finite = (value: number) => (Number.isFinite(value) ? value : 0);
      const weights = kernels.f64(this.#pointer.weights, layer.weightCodes.length);
      weights.set(
        Float64Array.from(layer.weightCodes, (code) => finite(this.readers.weights.toNumber(code))),
      );
      const table = kernels.f64(this.#pointer.table, 2 ** layer.activations.format.bits);
      table.set(table.map((_, code) => finite(this.readers.activations.toNumber(code))));
    }
  }

  /**
   * Decides the outputs at the indices `open` (row · outChannels + channel, `count` of them, on the heap) from
   * codes of 8 bits [rows][k] on the heap, and writes their codes. Operands finite, or overwritten later.
   */
  run(
    open: number,
    count: number,
    codes: number,
    activations: Codes,
    outputs: Codes,
    draw: DrawAt | undefined,
  ): void {
    const { kernels, layer } = this;
    const { k, outChannels: n } = layer;
    const pointer = this.#pointer!;
    const sums = kernels.f64(pointer.sums, BATCH * 2);
    const indices = kernels.i32(open, count);
    for (let from = 0; from < count; from += BATCH) {
      const now = Math.min(BATCH, count - from);
      kernels.call.dotsFloat64!(
        ...([now, open + from * 4, n, k, codes, pointer.table, pointer.weights, pointer.sums] as const),
      );
      for (let i = 0; i < now; i++) {
        const at = indices[from + i]!;
        const row = Math.floor(at / n);
        const word = draw?.(row, at % n);
        outputs[at] = this.#decide(sums[2 * i]!, sums[2 * i + 1]!, codes, activations, row * k, at % n, word);
      }
    }
  }

  /**
   * The code of one output whose float64 dot product is `sum`, and that of the magnitudes `magnitude`; the
   * activations' codes stand at `offset` should both not suffice. Operands finite.
   */
  #decide(
    sum: number,
    magnitude: number,
    codes: number,
    activations: Codes,
    offset: number,
    channel: number,
    draw: number | undefined,
  ): number {
    const { layer, rounder } = this;
    const bias = this.#bias[channel]!;
    const s = multiplierNumber(layer, channel);
    const whole = (magnitude + Math.abs(bias)) * (1 + powerOfTwo(-30));
    if (isRegular(s, layer.latticeExponent) && whole < EXACT_LIMIT * this.#step && rounder.ladder) {
      // every partial sum is an integer of steps below 2^53: nothing was rounded
      this.counts.float64++;
      return codeOfProduct(rounder, s, sum + bias);
    }
    const y = s * (sum + bias);
    const e =
      (s * (gamma(layer.k + 2) * whole + powerOfTwo(-51) * whole) + powerOfTwo(-51) * Math.abs(y)) *
      (1 + powerOfTwo(-40));
    if (Number.isFinite(y) && Number.isFinite(e)) {
      const low = rounder.code(y - e, draw);
      if (low === rounder.code(y + e, draw)) {
        this.counts.float64++;
        return low;
      }
    }
    return this.exact(codes, activations, offset, channel, draw);
  }

  /** By the integer sum as wide as the quire, rounded once; operands finite. */
  exact(codes: number, activations: Codes, offset: number, channel: number, draw?: number): number {
    const { layer, rounder } = this;
    if (!hasExactSums(layer)) return this.reference(activations, offset, channel, draw);
    this.counts.limbs++;
    this.#sums ??= new ExactSums(this.kernels, layer, this.readers);
    const sum = this.#sums.sum(codes, activations, offset, channel);
    const steps = Number(sum);
    const value = steps * this.#step;
    const s = multiplierNumber(layer, channel);
    if (rounder.ladder && isRegular(s, layer.latticeExponent) && BigInt(steps) === sum)
      return codeOfProduct(rounder, s, value);
    const y = s * value;
    const e = powerOfTwo(-51) * Math.abs(y) + underflowBound(s, layer.latticeExponent);
    if (Number.isFinite(y + e)) {
      const low = rounder.code(y - e, draw);
      if (low === rounder.code(y + e, draw)) return low;
    }
    return encodeExact(
      activate(scaleSum(layer, sum, channel), layer.activation, layer.cap),
      layer.output,
      draw,
    );
  }

  /** By the slow reference: any operands. */
  reference(activations: Codes, offset: number, channel: number, draw?: number): number {
    this.counts.reference++;
    return referenceOutput(this.layer, this.readers, activations, offset, channel, draw);
  }
}
