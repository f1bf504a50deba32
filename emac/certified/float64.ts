/**
 * Tier 3 as a first stage: a float64 GEMM for operands wider than 8 bits, its error bounded by
 * γ(K + 1) · ‖w‖ · ‖x‖ (docs/numerics.md §5). Products of all formats here neither overflow nor underflow.
 */
import { powerOfTwo } from '../../arithmetic/float64.js';
import type { Kernels } from '../../kernels/loader.js';
import { type MacLayer, multiplierNumber } from '../layer.js';
import { gamma } from './float64-bound.js';
import { type DrawAt, outputView } from './int16.js';
import { OUTWARD } from './int16-weights.js';
import type { HeapLadder, OutputRounder } from './rounder.js';

/** Covers the rounding of s·c, s·b, y, y ± e and of e itself, four units in the last place each. */
const RELATIVE = powerOfTwo(-50);

export interface Float64Block {
  /** value − zero point of the activations, [rows][k] from the heap pointer; NaN and Inf replaced by 0. */
  readonly values: number;
  readonly rows: number;
  readonly out: number;
  readonly draw: DrawAt | undefined;
}

export class Float64Tier {
  readonly open: Int32Array;
  openCount = 0;
  /** Channels with a NaN or Inf weight. */
  readonly specialChannels: readonly number[];
  readonly #paddedN: number;
  readonly #pointer: Readonly<Record<'weights' | 'panels' | 'sums' | 'norms' | 'columns' | 'open', number>>;

  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    private readonly rounder: OutputRounder,
    private readonly ladder: HeapLadder | undefined,
    maxRows: number,
  ) {
    const { k, outChannels: n } = layer;
    const rows = Math.ceil(maxRows / 4) * 4;
    this.#paddedN = Math.ceil(n / 4) * 4;
    this.#pointer = {
      weights: kernels.allocate(this.#paddedN * k * 8),
      panels: kernels.allocate(rows * k * 8),
      sums: kernels.allocate(rows * this.#paddedN * 8),
      norms: kernels.allocate(rows * 8),
      columns: kernels.allocate(n * 32),
      open: kernels.allocate((rows * n + 1) * 4),
    };
    this.open = kernels.i32(this.#pointer.open, rows * n);
    this.specialChannels = this.#packWeights();
  }

  #packWeights(): number[] {
    const { kernels, layer } = this;
    const { k, outChannels: n } = layer;
    const { format, zeroPoint } = layer.weights;
    const panels = kernels.f64(this.#pointer.weights, this.#paddedN * k);
    const columns = kernels.f64(this.#pointer.columns, n * 4);
    const step = powerOfTwo(layer.latticeExponent);
    const special: number[] = [];
    for (let channel = 0; channel < n; channel++) {
      let squares = 0;
      const panel = (channel >> 2) * k * 4 + (channel & 3);
      for (let p = 0; p < k; p++) {
        let value = format.toNumber(layer.weightCodes[channel * k + p]!) - zeroPoint;
        if (!Number.isFinite(value)) {
          if (special.at(-1) !== channel) special.push(channel);
          value = 0;
        }
        panels[panel + p * 4] = value;
        squares += value * value;
      }
      const norm = Math.sqrt(squares) * OUTWARD;
      const bias = Number(layer.bias[channel]!) * step;
      columns.set([multiplierNumber(layer, channel), bias, norm * gamma(k + 2) * OUTWARD], channel * 4);
    }
    return special;
  }

  run(block: Float64Block): void {
    const { kernels, layer } = this;
    const pointer = this.#pointer;
    const { k, outChannels: n } = layer;
    const paddedRows = Math.ceil(block.rows / 4) * 4;
    const values = kernels.f64(block.values, block.rows * k);
    const norms = kernels.f64(pointer.norms, block.rows);
    for (let row = 0; row < block.rows; row++) {
      let squares = 0;
      for (let p = row * k; p < (row + 1) * k; p++) squares += values[p]! * values[p]!;
      norms[row] = Math.sqrt(squares) * OUTWARD;
    }
    kernels.call.packFloat64!(paddedRows, k, block.values, pointer.panels);
    kernels.call.gemmFloat64!(paddedRows, this.#paddedN, k, pointer.panels, pointer.weights, pointer.sums);
    if (!this.ladder) {
      this.#roundScalar(block);
      return;
    }
    const { cuts, buckets, codes, wide } = this.ladder;
    this.openCount = kernels.call.roundCertifiedFloat64!(
      ...([block.rows, n, this.#paddedN, pointer.sums, pointer.norms, pointer.columns, RELATIVE] as const),
      ...([cuts, buckets, codes, wide, block.out, pointer.open] as const),
    );
  }

  #roundScalar(block: Float64Block): void {
    const { kernels, layer, rounder } = this;
    const pointer = this.#pointer;
    const n = layer.outChannels;
    const sums = kernels.f64(pointer.sums, block.rows * this.#paddedN);
    const norms = kernels.f64(pointer.norms, block.rows);
    const columns = kernels.f64(pointer.columns, n * 4);
    const out = outputView(kernels, block, layer);
    this.openCount = 0;
    for (let row = 0; row < block.rows; row++) {
      for (let channel = 0; channel < n; channel++) {
        const s = columns[channel * 4]!;
        const bias = columns[channel * 4 + 1]!;
        const sum = sums[row * this.#paddedN + channel]!;
        const y = s * (sum + bias);
        const e =
          s * columns[channel * 4 + 2]! * norms[row]! +
          RELATIVE * (s * (Math.abs(sum) + Math.abs(bias)) + Math.abs(y));
        const at = row * n + channel;
        const draw = block.draw?.(row, channel);
        const bounded = Number.isFinite(y + e) && Number.isFinite(y - e);
        const low = bounded ? rounder.code(y - e, draw) : 0;
        out[at] = low;
        if (!bounded || rounder.code(y + e, draw) !== low) this.open[this.openCount++] = at;
      }
    }
  }
}
