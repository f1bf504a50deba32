/** The per-op accumulator of a layer in one format of up to 8 bits: tables of products, of sums and of outputs. */
import type { Kernels } from '../kernels/loader.js';
import { biasNumber } from './accumulators.js';
import type { MacBlock } from './certified/block.js';
import type { MacLayer } from './layer.js';
import { perOpRounding, perOpTables } from './per-op-tables.js';

/** Sums of a block as accumulator codes. */
export class PerOpSums {
  /** Codes u8 [rows][stride] on the heap, after `run`. */
  readonly sums: number;
  readonly stride: number;
  readonly #pointer: {
    readonly weights: number;
    readonly start: number;
    readonly product: number;
    readonly sum: number;
  };

  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    maxRows: number,
  ) {
    const { k, outChannels, weightCodes } = layer;
    const { format, rounding } = layer.activations;
    this.stride = Math.ceil(outChannels / 8) * 8;
    this.sums = kernels.allocate(maxRows * this.stride);
    this.#pointer = {
      weights: kernels.allocate(this.stride * k),
      start: kernels.allocate(this.stride),
      product: kernels.allocate(65_536),
      sum: kernels.allocate(65_536),
    };
    const tables = perOpTables(format, rounding.underflow);
    kernels.u8(this.#pointer.product, tables.product.length).set(tables.product);
    kernels.u8(this.#pointer.sum, tables.sum.length).set(tables.sum);
    const weights = kernels.u8(this.#pointer.weights, this.stride * k);
    const start = kernels.u8(this.#pointer.start, this.stride);
    for (let channel = 0; channel < outChannels; channel++) {
      start[channel] = format.encode(biasNumber(layer, channel), perOpRounding(rounding.underflow));
      for (let p = 0; p < k; p++)
        weights[(channel >> 3) * k * 8 + p * 8 + (channel & 7)] = weightCodes[channel * k + p]!;
    }
  }

  /** Operands may be NaN or NaR, which absorb; not Inf, which the tables saturate. */
  run(block: MacBlock): void {
    const { k, outChannels } = this.layer;
    const { weights, start, product, sum } = this.#pointer;
    this.kernels.call.perOpBytes!(
      ...([block.rows, outChannels, k, block.codes, weights, start, product, sum, this.sums] as const),
    );
  }
}
