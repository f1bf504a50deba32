/**
 * Tier 1: int16 × int16 → int32 on values scaled by powers of two (docs/numerics.md §5). What the integers leave
 * out is bounded by norms; outputs the bound cannot decide are left open for the next tier.
 */
import { exponentOf, powerOfTwo } from '../../arithmetic/float64.js';
import type { Kernels } from '../../kernels/loader.js';
import { type MacLayer, multiplierNumber } from '../layer.js';
import { type CodeTable, codeTable, int16Exponent, type UseFacts } from './facts.js';
import { type Int16Weights, OUTWARD, packInt16Weights } from './int16-weights.js';
import type { HeapLadder, OutputRounder } from './rounder.js';

/** int32 sums must stay below this. */
const SUM_LIMIT = powerOfTwo(31);
/** Covers the rounding of factor · c, of y ± e, and of e itself: four units in the last place. */
const RELATIVE = powerOfTwo(-51);

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

interface Choice {
  /** x̂ = round(2^exponent · x). */
  readonly exponent: number;
  readonly slices: 'one' | 'rest';
}

export class Int16Tier {
  readonly weights: Int16Weights;
  /** Indices (row · outChannels + channel) of the outputs the last block left open; `openCount` of them. */
  readonly open: Int32Array;
  openCount = 0;
  readonly #activations: CodeTable;
  readonly #largestBias: number;
  readonly #pointer: Readonly<
    Record<
      'panels' | 'table' | 'sums' | 'start' | 'rows' | 'columns' | 'factors' | 'open' | 'squares',
      number
    >
  >;

  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    private readonly rounder: OutputRounder,
    private readonly ladder: HeapLadder | undefined,
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
      sums: kernels.allocate(rows * weights.paddedN * 4),
      start: kernels.allocate(weights.paddedN * 4),
      rows: kernels.allocate(rows * 16),
      columns: kernels.allocate(n * 32),
      factors: kernels.allocate(n * 8),
      open: kernels.allocate((rows * n + 1) * 4),
      squares: kernels.allocate(256 * 16),
    };
    const step = powerOfTwo(layer.latticeExponent) * OUTWARD;
    this.#largestBias = layer.bias.reduce((most, b) => Math.max(most, Math.abs(Number(b)) * step), 0);
    this.open = kernels.i32(this.#pointer.open, rows * n);
  }

  /** Runs one block. Returns `refused` where int32 cannot hold the sums: then nothing was written. */
  run(block: Block): 'done' | 'refused' {
    const { kernels, layer, weights } = this;
    const pointer = this.#pointer;
    const n = layer.outChannels;
    const paddedRows = Math.ceil(block.rows / 4) * 4;
    const choice = this.#choose(block);
    if (choice === undefined) return 'refused';
    const exact = choice.slices === 'one' && weights.slices === 'one';
    const biasRests = this.#prepare(choice.exponent);
    if (biasRests === undefined) return 'refused';

    kernels.call.packInt16!(paddedRows, layer.k, block.codes, pointer.table, pointer.panels);
    kernels.call.gemmInt16!(
      ...([paddedRows, weights.paddedN, weights.paddedK] as const),
      ...([pointer.panels, weights.panels, pointer.start, pointer.sums] as const),
    );
    // 31 bits of sum by 22 of s are 53: the product is a float64
    const exactProduct = exact && biasRests === 'exact' && layer.choices.scaleBits <= 22;
    if (exact && !exactProduct) kernels.f64(pointer.rows, 2 * block.rows).fill(0);
    if (!this.ladder) this.#roundScalar(block, exactProduct);
    else if (exactProduct) {
      const { cuts, buckets, codes, wide } = this.ladder;
      this.openCount = 0;
      kernels.call.roundExact!(
        ...([block.rows, n, weights.paddedN, pointer.sums, pointer.factors] as const),
        ...([cuts, buckets, codes, wide, block.out] as const),
      );
    } else {
      const { cuts, buckets, codes, wide } = this.ladder;
      this.openCount = kernels.call.roundCertifiedInt32!(
        ...([block.rows, n, weights.paddedN, pointer.sums, pointer.rows, pointer.columns, RELATIVE] as const),
        ...([cuts, buckets, codes, wide, block.out, pointer.open] as const),
      );
    }
    return 'done';
  }

  /** Picks 2^j for the activations so that no int32 sum can overflow; fills in the row norms where they count. */
  #choose(block: Block): Choice | undefined {
    const { weights, layer } = this;
    const { largest, lsb } = block.facts;
    const room = (SUM_LIMIT - 1) / Math.max(weights.largestNorm, 1);
    if (lsb === undefined) {
      if (weights.slices === 'rest') this.#rowNorms(block, 0);
      return { exponent: 0, slices: 'one' };
    }
    const fits = int16Exponent(largest);
    const one = Math.min(fits, -lsb);
    const bias = this.#largestBias;
    const safe = (exponent: number, norm: number) =>
      norm * OUTWARD + (bias * powerOfTwo(weights.exponent + exponent)) / Math.max(weights.largestNorm, 1) <
      room;
    const crude = Math.sqrt(layer.k) * largest;
    if (-lsb <= fits && weights.slices === 'one' && safe(one, crude * powerOfTwo(one))) {
      return { exponent: one, slices: 'one' };
    }
    let exponent = one;
    let norm = this.#rowNorms(block, exponent);
    while (!safe(exponent, norm)) {
      const excess = norm / room;
      exponent -= excess > 1 ? exponentOf(excess) + 1 : 1;
      if (exponent < one - 24) return undefined;
      norm = this.#rowNorms(block, exponent);
    }
    return { exponent, slices: exponent === -lsb ? 'one' : 'rest' };
  }

  /** Row norms of 2^j·x and of what round leaves out, rounded up, into the heap; returns the largest norm of x̂. */
  #rowNorms(block: Block, exponent: number): number {
    const { kernels, layer } = this;
    const pointer = this.#pointer;
    const { values } = this.#activations;
    const factor = powerOfTwo(exponent);
    const squares = kernels.f64(pointer.squares, 512);
    for (let code = 0; code < values.length; code++) {
      const scaled = values[code]! * factor;
      const rest = scaled - Math.round(scaled);
      squares[code] = scaled * scaled;
      squares[256 + code] = rest * rest;
    }
    kernels.call.sumTables!(
      block.rows,
      layer.k,
      block.codes,
      pointer.squares,
      pointer.squares + 2048,
      pointer.rows,
    );
    const rows = kernels.f64(pointer.rows, 2 * block.rows);
    let largest = 0;
    for (let row = 0; row < block.rows; row++) {
      const norm = Math.sqrt(rows[2 * row]!) * OUTWARD;
      const rest = Math.sqrt(rows[2 * row + 1]!) * OUTWARD;
      rows[2 * row] = norm;
      rows[2 * row + 1] = rest;
      largest = Math.max(largest, norm + rest);
    }
    return largest;
  }

  #preparedFor: number | undefined;
  #biasRests: 'exact' | 'rest' | undefined;

  /** Tables, bias and column constants for 2^j; undefined where a bias leaves int32. */
  #prepare(exponent: number): 'exact' | 'rest' | undefined {
    if (this.#preparedFor === exponent) return this.#biasRests;
    const { kernels, layer, weights } = this;
    const pointer = this.#pointer;
    const factor = powerOfTwo(exponent);
    const table = kernels.i16(pointer.table, 256);
    this.#activations.values.forEach((value, code) => {
      table[code] = Math.max(-32767, Math.min(32767, Math.round(value * factor)));
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
      columns.set([s, weights.norms[channel]!, weights.rests[channel]!, rest * OUTWARD], channel * 4);
    }
    this.#preparedFor = exponent;
    this.#biasRests = rests;
    return rests;
  }

  /** Without a ladder (stochastic draws, wide outputs): both ends through the scalar rounder. */
  #roundScalar(block: Block, exactProduct: boolean): void {
    const { kernels, layer, weights, rounder } = this;
    const pointer = this.#pointer;
    const n = layer.outChannels;
    const sums = kernels.i32(pointer.sums, block.rows * weights.paddedN);
    const rows = kernels.f64(pointer.rows, block.rows * 2);
    const columns = kernels.f64(pointer.columns, n * 4);
    const out = outputView(kernels, block, layer);
    this.openCount = 0;
    for (let row = 0; row < block.rows; row++) {
      for (let channel = 0; channel < n; channel++) {
        const [s, norm, rest, biasRest] = columns.subarray(channel * 4, channel * 4 + 4) as unknown as [
          number,
          number,
          number,
          number,
        ];
        const y = sums[row * weights.paddedN + channel]! * s;
        const e = exactProduct
          ? 0
          : s * (norm * rows[2 * row + 1]! + rest * rows[2 * row]! + biasRest) + RELATIVE * Math.abs(y);
        const draw = block.draw?.(row, channel);
        const low = rounder.code(y - e, draw);
        out[row * n + channel] = low;
        if (e > 0 && rounder.code(y + e, draw) !== low) this.open[this.openCount++] = row * n + channel;
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
