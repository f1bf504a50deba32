/**
 * The round stage: approximate sums and the constants of their bound to codes, and the list of outputs that the
 * bound leaves undecided. It knows no stage: only the type of the sums, and how the layer's outputs are rounded.
 */
import { exponentOf, powerOfTwo } from '../../../arithmetic/float64.js';
import { FloatColumn, IntegerColumn, RowNorms } from '../../../kernels/layouts.js';
import type { Kernels } from '../../../kernels/loader.js';
import type { MacBlock } from '../../codes/block.js';
import { type HeapArray, heapInt32, heapUint32 } from '../../codes/heap-array.js';
import { HeapCodes } from '../../codes/width.js';
import type { MacLayer } from '../../layer/layer.js';
import type { ApproximateSums, FloatSums, IntegerSums } from '../stage.js';
import {
  type ByteThresholds,
  type IntegerLevels,
  type OutputRounder,
  type PlacedRounding,
  placeRounding,
} from './output.js';

export class RoundStage {
  /** Indices (row · outChannels + channel) of the `undecidedCount` outputs the last block left undecided. */
  readonly undecided: HeapArray<Int32Array>;
  undecidedCount = 0;
  readonly placed: PlacedRounding;
  readonly #outputs: HeapCodes;
  /** What the byte kernel makes of the columns of float64 sums, pointer. */
  readonly #columns: number;
  /** For stochastic rounding by computed codes. [maxRows][outChannels] */
  readonly #randomWords: HeapArray<Uint32Array> | undefined;

  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    private readonly rounder: OutputRounder,
    maxRows: number,
  ) {
    const { bits } = layer.output.format;
    this.placed = placeRounding(kernels, rounder);
    // the kernels write one index past the last
    this.undecided = heapInt32(kernels, maxRows * layer.outChannels + 1);
    this.#outputs = new HeapCodes(kernels, bits);
    this.#columns = kernels.allocate(Math.ceil(layer.outChannels / 8) * 8 * 24);
    this.#randomWords =
      this.placed.kind === 'computed' && layer.output.rounding.mode === 'stochastic'
        ? heapUint32(kernels, maxRows * layer.outChannels)
        : undefined;
  }

  /** The block's random words on the heap; 0 where its rounding takes none. */
  #randomWordsOf(block: MacBlock): number {
    const randomWords = this.#randomWords;
    if (!randomWords) return 0;
    const n = this.layer.outChannels;
    for (let row = 0; row < block.rows; row++) {
      for (let channel = 0; channel < n; channel++)
        randomWords.values[row * n + channel] = block.randomWordAt!(row, channel);
    }
    return randomWords.pointer;
  }

  /** Writes the codes of a block, and lists those that are not certain. */
  run(block: MacBlock, sums: ApproximateSums): void {
    switch (sums.type) {
      case 'int32':
        this.undecidedCount = this.#roundIntegers(block, sums);
        return;
      case 'float64':
        this.undecidedCount = this.#roundFloats(block, sums);
        return;
      default:
        sums satisfies never;
    }
  }

  #roundIntegers(block: MacBlock, from: IntegerSums): number {
    const { rows: m, out } = block;
    const { call } = this.kernels;
    const n = this.layer.outChannels;
    const { stride, relative } = from;
    const c = from.sums.pointer;
    const rows = from.rows.pointer;
    const columns = from.columns.pointer;
    const factors = from.factors.pointer;
    const undecided = this.undecided.pointer;
    const placed = this.placed;
    switch (placed.kind) {
      case 'bytes': {
        const { thresholds, buckets, lowest, size, codes, float32Buckets } = placed;
        const float32Columns = from.float32Columns.pointer;
        if (from.isExact) {
          if (placed.integers) {
            this.#roundToIntegers(block, from, placed, placed.integers);
            return 0;
          }
          // biome-ignore format: one call, one line of sums, one of the thresholds
          call.roundBytesExact(
            m, n, stride, c, factors, float32Columns,
            thresholds, buckets, lowest, size, codes, float32Buckets, out,
          );
          return 0;
        }
        // biome-ignore format: one call, one line of sums, one of the thresholds
        return call.roundBytesCertified(
          m, n, stride, c, rows, columns, float32Columns, relative,
          thresholds, buckets, lowest, size, codes, float32Buckets, out, undecided,
        );
      }
      case 'computed': {
        const exact = from.isExact ? 1 : 0;
        // biome-ignore format: one call, one line of sums, one of the codec
        return call.roundComputedInt32(
          m, n, stride, c, rows, columns, relative, exact,
          placed.codec, this.#randomWordsOf(block), this.#outputs.bytes, out, undecided,
        );
      }
      case 'words': {
        const { thresholds, buckets, codes, wide } = placed;
        if (from.isExact) {
          call.roundExact(m, n, stride, c, factors, thresholds, buckets, codes, wide, out);
          return 0;
        }
        // biome-ignore format: one call, one line of sums, one of the thresholds
        return call.roundCertifiedInt32(
          m, n, stride, c, rows, columns, relative,
          thresholds, buckets, codes, wide, out, undecided,
        );
      }
      case 'none':
        return this.#integersOneByOne(block, from);
      default:
        return placed satisfies never;
    }
  }

  /** Exact sums to integers: by a shift where a unit of theirs is a power of two of sums. */
  #roundToIntegers(
    { rows: m, out }: MacBlock,
    from: IntegerSums,
    placed: ByteThresholds,
    integers: IntegerLevels,
  ): void {
    const { call } = this.kernels;
    const n = this.layer.outChannels;
    const { stride } = from;
    const c = from.sums.pointer;
    const { zeroPoint, lowest: least, highest: most, mask, lsbExponent } = integers;
    const shift = shiftOf(from, n, lsbExponent);
    if (shift !== undefined) {
      call.roundShift(m, n, stride, c, shift, zeroPoint, least, most, mask, out);
      return;
    }
    const { thresholds, buckets, lowest, size, codes } = placed;
    // biome-ignore format: one call, one line of sums, one of integers, one of the thresholds
    call.roundIntegersExact(
      m, n, stride, c, from.factors.pointer, from.float32Columns.pointer,
      powerOfTwo(-lsbExponent), zeroPoint, least, most, mask,
      thresholds, buckets, lowest, size, codes, out,
    );
  }

  #roundFloats(block: MacBlock, from: FloatSums): number {
    const { rows: m, out } = block;
    const { call } = this.kernels;
    const n = this.layer.outChannels;
    const { stride, relative } = from;
    const c = from.sums.pointer;
    const rows = from.rows.pointer;
    const columns = from.columns.pointer;
    const undecided = this.undecided.pointer;
    const placed = this.placed;
    switch (placed.kind) {
      case 'bytes': {
        const { thresholds, buckets, lowest, size, codes, float32Buckets } = placed;
        // biome-ignore format: one call, one line of sums, one of the thresholds
        return call.roundBytesCertifiedFloat64(
          m, n, stride, c, rows, columns, relative,
          thresholds, buckets, lowest, size, codes, float32Buckets, this.#columns, out, undecided,
        );
      }
      case 'computed':
        // biome-ignore format: one call, one line of sums, one of the codec
        return call.roundComputedFloat64(
          m, n, stride, c, rows, columns, relative,
          placed.codec, this.#randomWordsOf(block), this.#outputs.bytes, out, undecided,
        );
      case 'words': {
        const { thresholds, buckets, codes, wide } = placed;
        // biome-ignore format: one call, one line of sums, one of the thresholds
        return call.roundCertifiedFloat64(
          m, n, stride, c, rows, columns, relative,
          thresholds, buckets, codes, wide, out, undecided,
        );
      }
      case 'none':
        return this.#floatsOneByOne(block, from);
      default:
        return placed satisfies never;
    }
  }

  #integersOneByOne(block: MacBlock, from: IntegerSums): number {
    const { outChannels: n } = this.layer;
    const { stride, relative } = from;
    const columns = from.columns.values;
    const rows = from.rows.values;
    let count = 0;
    for (let row = 0; row < block.rows; row++) {
      const norm = rows[row * RowNorms.LENGTH + RowNorms.NORM]!;
      const residual = rows[row * RowNorms.LENGTH + RowNorms.RESIDUAL]!;
      for (let channel = 0; channel < n; channel++) {
        const at = channel * IntegerColumn.LENGTH;
        const y = from.sums.values[row * stride + channel]! * columns[at + IntegerColumn.FACTOR]!;
        const left =
          columns[at + IntegerColumn.WEIGHT_NORM]! * residual +
          columns[at + IntegerColumn.WEIGHT_RESIDUAL]! * norm +
          columns[at + IntegerColumn.BIAS_RESIDUAL]!;
        const e = from.isExact ? 0 : left + relative * Math.abs(y);
        count += this.#roundOne(block, row, channel, y, e, count);
      }
    }
    return count;
  }

  #floatsOneByOne(block: MacBlock, from: FloatSums): number {
    const { outChannels: n } = this.layer;
    const { stride, relative } = from;
    const columns = from.columns.values;
    let count = 0;
    for (let row = 0; row < block.rows; row++) {
      const norm = from.rows.values[row]!;
      for (let channel = 0; channel < n; channel++) {
        const at = channel * FloatColumn.LENGTH;
        const s = columns[at + FloatColumn.FACTOR]!;
        const bias = columns[at + FloatColumn.BIAS]!;
        const sum = from.sums.values[row * stride + channel]!;
        const y = s * (sum + bias);
        const e =
          s * columns[at + FloatColumn.WEIGHT_NORM]! * norm +
          relative * (s * (Math.abs(sum) + Math.abs(bias)) + Math.abs(y)) +
          columns[at + FloatColumn.LEAST]!;
        count += this.#roundOne(block, row, channel, y, e, count);
      }
    }
    return count;
  }

  /** Both ends through the scalar rounder: without thresholds (stochastic rounding, wide outputs). */
  #roundOne(block: MacBlock, row: number, channel: number, y: number, e: number, count: number): 0 | 1 {
    const at = row * this.layer.outChannels + channel;
    this.undecided.values[count] = at;
    // an overflown sum has a NaN or infinite bound, which certifies nothing
    if (!Number.isFinite(y + e) || !Number.isFinite(y - e)) return 1;
    const randomWord = block.randomWordAt?.(row, channel);
    const low = this.rounder.code(y - e, randomWord);
    this.#outputs.codes[block.out / this.#outputs.bytes + at] = low;
    return e > 0 && this.rounder.code(y + e, randomWord) !== low ? 1 : 0;
  }
}

/** The kernel's limit: codes' integers and as many bits below fit int32. */
const MOST_SHIFT = 20;

/** The i of which a step of the outputs is 2^i sums, of every channel; undefined where there is none. */
function shiftOf({ factors }: IntegerSums, channels: number, lsbExponent: number): number | undefined {
  const factor = factors.values[0]!;
  const shift = lsbExponent - exponentOf(factor);
  if (shift < 0 || shift > MOST_SHIFT || factor !== powerOfTwo(lsbExponent - shift)) return undefined;
  for (let channel = 1; channel < channels; channel++)
    if (factors.values[channel] !== factor) return undefined;
  return shift;
}
