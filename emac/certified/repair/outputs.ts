/** Decides single outputs that a faster tier did not: by a float64 dot product (tier 3), else the exact sum (tier 4). */
import { powerOfTwo } from '../../../arithmetic/float64.js';
import { DotPair } from '../../../kernels/layouts.js';
import type { Kernels } from '../../../kernels/loader.js';
import type { MacBlock } from '../../codes/block.js';
import { type HeapArray, heapFloat64, heapInt32 } from '../../codes/heap-array.js';
import { RowCodes } from '../../codes/rows.js';
import { HeapCodes } from '../../codes/width.js';
import { CodeWindows } from '../../codes/windows.js';
import { OperandReader } from '../../layer/lattice.js';
import type { MacLayer } from '../../layer/layer.js';
import type { LayerNumbers } from '../../layer/numbers.js';
import { activate, encodeExact, referenceOutput, scaleSum } from '../../layer/reference.js';
import { gamma, isRegular, OUTWARD, underflowBound } from '../bounds.js';
import type { OutputRounder, PlacedRounding } from '../round/output.js';
import { codeOfProduct } from '../round/product.js';
import type { ApproximateSums, FloatSums } from '../stage.js';
import { ExactSums, hasExactSums } from './limbs.js';
import { RoundDots } from './round-dots.js';

/** Integers up to here are float64 numbers. */
const EXACT_LIMIT = powerOfTwo(53);

/** Outputs whose dot products are taken in one call. */
const BATCH = 256;

export interface RepairCounts {
  float64: number;
  limbs: number;
  reference: number;
}

interface DotBuffers {
  /** [outChannels][k] */
  readonly weights: HeapArray<Float64Array>;
  /** Activations' values by code, and those of one row. */
  readonly table: HeapArray<Float64Array>;
  readonly values: HeapArray<Float64Array>;
  /** A norm that no row exceeds. [1] */
  readonly bound: HeapArray<Float64Array>;
  /** DotPair [BATCH] */
  readonly sums: HeapArray<Float64Array>;
  /** For blocks of windows: rows copied from the windows of one call's outputs, and each output's place among them. */
  readonly gathered: number;
  readonly places: HeapArray<Int32Array>;
  readonly round: RoundDots;
}

/** NaN and Inf count as 0: the reference overwrites the outputs that they reach. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

export class Repair {
  readonly counts: RepairCounts = { float64: 0, limbs: 0, reference: 0 };
  readonly #readers: { readonly weights: OperandReader; readonly activations: OperandReader };
  readonly #rows: RowCodes;
  readonly #outputs: HeapCodes;
  /** Made for the first outputs that need it: many layers leave none undecided. */
  #dots: DotBuffers | undefined;
  /** ‖w‖ of every channel, rounded up. */
  readonly #weightNorms: Float64Array;
  #sums: ExactSums | undefined;
  /** The row of this block that `#sums` has read. */
  #exactRow: number | undefined;

  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    private readonly numbers: LayerNumbers,
    private readonly rounder: OutputRounder,
    private readonly placed: PlacedRounding,
    private readonly windows: CodeWindows | undefined,
  ) {
    this.#readers = {
      weights: new OperandReader(layer.weights),
      activations: new OperandReader(layer.activations),
    };
    this.#rows = new RowCodes(kernels, layer, windows);
    this.#outputs = new HeapCodes(kernels, layer.output.format.bits);
    const { k, outChannels, weightCodes } = layer;
    this.#weightNorms = new Float64Array(outChannels);
    for (let channel = 0; channel < outChannels; channel++) {
      let squares = 0;
      for (let p = channel * k; p < (channel + 1) * k; p++)
        squares += finite(this.#readers.weights.toNumber(weightCodes[p]!)) ** 2;
      this.#weightNorms[channel] = Math.sqrt(squares) * OUTWARD;
    }
  }

  /**
   * Decides the first `count` outputs of `undecided`, which `sums` left undecided, and writes their codes. Operands finite,
   * or the outputs overwritten later.
   */
  run(block: MacBlock, sums: ApproximateSums, undecided: HeapArray<Int32Array>, count: number): void {
    if (count === 0) return;
    this.#exactRow = undefined;
    if (sums.type === 'float64' && sums.areDots) this.#fromSums(block, sums, undecided, count);
    else this.#fromDots(block, undecided, count);
  }

  #fromSums(block: MacBlock, from: FloatSums, undecided: HeapArray<Int32Array>, count: number): void {
    const n = this.layer.outChannels;
    for (let i = 0; i < count; i++) {
      const at = undecided.values[i]!;
      const channel = at % n;
      const row = (at - channel) / n;
      const norms = this.#weightNorms[channel]! * from.rows.values[row]! * OUTWARD;
      const sum = from.sums.values[row * from.stride + channel]!;
      this.#keep(block, at, this.#decide(block, at, sum, norms));
    }
  }

  #makeDots(): DotBuffers {
    const { kernels, layer } = this;
    const { weights, activations } = this.#readers;
    const dots: DotBuffers = {
      weights: heapFloat64(kernels, layer.weightCodes.length),
      table: heapFloat64(kernels, 2 ** layer.activations.format.bits),
      values: heapFloat64(kernels, layer.k),
      bound: heapFloat64(kernels, 1),
      sums: heapFloat64(kernels, BATCH * DotPair.LENGTH),
      gathered: this.windows ? kernels.allocate(BATCH * layer.k + CodeWindows.SLACK) : 0,
      places: heapInt32(kernels, BATCH),
      round: new RoundDots(kernels, layer, this.numbers, this.placed, this.#weightNorms, BATCH),
    };
    for (const [i, code] of layer.weightCodes.entries())
      dots.weights.values[i] = finite(weights.toNumber(code));
    for (let code = 0; code < dots.table.values.length; code++)
      dots.table.values[code] = finite(activations.toNumber(code));
    return dots;
  }

  /** By the slow reference: any operands. Writes the code. */
  reference(block: MacBlock, row: number, channel: number): void {
    const { layer } = this;
    this.counts.reference++;
    const code = this.#reference(block, row, channel, block.randomWordAt?.(row, channel));
    this.#keep(block, row * layer.outChannels + channel, code);
  }

  /** Whether a NaN, NaR or Inf is among the activations of a row. */
  rowIsSpecial(block: MacBlock, row: number): boolean {
    const { codes } = this.#rows;
    const start = this.#rows.start(block, row);
    for (let p = 0; p < this.layer.k; p++) {
      if (!Number.isFinite(this.#readers.activations.toNumber(codes[start + p]!))) return true;
    }
    return false;
  }

  #keep(block: MacBlock, at: number, code: number): void {
    this.#outputs.codes[block.out / this.#outputs.bytes + at] = code;
  }

  #fromDots(block: MacBlock, undecided: HeapArray<Int32Array>, count: number): void {
    this.#dots ??= this.#makeDots();
    const dots = this.#dots;
    const { k, outChannels: n } = this.layer;
    const { sums, bound } = dots;
    const pairs = sums.values;
    const { facts } = block;
    // a row's own norm takes as long as a dot product, and by this bound of all of them nearly as much is certified
    if (facts) bound.values[0] = Math.sqrt(k) * facts.largest * OUTWARD;
    for (let from = 0; from < count; from += BATCH) {
      const now = Math.min(BATCH, count - from);
      const gathers = block.kind === 'windows';
      const listed = undecided.pointer + from * 4;
      if (gathers) this.windows!.gatherAll(block.codes, now, listed, n, dots.places.pointer, dots.gathered);
      const list = gathers ? dots.places.pointer : listed;
      const codes = gathers ? dots.gathered : block.codes;
      this.#takeDots(dots, now, list, codes, facts ? bound.pointer : 0, sums.pointer);
      const left = dots.round.run(now, listed, sums.pointer, block.out);
      this.counts.float64 += now - left;
      for (let l = 0; l < left; l++) {
        const i = dots.round.left.values[l]!;
        const at = undecided.values[from + i]!;
        if (facts) this.#takeDots(dots, 1, list + i * 4, codes, 0, sums.pointer + i * DotPair.LENGTH * 8);
        const norms = this.#weightNorms[at % n]! * pairs[i * DotPair.LENGTH + DotPair.NORM]! * OUTWARD;
        this.#keep(block, at, this.#decide(block, at, pairs[i * DotPair.LENGTH + DotPair.SUM]!, norms));
      }
    }
  }

  /** `count` of those in `list` into `sums`, with norms of their own unless there is a `bound`; pointers. */
  #takeDots(
    { table, weights, values }: DotBuffers,
    count: number,
    list: number,
    codes: number,
    bound: number,
    sums: number,
  ): void {
    const { k, outChannels: n } = this.layer;
    // biome-ignore format: outputs, operands, sums
    this.kernels.call.dotsFloat64(
      count, list, n, k, codes, this.#rows.bytes,
      table.pointer, weights.pointer, values.pointer, bound, sums,
    );
  }

  /**
   * The code of one output whose float64 dot product is `sum`, its magnitudes at most `norms` = ‖w‖ · ‖x‖ together
   * (Cauchy and Schwarz). Operands finite.
   */
  #decide(block: MacBlock, at: number, sum: number, norms: number): number {
    const { layer, rounder, numbers } = this;
    const channel = at % layer.outChannels;
    const row = (at - channel) / layer.outChannels;
    const randomWord = block.randomWordAt?.(row, channel);
    const bias = numbers.bias[channel]!;
    const s = numbers.multipliers[channel]!;
    const whole = (norms + Math.abs(bias)) * OUTWARD;
    if (
      isRegular(s, sum + bias, layer.latticeExponent) &&
      whole < EXACT_LIMIT * numbers.latticeUnit &&
      rounder.hasFixedThresholds
    ) {
      // every partial sum is an integer of lattice units below 2^53: nothing was rounded
      this.counts.float64++;
      return codeOfProduct(rounder, s, sum + bias);
    }
    const y = s * (sum + bias);
    const e =
      (s * (gamma(layer.k + 2) * whole + powerOfTwo(-51) * whole) + powerOfTwo(-51) * Math.abs(y)) *
        (1 + powerOfTwo(-40)) +
      underflowBound(s, layer.latticeExponent);
    if (Number.isFinite(y) && Number.isFinite(e)) {
      const low = rounder.code(y - e, randomWord);
      if (low === rounder.code(y + e, randomWord)) {
        this.counts.float64++;
        return low;
      }
    }
    return this.#exact(block, row, channel, randomWord);
  }

  /** By the integer sum as wide as the quire, rounded once; operands finite. */
  #exact(block: MacBlock, row: number, channel: number, randomWord: number | undefined): number {
    const { layer, rounder, numbers } = this;
    if (!hasExactSums(layer)) {
      this.counts.reference++;
      return this.#reference(block, row, channel, randomWord);
    }
    this.counts.limbs++;
    this.#sums ??= new ExactSums(this.kernels, layer, this.#readers);
    if (this.#exactRow !== row) this.#sums.readRow(this.#rows.start(block, row) * this.#rows.bytes);
    this.#exactRow = row;
    const { value, exactly } = this.#sums.rounded(channel);
    const s = numbers.multipliers[channel]!;
    if (exactly && rounder.hasFixedThresholds && isRegular(s, value, layer.latticeExponent))
      return codeOfProduct(rounder, s, value);
    const y = s * value;
    const e = powerOfTwo(-51) * Math.abs(y) + underflowBound(s, layer.latticeExponent);
    if (Number.isFinite(y + e)) {
      const low = rounder.code(y - e, randomWord);
      if (low === rounder.code(y + e, randomWord)) return low;
    }
    const sum = this.#sums.sum(channel);
    const scaled = activate(scaleSum(layer, sum, channel), layer.activation, layer.cap);
    return encodeExact(scaled, layer.output, randomWord);
  }

  #reference(block: MacBlock, row: number, channel: number, randomWord: number | undefined): number {
    const start = this.#rows.start(block, row);
    return referenceOutput(this.layer, this.#readers, this.#rows.codes, start, channel, randomWord);
  }
}
