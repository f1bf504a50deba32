/** Decides single outputs that a faster tier left open: a float64 dot product (tier 3), else the exact reference. */
import { powerOfTwo } from '../../arithmetic/float64.js';
import { OperandReader } from '../lattice.js';
import { type Codes, type MacLayer, multiplierNumber } from '../layer.js';
import { referenceOutput } from '../reference.js';
import { codeOfProduct, gamma } from './float64-bound.js';
import type { OutputRounder } from './rounder.js';

/** Integers up to here are float64 numbers. */
const EXACT_LIMIT = powerOfTwo(53);

export interface RepairCounts {
  float64: number;
  reference: number;
}

export class Repair {
  readonly readers: { readonly weights: OperandReader; readonly activations: OperandReader };
  readonly counts: RepairCounts = { float64: 0, reference: 0 };
  readonly #weightValues: Float64Array;
  readonly #activationValues: Float64Array | undefined;
  readonly #bias: Float64Array;
  readonly #step: number;

  constructor(
    private readonly layer: MacLayer,
    private readonly rounder: OutputRounder,
  ) {
    this.readers = {
      weights: new OperandReader(layer.weights),
      activations: new OperandReader(layer.activations),
    };
    this.#step = powerOfTwo(layer.latticeExponent);
    this.#bias = Float64Array.from(layer.bias, (b) => Number(b) * this.#step);
    this.#weightValues = Float64Array.from(layer.weightCodes, (code) => this.readers.weights.toNumber(code));
    const bits = layer.activations.format.bits;
    this.#activationValues =
      bits <= 16
        ? Float64Array.from({ length: 2 ** bits }, (_, code) => this.readers.activations.toNumber(code))
        : undefined;
  }

  /** The code of one output from the activations' codes at `offset`; operands finite. */
  code(activations: Codes, offset: number, channel: number, draw?: number): number {
    const { layer, rounder } = this;
    const row = channel * layer.k;
    let sum = 0;
    let magnitude = 0;
    for (let i = 0; i < layer.k; i++) {
      const code = activations[offset + i]!;
      const x = this.#activationValues
        ? this.#activationValues[code]!
        : this.readers.activations.toNumber(code);
      const product = this.#weightValues[row + i]! * x;
      sum += product;
      magnitude += Math.abs(product);
    }
    const bias = this.#bias[channel]!;
    const s = multiplierNumber(layer, channel);
    const whole = (magnitude + Math.abs(bias)) * (1 + powerOfTwo(-30));
    // the product's own error must not be subnormal for its sign to be known
    const regular = s > powerOfTwo(-400) && s < powerOfTwo(400);
    const narrow = layer.weights.format.bits <= 16 && layer.activations.format.bits <= 16;
    if (regular && narrow && whole < EXACT_LIMIT * this.#step && rounder.ladder) {
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
    return this.exact(activations, offset, channel, draw);
  }

  /** The same by the slow reference: any operands. */
  exact(activations: Codes, offset: number, channel: number, draw?: number): number {
    this.counts.reference++;
    return referenceOutput(this.layer, this.readers, activations, offset, channel, draw);
  }
}
