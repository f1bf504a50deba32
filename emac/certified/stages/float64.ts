/**
 * Tier 3 as a stage: a float64 GEMM for operands wider than 8 bits, its error bounded by γ(K + 2) · ‖w‖ · ‖x‖
 * (docs/numerics.md §5). Products of all formats here neither overflow nor underflow.
 */
import { decoderRecord } from '../../../formats/decoding/decoder.js';
import { placeRecord } from '../../../formats/rounding/codec-record.js';
import { FloatColumn } from '../../../kernels/layouts.js';
import type { Kernels } from '../../../kernels/loader.js';
import type { MacBlock } from '../../codes/block.js';
import { type HeapArray, heapFloat64 } from '../../codes/heap-array.js';
import { codeBytes, HeapCodes } from '../../codes/width.js';
import type { MacLayer } from '../../layer/layer.js';
import type { LayerNumbers } from '../../layer/numbers.js';
import { gamma, OUTWARD, RELATIVE, underflowBound } from '../bounds.js';
import type { FloatSums, StageOne, StageSource } from '../stage.js';

/** Activations' values: by code for formats of up to 16 bits, computed for wider ones, else decoded one by one. */
type Decoder =
  | { readonly kind: 'table'; readonly table: HeapArray<Float64Array> }
  | { readonly kind: 'computed'; readonly record: number; readonly scratch: number }
  | { readonly kind: 'values'; readonly values: HeapArray<Float64Array>; readonly codes: HeapCodes };

export class Float64Stage implements StageOne {
  readonly #kernels: Kernels;
  readonly #layer: MacLayer;
  readonly #sums: FloatSums;
  readonly #weights: HeapArray<Float64Array>;
  readonly #panels: number;
  readonly #decoder: Decoder;

  constructor({ kernels, layer, numbers, maxRows }: StageSource) {
    this.#kernels = kernels;
    this.#layer = layer;
    const { k, outChannels: n } = layer;
    const rows = Math.ceil(maxRows / 4) * 4;
    const stride = Math.ceil(n / 4) * 4;
    const { bits, layout } = layer.activations.format;
    this.#weights = heapFloat64(kernels, stride * k);
    this.#panels = kernels.allocate(rows * k * 8);
    this.#sums = {
      type: 'float64',
      areDots: true,
      sums: heapFloat64(kernels, rows * stride),
      stride,
      rows: heapFloat64(kernels, rows),
      columns: heapFloat64(kernels, n * FloatColumn.LENGTH),
      relative: RELATIVE,
    };
    this.#packWeights(numbers);
    if (bits > 16 && layout) {
      const { format, zeroPoint, range } = layer.activations;
      const record = placeRecord(kernels, decoderRecord(format, layout, { scale: 1, zeroPoint, range }));
      this.#decoder = { kind: 'computed', record, scratch: kernels.allocate(4 * k * 8) };
    } else if (bits > 16) {
      const values = heapFloat64(kernels, rows * k);
      this.#decoder = { kind: 'values', values, codes: new HeapCodes(kernels, bits) };
    } else {
      const table = heapFloat64(kernels, 2 ** bits);
      for (let code = 0; code < table.values.length; code++) table.values[code] = this.#valueOf(code);
      this.#decoder = { kind: 'table', table };
    }
  }

  run(block: MacBlock): FloatSums {
    const { call } = this.#kernels;
    const { k, activations } = this.#layer;
    const { sums, rows, stride } = this.#sums;
    const padded = Math.ceil(block.rows / 4) * 4;
    const decoder = this.#decoder;
    if (decoder.kind === 'values') this.#packDecoded(block, padded, decoder);
    else if (decoder.kind === 'computed') {
      const { record, scratch } = decoder;
      call.packComputedFloat64(padded, k, block.codes, record, scratch, this.#panels, rows.pointer);
    } else {
      const bytes = codeBytes(activations.format.bits);
      const table = decoder.table.pointer;
      call.packTableFloat64(padded, k, block.codes, bytes, table, this.#panels, rows.pointer);
    }
    const norms = rows.values;
    for (let row = 0; row < block.rows; row++) norms[row] = Math.sqrt(norms[row]!) * OUTWARD;
    call.gemmFloat64(padded, stride, k, this.#panels, this.#weights.pointer, sums.pointer);
    return this.#sums;
  }

  #packWeights(numbers: LayerNumbers): void {
    const layer = this.#layer;
    const { k, outChannels: n } = layer;
    const { format, zeroPoint } = layer.weights;
    const panels = this.#weights.values;
    const columns = this.#sums.columns.values;
    for (let channel = 0; channel < n; channel++) {
      let squares = 0;
      const panel = (channel >> 2) * k * 4 + (channel & 3);
      for (let p = 0; p < k; p++) {
        const decoded = format.toNumber(layer.weightCodes[channel * k + p]!) - zeroPoint;
        const value = Number.isFinite(decoded) ? decoded : 0;
        panels[panel + p * 4] = value;
        squares += value * value;
      }
      const norm = Math.sqrt(squares) * OUTWARD;
      const s = numbers.multipliers[channel]!;
      const at = channel * FloatColumn.LENGTH;
      columns[at + FloatColumn.FACTOR] = s;
      columns[at + FloatColumn.BIAS] = numbers.bias[channel]!;
      columns[at + FloatColumn.WEIGHT_NORM] = norm * gamma(k + 2) * OUTWARD;
      columns[at + FloatColumn.LEAST] = underflowBound(s, layer.latticeExponent);
    }
  }

  #packDecoded(block: MacBlock, padded: number, decoder: Decoder & { readonly kind: 'values' }): void {
    const { k } = this.#layer;
    const { codes, bytes } = decoder.codes;
    const { values } = decoder.values;
    const squares = this.#sums.rows.values;
    const start = block.codes / bytes;
    for (let row = 0; row < block.rows; row++) {
      let sum = 0;
      for (let p = row * k; p < (row + 1) * k; p++) {
        const value = this.#valueOf(codes[start + p]!);
        values[p] = value;
        sum += value * value;
      }
      squares[row] = sum;
    }
    this.#kernels.call.packFloat64(padded, k, decoder.values.pointer, this.#panels);
  }

  /** value − zero point of an activation; 0 for NaN and Inf, whose outputs are never taken from here. */
  #valueOf(code: number): number {
    const { format, zeroPoint } = this.#layer.activations;
    const value = format.toNumber(code) - zeroPoint;
    return Number.isFinite(value) ? value : 0;
  }
}
