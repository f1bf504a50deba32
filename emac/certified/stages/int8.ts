/**
 * Tier 1 on relaxed SIMD: operands that are small integers, w −128..127 and x − offset 0..127 on their lattices. Sums
 * are exact but for the bias. x − offset instead of x: Σ w·x = Σ w·(x − offset) + offset · Σ w, and the last term is
 * part of where sums start.
 */
import { powerOfTwo } from '../../../arithmetic/float64.js';
import type { RelaxedCalls } from '../../../kernels/calls.js';
import { IntegerColumn, RowNorms } from '../../../kernels/layouts.js';
import type { Kernels } from '../../../kernels/loader.js';
import type { MacBlock } from '../../codes/block.js';
import { type CodeTable, codeTable, type UseFacts } from '../../codes/facts.js';
import { type HeapArray, heapFloat32, heapFloat64, heapInt32 } from '../../codes/heap-array.js';
import type { MacLayer } from '../../layer/layer.js';
import type { LayerNumbers } from '../../layer/numbers.js';
import { OUTWARD } from '../bounds.js';
import { fillFloat32Columns } from '../float32-columns.js';
import type { IntegerSums, StageOne, StageSource } from '../stage.js';
import { type Int8Weights, packInt8Weights } from './int8-weights.js';

/** What the second operand of the relaxed product may be at most (docs/numerics.md §5). */
const LARGEST_OPERAND = 127;
const LARGEST_INT16 = 32_767;
const SUM_LIMIT = powerOfTwo(31);
/** Covers the rounding of factor · c, of y ± e, and of e itself: four units in the last place. */
const RELATIVE = powerOfTwo(-51);
/** 31 bits of sum by 22 of s are 53: their product is a float64. */
const EXACT_SCALE_BITS = 22;

export class Int8Stage implements StageOne {
  readonly #kernels: Kernels;
  readonly #layer: MacLayer;
  readonly #numbers: LayerNumbers;
  readonly #activations: CodeTable;
  readonly #panels: number;
  /** Bytes by code, pointer. */
  readonly #table: number;
  readonly #bytes: Uint8Array;
  readonly #start: HeapArray<Int32Array>;
  readonly #sums: IntegerSums;

  /** Undefined where the engine has no relaxed SIMD or a weight does not fit. Operands of up to 8 bits. */
  static of(source: StageSource): Int8Stage | undefined {
    const { kernels, layer } = source;
    const { relaxed } = kernels;
    const weights = relaxed && packInt8Weights(kernels, layer);
    return weights && new Int8Stage(source, relaxed, weights);
  }

  private constructor(
    source: StageSource,
    private readonly relaxed: RelaxedCalls,
    private readonly weights: Int8Weights,
  ) {
    const { kernels, layer, maxRows } = source;
    this.#kernels = kernels;
    this.#layer = layer;
    this.#numbers = source.numbers;
    const rows = Math.ceil(maxRows / 4) * 4;
    const n = layer.outChannels;
    this.#activations = codeTable(layer.activations);
    this.#panels = kernels.allocate(rows * weights.paddedK);
    this.#table = kernels.allocate(256);
    this.#bytes = kernels.u8(this.#table, 256);
    this.#start = heapInt32(kernels, weights.paddedN);
    this.#sums = {
      type: 'int32',
      isExact: false,
      sums: heapInt32(kernels, rows * weights.paddedN),
      stride: weights.paddedN,
      // nothing is left out of an operand: norms and residuals stay 0
      rows: heapFloat64(kernels, rows * RowNorms.LENGTH),
      columns: heapFloat64(kernels, n * IntegerColumn.LENGTH),
      float32Columns: heapFloat32(kernels, weights.paddedN * 4),
      factors: heapFloat64(kernels, n),
      relative: RELATIVE,
    };
  }

  run(block: MacBlock): IntegerSums | undefined {
    const { facts } = block;
    const steps = block.kind === 'rows' && facts ? this.#prepare(facts) : undefined;
    if (!steps) return undefined;
    const { paddedN, paddedK, panels } = this.weights;
    const m = Math.ceil(block.rows / 4) * 4;
    this.#kernels.call.packInt8(m, this.#layer.k, block.codes, this.#table, this.#panels);
    // biome-ignore format: sizes, operands, sums
    this.relaxed.gemmInt8(
      m, paddedN, paddedK, steps, this.#panels, panels, this.#start.pointer, this.#sums.sums.pointer,
    );
    return this.#sums;
  }

  #preparedFor: UseFacts | undefined;
  #steps: number | undefined;

  /** The table, where sums start and what they are worth; returns how many steps int16 holds, undefined for refusal. */
  #prepare(facts: UseFacts): number | undefined {
    const last = this.#preparedFor;
    if (last?.lsb === facts.lsb && last?.lowest === facts.lowest && last?.highest === facts.highest)
      return this.#steps;
    this.#preparedFor = facts;
    this.#steps = this.#tables(facts);
    return this.#steps;
  }

  #tables({ lsb, lowest, highest }: UseFacts): number | undefined {
    const { weights } = this;
    const layer = this.#layer;
    const numbers = this.#numbers;
    if (lsb === undefined) return undefined;
    const factor = powerOfTwo(-lsb);
    const offset = lowest * factor;
    const span = highest * factor - offset;
    if (span > LARGEST_OPERAND) return undefined;
    const segment = weights.segments.findLast(({ largest }) => largest * span <= LARGEST_INT16);
    if (segment === undefined) return undefined;

    const unit = powerOfTwo(weights.exponent - lsb);
    const columns = this.#sums.columns.values;
    let exact = layer.choices.scaleBits <= EXACT_SCALE_BITS;
    for (let channel = 0; channel < layer.outChannels; channel++) {
      const scaled = numbers.bias[channel]! * unit;
      const rounded = Math.round(scaled);
      const start = rounded + offset * weights.sums[channel]!;
      if (!(Math.abs(start) + weights.magnitude * span < SUM_LIMIT)) return undefined;
      // numbers.bias is within half a unit in the last place of b
      const whole = numbers.biasIsExact[channel] === 1 && scaled === rounded;
      const residual = whole ? 0 : Math.abs(scaled - rounded) + Math.abs(scaled) * powerOfTwo(-52);
      if (!whole) exact = false;
      this.#start.values[channel] = start;
      const s = numbers.multipliers[channel]! * powerOfTwo(lsb - weights.exponent);
      this.#sums.factors.values[channel] = s;
      const at = channel * IntegerColumn.LENGTH;
      columns[at + IntegerColumn.FACTOR] = s;
      columns[at + IntegerColumn.BIAS_RESIDUAL] = s * residual * OUTWARD;
    }
    fillFloat32Columns(columns, layer.outChannels, this.#sums.float32Columns.values);
    const { values } = this.#activations;
    for (let code = 0; code < values.length; code++) {
      // codes that do not occur may lie outside; their entries are never read
      const operand = values[code]! * factor - offset;
      this.#bytes[code] = Math.max(0, Math.min(LARGEST_OPERAND, operand));
    }
    this.#sums.isExact = exact;
    return segment.steps;
  }
}
