/** A layer under an accumulator that is not exact: output by output, k ascending, table-driven where it can be. */

import { powerOfTwo } from '../arithmetic/float64.js';
import { multiply } from '../arithmetic/rational.js';
import type { Kernels } from '../kernels/loader.js';
import { accumulate, biasNumber, checkAccumulator, type Readers } from './accumulators.js';
import { codeView } from './certified/code-width.js';
import { codeOfProduct } from './certified/float64-bound.js';
import { outputView } from './certified/int16.js';
import type { MacBlock } from './certified/mac.js';
import { OutputRounder } from './certified/rounder.js';
import { OperandReader } from './lattice.js';
import { type Codes, type MacLayer, multiplierNumber } from './layer.js';
import { type PerOpTables, perOpRounding, perOpTables } from './per-op-tables.js';
import { activate, encodeExact } from './reference.js';

export class PolicyMac {
  /** Adds that left the N bits of wrap or saturate, since the layer was made. */
  overflows = 0;
  readonly #readers: Readers;
  readonly #rounder: OutputRounder;
  readonly #tables: PerOpTables | undefined;

  constructor(
    private readonly kernels: Kernels,
    readonly layer: MacLayer,
  ) {
    checkAccumulator(layer);
    this.#readers = {
      weights: new OperandReader(layer.weights),
      activations: new OperandReader(layer.activations),
    };
    this.#rounder = new OutputRounder(layer.output, layer.activation, layer.cap);
    const { kind } = layer.choices.accumulator;
    const { format, rounding } = layer.activations;
    if (kind === 'per-op' && format.bits <= 8) this.#tables = perOpTables(format, rounding.underflow);
  }

  run(block: MacBlock): void {
    const { layer, kernels } = this;
    const { k, outChannels: n } = layer;
    const inputs = codeView(kernels, layer.activations.format.bits, block.codes, block.rows * k);
    const outputs = outputView(kernels, block, layer);
    const { format } = layer.activations;
    // Inf operands follow extended-real arithmetic, which the tables, saturating, do not
    const tables =
      format.infinity === undefined || block.facts?.specials === 'none' ? this.#tables : undefined;
    for (let row = 0; row < block.rows; row++) {
      for (let channel = 0; channel < n; channel++) {
        const draw = block.draw?.(row, channel);
        outputs[row * n + channel] = tables
          ? this.#perOp(tables, inputs, row * k, channel, draw)
          : this.#general(inputs, row * k, channel, draw);
      }
    }
  }

  #general(inputs: Codes, offset: number, channel: number, draw: number | undefined): number {
    const { layer } = this;
    const { value, overflows } = accumulate(layer, this.#readers, inputs, offset, channel);
    this.overflows += overflows;
    const scaled = typeof value === 'string' ? value : multiply(layer.multipliers[channel]!, value);
    return encodeExact(activate(scaled, layer.activation, layer.cap), layer.output, draw);
  }

  #perOp(
    tables: PerOpTables,
    inputs: Codes,
    offset: number,
    channel: number,
    draw: number | undefined,
  ): number {
    const { layer } = this;
    const { format, rounding } = layer.activations;
    const { product, sum } = tables;
    const row = channel * layer.k;
    let accumulator = format.encode(biasNumber(layer, channel), perOpRounding(rounding.underflow));
    for (let i = 0; i < layer.k; i++) {
      const term = product[(layer.weightCodes[row + i]! << 8) | inputs[offset + i]!]!;
      accumulator = sum[(accumulator << 8) | term]!;
    }
    const value = format.toNumber(accumulator);
    const s = multiplierNumber(layer, channel);
    // an exact zero is +0 whatever sign the accumulator carries
    if (value === 0) return this.#rounder.code(0, draw);
    if (this.#rounder.ladder && Number.isFinite(value) && s > powerOfTwo(-400) && s < powerOfTwo(400)) {
      return codeOfProduct(this.#rounder, s, value);
    }
    return this.#general(inputs, offset, channel, draw);
  }
}
