/**
 * Tier 3 as a first stage: a float64 GEMM for operands wider than 8 bits, its error bounded by
 * γ(K + 1) · ‖w‖ · ‖x‖ (docs/numerics.md §5). Products of all formats here neither overflow nor underflow.
 */
import { powerOfTwo } from '../../arithmetic/float64.js';
import type { Kernels } from '../../kernels/loader.js';
import { type MacLayer, multiplierNumber } from '../layer.js';
import { codeBytes } from './code-width.js';
import { gamma, underflowBound } from './float64-bound.js';
import { type DrawAt, outputView } from './int16.js';
import { OUTWARD } from './int16-weights.js';
import type { HeapLadder, OutputRounder } from './rounder.js';

/** Covers the rounding of s·c, s·b, y, y ± e and of e itself, four units in the last place each. */
const RELATIVE = powerOfTwo(-50);

export interface Float64Block {
  /** Codes [rows][k] of the activations' width on the heap; readable up to a multiple of 4 rows. */
  readonly codes: number;
  readonly rows: number;
  readonly out: number;
  readonly draw: DrawAt | undefined;
}

type Buffer = 'weights' | 'table' | 'values' | 'panels' | 'sums' | 'norms' | 'columns' | 'open';

export class Float64Tier {
  readonly open: Int32Array;
  openCount = 0;
  /** Channels with a NaN or Inf weight. */
  readonly specialChannels: readonly number[];
  readonly #paddedN: number;
  readonly #pointer: Readonly<Record<Buffer, number>>;

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
    const { bits } = layer.activations.format;
    const narrow = bits <= 16;
    this.#pointer = {
      weights: kernels.allocate(this.#paddedN * k * 8),
      table: narrow ? kernels.allocate(2 ** bits * 8) : 0,
      values: narrow ? 0 : kernels.allocate(rows * k * 8),
      panels: kernels.allocate(rows * k * 8),
      sums: kernels.allocate(rows * this.#paddedN * 8),
      norms: kernels.allocate(rows * 8),
      columns: kernels.allocate(n * 32),
      open: kernels.allocate((rows * n + 1) * 4),
    };
    this.open = kernels.i32(this.#pointer.open, rows * n);
    this.specialChannels = this.#packWeights();
    if (narrow) {
      const table = kernels.f64(this.#pointer.table, 2 ** bits);
      for (let code = 0; code < table.length; code++) table[code] = this.#valueOf(code);
    }
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
      const s = multiplierNumber(layer, channel);
      const least = underflowBound(s, layer.latticeExponent);
      columns.set([s, bias, norm * gamma(k + 2) * OUTWARD, least], channel * 4);
    }
    return special;
  }

  run(block: Float64Block): void {
    const { kernels, layer } = this;
    const pointer = this.#pointer;
    const { k, outChannels: n } = layer;
    const paddedRows = Math.ceil(block.rows / 4) * 4;
    if (pointer.table === 0) this.#packDecoded(block, paddedRows);
    else {
      const bytes = codeBytes(layer.activations.format.bits);
      kernels.call.packTableFloat64!(
        ...([paddedRows, k, block.codes, bytes, pointer.table, pointer.panels, pointer.norms] as const),
      );
    }
    const norms = kernels.f64(pointer.norms, block.rows);
    for (let row = 0; row < block.rows; row++) norms[row] = Math.sqrt(norms[row]!) * OUTWARD;
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

  /** Formats wider than 16 bits: decoded one by one. */
  #packDecoded(block: Float64Block, paddedRows: number): void {
    const { kernels, layer } = this;
    const pointer = this.#pointer;
    const { k } = layer;
    const codes = kernels.u32(block.codes, block.rows * k);
    const values = kernels.f64(pointer.values, paddedRows * k);
    const squares = kernels.f64(pointer.norms, block.rows).fill(0);
    for (let i = 0; i < codes.length; i++) {
      const value = this.#valueOf(codes[i]!);
      values[i] = value;
      squares[Math.floor(i / k)]! += value * value;
    }
    kernels.call.packFloat64!(paddedRows, k, pointer.values, pointer.panels);
  }

  /** value − zero point of an activation; 0 for NaN and Inf, whose outputs are never taken from here. */
  #valueOf(code: number): number {
    const { format, zeroPoint } = this.layer.activations;
    const value = format.toNumber(code) - zeroPoint;
    return Number.isFinite(value) ? value : 0;
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
          RELATIVE * (s * (Math.abs(sum) + Math.abs(bias)) + Math.abs(y)) +
          columns[channel * 4 + 3]!;
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
