/**
 * Tier 1: int16 × int16 → int32 on values scaled by powers of two (docs/numerics.md §5). What the integers leave
 * out is bounded by norms; outputs the bound cannot decide are left open for the next tier.
 */
import { exponentOf, powerOfTwo } from '../../arithmetic/float64.js';
import type { Kernels } from '../../kernels/loader.js';
import { type MacLayer, multiplierNumber } from '../layer.js';
import { type CodeTable, codeTable, int16Exponent, type UseFacts } from './facts.js';
import { type Int16Weights, OUTWARD, packInt16Weights } from './int16-weights.js';
import type { OutputLadder, OutputRounder } from './rounder.js';

/** int32 sums must stay below this. */
const SUM_LIMIT = powerOfTwo(31);
/** Covers the rounding of factor · c, of y ± e, and of e itself: four units in the last place. */
const RELATIVE = powerOfTwo(-51);
/** Squares of rests are summed in steps of 2^-14 (kernels/assembly/pack.ts), in 32 bits. */
const REST_STEPS = powerOfTwo(14);
const MOST_K = powerOfTwo(17);

/** Where in the network's stochastic draws an output stands. */
export type DrawAt = (row: number, channel: number) => number;

export interface Block {
  /** Codes [rows][k], a byte each; readable up to a multiple of 4 rows. */
  readonly codes: number;
  readonly rows: number;
  /** Codes [rows][outChannels] of the output's width. */
  readonly out: number;
  readonly facts: UseFacts;
  readonly draw: DrawAt | undefined;
}

export class Int16Tier {
  readonly weights: Int16Weights;
  /** On the heap: indices (row · outChannels + channel) of the `openCount` outputs the last block left open. */
  readonly open: number;
  openCount = 0;
  readonly #activations: CodeTable;
  readonly #largestBias: number;
  readonly #pointer: Readonly<
    Record<
      'panels' | 'table' | 'sums' | 'start' | 'rows' | 'columns' | 'factors' | 'open' | 'tableWithRests',
      number
    >
  >;

  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    private readonly rounder: OutputRounder,
    private readonly ladder: OutputLadder,
    maxRows: number,
  ) {
    const weights = packInt16Weights(kernels, layer);
    this.weights = weights;
    this.#activations = codeTable(layer.activations);
    const rows = Math.ceil(maxRows / 4) * 4;
    const n = layer.outChannels;
    this.#pointer = {
      panels: kernels.allocate(rows * weights.paddedK * 2),
      table: kernels.allocate(256 * 2),
      tableWithRests: kernels.allocate(256 * 4),
      sums: kernels.allocate(rows * weights.paddedN * 4),
      start: kernels.allocate(weights.paddedN * 4),
      rows: kernels.allocate(rows * 16),
      columns: kernels.allocate(n * 32),
      factors: kernels.allocate(n * 8),
      open: kernels.allocate((rows * n + 1) * 4),
    };
    const step = powerOfTwo(layer.latticeExponent) * OUTWARD;
    this.#largestBias = layer.bias.reduce((most, b) => Math.max(most, Math.abs(Number(b)) * step), 0);
    this.open = this.#pointer.open;
  }

  /** Runs one block. Returns `refused` where int32 cannot hold the sums: then nothing was written. */
  run(block: Block): 'done' | 'refused' {
    const { kernels, weights } = this;
    const pointer = this.#pointer;
    const paddedRows = Math.ceil(block.rows / 4) * 4;
    const slices = this.#pack(block, paddedRows);
    if (slices === 'refused') return 'refused';
    kernels.call.gemmInt16!(
      ...([paddedRows, weights.paddedN, weights.paddedK] as const),
      ...([pointer.panels, weights.panels, pointer.start, pointer.sums] as const),
    );
    this.#round(block, slices);
    return 'done';
  }

  /**
   * Packs the activations at the finest 2^j that keeps every int32 sum in range, with their norms unless nothing
   * is left out. Cauchy and Schwarz bound every partial sum by ‖ŵ‖ · ‖x̂‖ + |b̂|.
   */
  #pack(block: Block, paddedRows: number): 'one' | 'rest' | 'refused' {
    const { kernels, layer, weights } = this;
    const pointer = this.#pointer;
    const { largest, lsb } = block.facts;
    if (layer.k > MOST_K) return 'refused';
    const finest = lsb === undefined ? 0 : Math.min(int16Exponent(largest), -lsb);
    const whole = (lsb === undefined || finest === -lsb) && weights.slices === 'one';
    const crude = Math.sqrt(layer.k) * largest * powerOfTwo(finest) * OUTWARD;
    if (whole && this.#fits(finest, crude)) {
      const bias = this.#prepare(finest);
      if (bias !== undefined) {
        kernels.call.packInt16!(paddedRows, layer.k, block.codes, pointer.table, pointer.panels);
        if (bias === 'rest') kernels.f64(pointer.rows, 2 * block.rows).fill(0);
        return bias === 'exact' ? 'one' : 'rest';
      }
    }
    const slack = 1 + (layer.k + 8) * powerOfTwo(-24);
    for (let exponent = finest - this.#coarser; exponent > finest - 24; exponent--) {
      this.#coarser = finest - exponent;
      if (this.#prepare(exponent) === undefined) continue;
      const norm = kernels.call.packInt16Norms!(
        ...([
          paddedRows,
          layer.k,
          block.codes,
          pointer.tableWithRests,
          pointer.panels,
          pointer.rows,
          slack,
        ] as const),
      );
      if (this.#fits(exponent, norm)) return 'rest';
      const excess = (norm * weights.largestNorm) / SUM_LIMIT;
      if (excess > 2) exponent -= exponentOf(excess) - 1;
    }
    return 'refused';
  }

  #fits(exponent: number, norm: number): boolean {
    const { weights } = this;
    const bias = this.#largestBias * powerOfTwo(weights.exponent + exponent);
    return norm * weights.largestNorm + bias < (SUM_LIMIT - 2) / OUTWARD;
  }

  #round(block: Block, slices: 'one' | 'rest'): void {
    const { kernels, layer, weights, ladder } = this;
    const pointer = this.#pointer;
    const sums = [block.rows, layer.outChannels, weights.paddedN, pointer.sums] as const;
    // 31 bits of sum by 22 of s are 53: the product is a float64
    const exact = slices === 'one' && layer.choices.scaleBits <= 22;
    if (!exact && slices === 'one') kernels.f64(pointer.rows, 2 * block.rows).fill(0);
    this.openCount = 0;
    switch (ladder.kind) {
      case 'bytes': {
        const { cuts, buckets, lowest, size, codes } = ladder;
        const rounding = [cuts, buckets, lowest, size, codes, block.out] as const;
        if (exact) kernels.call.roundBytesExact!(...sums, pointer.factors, ...rounding);
        else {
          const bounds = [pointer.rows, pointer.columns, RELATIVE] as const;
          this.openCount = kernels.call.roundBytesCertified!(...sums, ...bounds, ...rounding, pointer.open);
        }
        return;
      }
      case 'words': {
        const { cuts, buckets, codes, wide } = ladder;
        const rounding = [cuts, buckets, codes, wide, block.out] as const;
        if (exact) kernels.call.roundExact!(...sums, pointer.factors, ...rounding);
        else {
          const bounds = [pointer.rows, pointer.columns, RELATIVE] as const;
          this.openCount = kernels.call.roundCertifiedInt32!(...sums, ...bounds, ...rounding, pointer.open);
        }
        return;
      }
      case 'none':
        this.#roundScalar(block, exact);
        return;
      default:
        ladder satisfies never;
    }
  }

  /** How much coarser than the finest 2^j the last block had to be; where the next one starts. */
  #coarser = 0;
  #preparedFor: number | undefined;
  #biasRests: 'exact' | 'rest' | undefined;

  /** Tables, bias and column constants for 2^j; undefined where a bias leaves int32. */
  #prepare(exponent: number): 'exact' | 'rest' | undefined {
    if (this.#preparedFor === exponent) return this.#biasRests;
    const { kernels, layer, weights } = this;
    const pointer = this.#pointer;
    const factor = powerOfTwo(exponent);
    const table = kernels.i16(pointer.table, 256);
    const tableWithRests = kernels.u32(pointer.tableWithRests, 256);
    this.#activations.values.forEach((value, code) => {
      const scaled = value * factor;
      // codes that do not occur may lie outside; their entries are never read
      const integer = Math.max(-32767, Math.min(32767, Math.round(scaled)));
      const rest = Math.min(1, Math.abs(scaled - integer));
      table[code] = integer;
      tableWithRests[code] = (integer & 0xffff) | (Math.ceil(rest * rest * REST_STEPS) << 16);
    });
    const unit = powerOfTwo(layer.latticeExponent + weights.exponent + exponent);
    const start = kernels.i32(pointer.start, weights.paddedN);
    const columns = kernels.f64(pointer.columns, layer.outChannels * 4);
    const factors = kernels.f64(pointer.factors, layer.outChannels);
    let rests: 'exact' | 'rest' = 'exact';
    for (let channel = 0; channel < layer.outChannels; channel++) {
      // Number(b) is within half a unit in the last place of b
      const steps = Number(layer.bias[channel]!);
      const scaled = steps * unit;
      if (!(Math.abs(scaled) < SUM_LIMIT / 2)) return undefined;
      const rounded = Math.round(scaled);
      const exactSteps = BigInt(steps) === layer.bias[channel];
      const rest =
        exactSteps && scaled === rounded
          ? 0
          : Math.abs(scaled - rounded) + Math.abs(scaled) * powerOfTwo(-52);
      if (rest > 0) rests = 'rest';
      start[channel] = rounded;
      const s = multiplierNumber(layer, channel) * powerOfTwo(-weights.exponent - exponent);
      factors[channel] = s;
      const bounds = [weights.norms[channel]!, weights.rests[channel]!, rest].map(
        (bound) => s * bound * OUTWARD,
      );
      columns.set([s, ...bounds], channel * 4);
    }
    this.#preparedFor = exponent;
    this.#biasRests = rests;
    return rests;
  }

  /** Without a ladder (stochastic draws, wide outputs): both ends through the scalar rounder. */
  #roundScalar(block: Block, exact: boolean): void {
    const { kernels, layer, weights, rounder } = this;
    const pointer = this.#pointer;
    const n = layer.outChannels;
    const sums = kernels.i32(pointer.sums, block.rows * weights.paddedN);
    const rows = kernels.f64(pointer.rows, block.rows * 2);
    const columns = kernels.f64(pointer.columns, n * 4);
    const out = outputView(kernels, block, layer);
    const open = kernels.i32(pointer.open, block.rows * n);
    this.openCount = 0;
    for (let row = 0; row < block.rows; row++) {
      for (let channel = 0; channel < n; channel++) {
        const at = channel * 4;
        const y = sums[row * weights.paddedN + channel]! * columns[at]!;
        const left =
          columns[at + 1]! * rows[2 * row + 1]! + columns[at + 2]! * rows[2 * row]! + columns[at + 3]!;
        const e = exact ? 0 : left + RELATIVE * Math.abs(y);
        const draw = block.draw?.(row, channel);
        const low = rounder.code(y - e, draw);
        out[row * n + channel] = low;
        if (e > 0 && rounder.code(y + e, draw) !== low) open[this.openCount++] = row * n + channel;
      }
    }
  }
}

/** The output codes of a block as a typed array of their width. */
export function outputView(
  kernels: Kernels,
  block: { rows: number; out: number },
  layer: MacLayer,
): Uint8Array | Uint16Array | Uint32Array {
  const count = block.rows * layer.outChannels;
  const bits = layer.output.format.bits;
  if (bits <= 8) return kernels.u8(block.out, count);
  return bits <= 16 ? kernels.u16(block.out, count) : kernels.u32(block.out, count);
}
