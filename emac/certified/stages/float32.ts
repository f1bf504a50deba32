/**
 * Tier 2 as a stage: a GEMM of float32 products, summed in float32 in chunks of k and the chunks in float64
 * (docs/certified-rounding.md §4). Half the cost of float64, for operands that float32 holds exactly.
 */
import { powerOfTwo } from '../../../arithmetic/float64.js';
import { FloatColumn } from '../../../kernels/layouts.js';
import type { Kernels } from '../../../kernels/loader.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import type { MacBlock } from '../../codes/block.js';
import { type HeapArray, heapFloat32, heapFloat64 } from '../../codes/heap-array.js';
import { codeBytes } from '../../codes/width.js';
import type { MacLayer } from '../../layer/layer.js';
import type { LayerNumbers } from '../../layer/numbers.js';
import { gamma, gammaFloat32, OUTWARD, RELATIVE, underflowBound } from '../bounds.js';
import type { FloatSums, StageOne, StageSource } from '../stage.js';

/** Values of k summed in float32: the bound grows with it, and so does the speed, little from here on (§4). */
const CHUNK = 32;
/** Operands are multiples of this, so that no product and no sum is a subnormal float32 (§4). */
const SMALLEST_UNIT = powerOfTwo(-63);
/** Smaller values that are no such multiple count as 0, and as error (§4). */
const NEGLIGIBLE = powerOfTwo(-40);
/** No partial sum overflows float32 below this (§4). */
const LARGEST = powerOfTwo(126);

/** x as an operand: 0 where it is negligible; undefined where float32 lacks it. */
function operandOf(x: number): number | undefined {
  if (!Number.isFinite(x)) return 0;
  if (Math.fround(x) === x && Number.isInteger(x / SMALLEST_UNIT)) return x;
  return Math.abs(x) < NEGLIGIBLE ? 0 : undefined;
}

/** Operands by code; undefined where float32 lacks one. */
function operandsByCode({ format, zeroPoint }: Encoding): Float32Array | undefined {
  const table = new Float32Array(2 ** format.bits);
  for (let code = 0; code < table.length; code++) {
    const value = operandOf(format.toNumber(code) - zeroPoint);
    if (value === undefined) return undefined;
    table[code] = value;
  }
  return table;
}

export class Float32Stage implements StageOne {
  readonly #kernels: Kernels;
  readonly #layer: MacLayer;
  readonly #sums: FloatSums;
  readonly #weights: HeapArray<Float32Array>;
  readonly #table: HeapArray<Float32Array>;
  readonly #panels: number;
  /** ‖x − x̂‖ of any row at most. */
  readonly #residual: number;
  #largestNorm = 0;

  /** Undefined where float32 lacks an operand of the formats. Operands of up to 16 bits. */
  static of(source: StageSource): Float32Stage | undefined {
    const weights = operandsByCode(source.layer.weights);
    const activations = operandsByCode(source.layer.activations);
    if (!weights || !activations) return undefined;
    return new Float32Stage(source, weights, activations);
  }

  private constructor(source: StageSource, weightOperands: Float32Array, activationOperands: Float32Array) {
    const { kernels, layer, maxRows } = source;
    this.#kernels = kernels;
    this.#layer = layer;
    const { k, outChannels: n, activations } = layer;
    const rows = Math.ceil(maxRows / 4) * 4;
    const stride = Math.ceil(n / 8) * 8;
    this.#weights = heapFloat32(kernels, stride * k);
    this.#table = heapFloat32(kernels, activationOperands.length);
    this.#table.values.set(activationOperands);
    this.#panels = kernels.allocate(rows * k * 4);
    this.#sums = {
      type: 'float64',
      areDots: false,
      sums: heapFloat64(kernels, rows * stride),
      stride,
      rows: heapFloat64(kernels, rows),
      columns: heapFloat64(kernels, n * FloatColumn.LENGTH),
      relative: RELATIVE,
    };
    let residual = 0;
    for (let code = 0; code < activationOperands.length; code++) {
      const value = activations.format.toNumber(code) - activations.zeroPoint;
      if (Number.isFinite(value)) residual = Math.max(residual, Math.abs(value - activationOperands[code]!));
    }
    this.#residual = residual * Math.sqrt(k) * OUTWARD;
    this.#packWeights(source.numbers, weightOperands);
  }

  /** Undefined where a sum might overflow float32. */
  run(block: MacBlock): FloatSums | undefined {
    const { call } = this.#kernels;
    const { k, activations } = this.#layer;
    const { sums, rows, stride } = this.#sums;
    const padded = Math.ceil(block.rows / 4) * 4;
    const panels = this.#panels;
    const bytes = codeBytes(activations.format.bits);
    call.packTableFloat32(padded, k, block.codes, bytes, this.#table.pointer, panels);
    call.squaresFloat32Panels(padded, k, panels, rows.pointer);
    const norms = rows.values;
    for (let row = 0; row < block.rows; row++) {
      const norm = Math.sqrt(norms[row]!) * OUTWARD + this.#residual;
      if (!(norm * this.#largestNorm < LARGEST)) return undefined;
      norms[row] = norm;
    }
    call.gemmFloat32Chunks(padded, stride, k, CHUNK, panels, this.#weights.pointer, sums.pointer);
    return this.#sums;
  }

  #packWeights(numbers: LayerNumbers, operands: Float32Array): void {
    const layer = this.#layer;
    const { k, outChannels: n } = layer;
    const { format, zeroPoint } = layer.weights;
    const panels = this.#weights.values;
    const columns = this.#sums.columns.values;
    // §4: float32 within a chunk, float64 from chunk to chunk
    const error = gammaFloat32(CHUNK) + gamma(Math.ceil(k / CHUNK) + 2);
    for (let channel = 0; channel < n; channel++) {
      let squares = 0;
      let residualSquares = 0;
      const panel = (channel >> 3) * k * 8 + (channel & 7);
      for (let p = 0; p < k; p++) {
        const code = layer.weightCodes[channel * k + p]!;
        const value = operands[code]!;
        const residual = format.toNumber(code) - zeroPoint - value;
        panels[panel + p * 8] = value;
        squares += value * value;
        if (Number.isFinite(residual)) residualSquares += residual * residual;
      }
      const norm = Math.sqrt(squares) * OUTWARD;
      const residual = Math.sqrt(residualSquares) * OUTWARD;
      this.#largestNorm = Math.max(this.#largestNorm, norm);
      const s = numbers.multipliers[channel]!;
      const at = channel * FloatColumn.LENGTH;
      columns[at + FloatColumn.FACTOR] = s;
      columns[at + FloatColumn.BIAS] = numbers.bias[channel]!;
      columns[at + FloatColumn.WEIGHT_NORM] = (norm * error + residual) * OUTWARD;
      const least = underflowBound(s, layer.latticeExponent);
      columns[at + FloatColumn.LEAST] = (s * norm * this.#residual + least) * OUTWARD;
    }
  }
}
