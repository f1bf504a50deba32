/**
 * Tier 1: int16 × int16 → int32 on values scaled by powers of two (docs/numerics.md §5). What the integers leave
 * out is bounded by norms; outputs the bound cannot decide are left undecided for the next tier.
 */
import { exponentOf, powerOfTwo } from '../../../arithmetic/float64.js';
import { IntegerColumn, RESIDUAL_UNITS, ResidualEntry, RowNorms } from '../../../kernels/layouts.js';
import type { Kernels } from '../../../kernels/loader.js';
import type { MacBlock } from '../../codes/block.js';
import { type CodeTable, codeTable, int16Exponent } from '../../codes/facts.js';
import {
  type HeapArray,
  heapFloat32,
  heapFloat64,
  heapInt16,
  heapInt32,
  heapUint32,
} from '../../codes/heap-array.js';
import type { MacLayer } from '../../layer/layer.js';
import type { LayerNumbers } from '../../layer/numbers.js';
import { OUTWARD } from '../bounds.js';
import { fillFloat32Columns } from '../float32-columns.js';
import type { IntegerSums, StageOne, StageSource } from '../stage.js';
import { type Int16Panels, type Int16Tables, RowPanels, WindowPanels } from './int16-panels.js';
import { type Int16Weights, packInt16Weights } from './int16-weights.js';

/** int32 sums must stay below this. */
const SUM_LIMIT = powerOfTwo(31);
/** What a bound of partial sums, rounded anyhow, may reach. */
const MOST_SUM = (SUM_LIMIT - 2) / OUTWARD;
/** Covers the rounding of factor · c, of y ± e, and of e itself: four units in the last place. */
const RELATIVE = powerOfTwo(-51);
/** 31 bits of sum by 22 of s are 53: their product is a float64. */
const EXACT_SCALE_BITS = 22;
const MOST_K = powerOfTwo(17);
/** A unit in the last place of a float64 is at most this share of it. */
const LAST_PLACE = powerOfTwo(-52);

export class Int16Stage implements StageOne {
  readonly #kernels: Kernels;
  readonly #layer: MacLayer;
  readonly #numbers: LayerNumbers;
  readonly #weights: Int16Weights;
  readonly #activations: CodeTable;
  readonly #largestBias: number;
  readonly #tables: Int16Tables;
  readonly #panels: Int16Panels;
  /** The bias, where sums start. */
  readonly #start: HeapArray<Int32Array>;
  readonly #sums: IntegerSums;

  constructor({ kernels, layer, numbers, maxRows, windows }: StageSource) {
    this.#kernels = kernels;
    this.#largestNorm = heapFloat64(kernels, 1);
    this.#layer = layer;
    this.#numbers = numbers;
    this.#tables = {
      values: heapInt16(kernels, 256),
      withResiduals: heapUint32(kernels, 256 * ResidualEntry.LENGTH),
    };
    this.#panels = windows
      ? new WindowPanels(kernels, this.#tables, windows)
      : new RowPanels(kernels, this.#tables, layer.k, maxRows);
    const weights = packInt16Weights(kernels, layer, this.#panels.run);
    this.#weights = weights;
    this.#activations = codeTable(layer.activations);
    const rows = Math.ceil(maxRows / 4) * 4;
    const n = layer.outChannels;
    this.#start = heapInt32(kernels, weights.paddedN);
    this.#sums = {
      type: 'int32',
      isExact: false,
      sums: heapInt32(kernels, rows * weights.paddedN),
      stride: weights.paddedN,
      rows: heapFloat64(kernels, rows * RowNorms.LENGTH),
      columns: heapFloat64(kernels, n * IntegerColumn.LENGTH),
      float32Columns: heapFloat32(kernels, weights.paddedN * 4),
      factors: heapFloat64(kernels, n),
      relative: RELATIVE,
    };
    this.#largestBias = 0;
    for (const b of numbers.bias) this.#largestBias = Math.max(this.#largestBias, Math.abs(b) * OUTWARD);
  }

  run(block: MacBlock): IntegerSums | undefined {
    const paddedRows = Math.ceil(block.rows / 4) * 4;
    const packed = this.#pack(block);
    if (packed === 'refused') return undefined;
    const { paddedN, paddedK, panels } = this.#weights;
    const { sums, rows } = this.#sums;
    // biome-ignore format: sizes, operands, sums
    this.#kernels.call.gemmInt16(
      paddedRows, paddedN, paddedK, this.#panels.pointer, panels, this.#start.pointer, sums.pointer,
    );
    const exact = packed === 'exact' && this.#layer.choices.scaleBits <= EXACT_SCALE_BITS;
    this.#sums.isExact = exact;
    if (packed === 'exact' && !exact) rows.values.fill(0, 0, block.rows * RowNorms.LENGTH);
    return this.#sums;
  }

  /**
   * Packs the activations at the finest 2^j that keeps every int32 sum in range, with their norms unless nothing
   * is left out. Cauchy and Schwarz bound every partial sum by ‖ŵ‖ · ‖x̂‖ + |b̂|; where no activation is negative, by
   * that of the weights of one sign.
   */
  #pack(block: MacBlock): 'exact' | 'residual' | 'refused' {
    const { k } = this.#layer;
    if (block.facts === undefined || k > MOST_K) return 'refused';
    const { largest, lowest, lsb } = block.facts;
    const { rows } = this.#sums;
    const weights = this.#weights;
    const weightNorm = lowest < 0 ? weights.largestNorm : weights.largestSidedNorm;
    const finest = lsb === undefined ? 0 : Math.min(int16Exponent(largest), -lsb);
    const whole = (lsb === undefined || finest === -lsb) && weights.areExact;
    const largestBias = this.#largestBias;
    // bounds stand where they are compared: a fraction that is handed to a function takes memory
    const crudeNorm = Math.sqrt(k) * largest * powerOfTwo(finest) * OUTWARD;
    const crudeSum = crudeNorm * weightNorm + largestBias * powerOfTwo(weights.exponent + finest);
    if (whole && crudeSum < MOST_SUM) {
      const bias = this.#prepare(finest);
      if (bias !== undefined) {
        this.#panels.pack(block);
        if (bias === 'residual') rows.values.fill(0, 0, block.rows * RowNorms.LENGTH);
        return bias;
      }
    }
    for (let exponent = finest - this.#coarser; exponent > finest - 24; exponent--) {
      this.#coarser = finest - exponent;
      if (this.#prepare(exponent) === undefined) continue;
      this.#panels.packWithNorms(block, rows.pointer, this.#largestNorm.pointer);
      const norm = this.#largestNorm.values[0]!;
      const largestSum = norm * weightNorm + largestBias * powerOfTwo(weights.exponent + exponent);
      if (largestSum < MOST_SUM) {
        // the next block may have the finer 2^j that this one could have had
        if (this.#coarser > 0 && 2 * largestSum < MOST_SUM) this.#coarser--;
        return 'residual';
      }
      const excess = (norm * weightNorm) / SUM_LIMIT;
      if (excess > 2) exponent -= exponentOf(excess) - 1;
    }
    return 'refused';
  }

  /** Of the rows last packed. */
  readonly #largestNorm: HeapArray<Float64Array>;
  /** How much coarser than the finest 2^j the next block starts: as the last one had to be. */
  #coarser = 0;
  #preparedFor: number | undefined;
  #biasResiduals: 'exact' | 'residual' | undefined;

  /** Tables, bias and column constants for 2^j; undefined where a bias leaves int32. */
  #prepare(exponent: number): 'exact' | 'residual' | undefined {
    if (this.#preparedFor === exponent) return this.#biasResiduals;
    this.#preparedFor = undefined;
    const layer = this.#layer;
    const numbers = this.#numbers;
    const weights = this.#weights;
    const factor = powerOfTwo(exponent);
    const { values } = this.#activations;
    for (let code = 0; code < values.length; code++) {
      const scaled = values[code]! * factor;
      // values of codes that do not occur may lie outside int16; their entries are never read
      const integer = Math.max(-32767, Math.min(32767, Math.round(scaled)));
      const residual = Math.min(1, Math.abs(scaled - integer));
      this.#tables.values.values[code] = integer;
      this.#tables.withResiduals.values[code * ResidualEntry.LENGTH + ResidualEntry.VALUE] = integer & 0xffff;
      this.#tables.withResiduals.values[code * ResidualEntry.LENGTH + ResidualEntry.SQUARE] = Math.ceil(
        residual * residual * RESIDUAL_UNITS,
      );
    }
    this.#panels.retable();
    // once, not for each channel: a number that a call returns takes memory
    const unit = powerOfTwo(weights.exponent + exponent);
    const perUnit = powerOfTwo(-weights.exponent - exponent);
    const columns = this.#sums.columns.values;
    let residuals: 'exact' | 'residual' = 'exact';
    for (let channel = 0; channel < layer.outChannels; channel++) {
      const scaled = numbers.bias[channel]! * unit;
      if (!(Math.abs(scaled) < SUM_LIMIT / 2)) return undefined;
      const rounded = Math.round(scaled);
      // numbers.bias is within half a unit in the last place of b
      const whole = numbers.biasIsExact[channel] === 1 && scaled === rounded;
      const residual = whole ? 0 : Math.abs(scaled - rounded) + Math.abs(scaled) * LAST_PLACE;
      if (residual > 0) residuals = 'residual';
      this.#start.values[channel] = rounded;
      const s = numbers.multipliers[channel]! * perUnit;
      this.#sums.factors.values[channel] = s;
      const at = channel * IntegerColumn.LENGTH;
      columns[at + IntegerColumn.FACTOR] = s;
      columns[at + IntegerColumn.WEIGHT_NORM] = s * weights.norms[channel]! * OUTWARD;
      columns[at + IntegerColumn.WEIGHT_RESIDUAL] = s * weights.residuals[channel]! * OUTWARD;
      columns[at + IntegerColumn.BIAS_RESIDUAL] = s * residual * OUTWARD;
    }
    fillFloat32Columns(columns, layer.outChannels, this.#sums.float32Columns.values);
    this.#preparedFor = exponent;
    this.#biasResiduals = residuals;
    return residuals;
  }
}
