/** Tier 4: integer sums as wide as the quire, in the kernels, for outputs that no bound can decide. */
import { bitLength, exponentOf, powerOfTwo } from '../../../arithmetic/float64.js';
import { decoderRecord } from '../../../formats/decoding/decoder.js';
import { placeRecord } from '../../../formats/rounding/codec-record.js';
import type { Kernels } from '../../../kernels/loader.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import { type HeapArray, heapFloat64 } from '../../codes/heap-array.js';
import { codeBytes } from '../../codes/width.js';
import type { OperandReader } from '../../layer/lattice.js';
import type { MacLayer } from '../../layer/layer.js';

type Readers = { readonly weights: OperandReader; readonly activations: OperandReader };

/** Whether every operand of a layer is an int32 times a power of two: all but the widest unsigned integers. */
export function hasExactSums(layer: MacLayer): boolean {
  return [layer.weights, layer.activations].every(({ format, zeroPoint }) => {
    const { significandBits, max } = format.facts;
    return zeroPoint === 0 ? significandBits <= 31 : max < powerOfTwo(30);
  });
}

/** How codes of a row become operands: through a table, by computed values, or by values decoded one by one. */
type Splitter =
  | { readonly kind: 'table'; readonly table: number }
  | { readonly kind: 'computed'; readonly decoder: number }
  | { readonly kind: 'values' };

export class ExactSums {
  readonly #splitter: Splitter;
  readonly #values: HeapArray<Float64Array>;
  /** Pairs of significand and shift (kernels/assembly/exact.ts): weights [outChannels][k], a row's [k]. */
  readonly #weights: number;
  readonly #operands: number;
  /** int64 [outChannels][binCount], where sums start, and [binCount]. */
  readonly #biases: number;
  readonly #bins: HeapArray<BigInt64Array>;
  /** A sum as a float64, and 1 where it is one exactly. */
  readonly #rounded: HeapArray<Float64Array>;

  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    private readonly readers: Readers,
  ) {
    const { k, outChannels: n, weightCodes, bias, activations } = layer;
    const { bits, layout } = activations.format;
    let widest = widestOperand(layer.weights) + widestOperand(activations);
    for (const b of bias) widest = Math.max(widest, bitLength(b < 0n ? -b : b));
    // a product touches three bins from its shift on; K < 2^31 adds one more
    const binCount = (widest >> 5) + 4;
    this.#values = heapFloat64(kernels, Math.max(k, bits <= 16 ? 2 ** bits : 0));
    this.#operands = kernels.allocate(k * 8);
    this.#weights = kernels.allocate(n * k * 8);
    for (let channel = 0; channel < n; channel++) {
      for (let p = 0; p < k; p++)
        this.#values.values[p] = readers.weights.toNumber(weightCodes[channel * k + p]!);
      this.#splitValues(k, readers.weights.lsb, this.#weights + channel * k * 8);
    }
    const starts = kernels.allocate(n * binCount * 8);
    this.#biases = starts;
    for (const [channel, b] of bias.entries()) {
      const start = kernels.i64(starts + channel * binCount * 8, binCount);
      for (let i = 0; i < binCount - 1; i++) start[i] = BigInt.asUintN(32, b >> BigInt(32 * i));
      start[binCount - 1] = b < 0n ? -1n : 0n;
    }
    const bins = kernels.allocate(binCount * 8);
    this.#bins = { pointer: bins, values: kernels.i64(bins, binCount) };
    this.#rounded = heapFloat64(kernels, 2);
    if (bits <= 16) {
      const table = kernels.allocate(2 ** bits * 8);
      for (let code = 0; code < 2 ** bits; code++)
        this.#values.values[code] = readers.activations.toNumber(code);
      this.#splitValues(2 ** bits, readers.activations.lsb, table);
      this.#splitter = { kind: 'table', table };
    } else if (layout) {
      const { format, zeroPoint, range } = activations;
      const decoder = placeRecord(kernels, decoderRecord(format, layout, { scale: 1, zeroPoint, range }));
      this.#splitter = { kind: 'computed', decoder };
    } else this.#splitter = { kind: 'values' };
  }

  /** Σ w · x + b of the row read last, in units of the layer's lattice, exactly. Operands finite. */
  sum(channel: number): bigint {
    this.#dot(channel);
    const bins = this.#bins.values;
    let sum = bins[bins.length - 1]!;
    for (let b = bins.length - 2; b >= 0; b--) sum = (sum << 32n) | bins[b]!;
    return sum;
  }

  /** The same sum as a real, rounded to float64; `exactly` says whether it is one. NaN beyond the normal numbers. */
  rounded(channel: number): { readonly value: number; readonly exactly: boolean } {
    this.#dot(channel);
    const { pointer, values } = this.#bins;
    const rounded = this.#rounded;
    this.kernels.call.binsToFloat64(pointer, values.length, this.layer.latticeExponent, rounded.pointer);
    return { value: rounded.values[0]!, exactly: rounded.values[1] === 1 };
  }

  #dot(channel: number): void {
    const { k } = this.layer;
    const { pointer, values } = this.#bins;
    const start = this.#biases + channel * values.length * 8;
    const weights = this.#weights + channel * k * 8;
    this.kernels.call.exactDot(k, this.#operands, weights, start, pointer, values.length);
  }

  /** Takes the activations that `codes` points at, k of them, for the sums that follow. */
  readRow(codes: number): void {
    const { kernels, layer } = this;
    const { k } = layer;
    const { lsb } = this.readers.activations;
    const bytes = codeBytes(layer.activations.format.bits);
    const splitter = this.#splitter;
    switch (splitter.kind) {
      case 'table':
        kernels.call.lookUpOperands(k, codes, bytes, splitter.table, this.#operands);
        return;
      case 'computed':
        kernels.call.decodeComputed(k, codes, bytes, splitter.decoder, 1, this.#values.pointer);
        this.#splitValues(k, lsb, this.#operands);
        return;
      case 'values': {
        const row = kernels.u32(codes, k);
        for (let p = 0; p < k; p++) this.#values.values[p] = this.readers.activations.toNumber(row[p]!);
        this.#splitValues(k, lsb, this.#operands);
        return;
      }
      default:
        splitter satisfies never;
    }
  }

  #splitValues(count: number, lsb: number, out: number): void {
    this.kernels.call.splitOperands(count, this.#values.pointer, lsb, out);
  }
}

/** Bits of the largest |value − zero point| in units of the lattice. */
function widestOperand({ format, zeroPoint }: Encoding): number {
  const { max, min, lsbExponent } = format.facts;
  const largest = Math.max(Math.abs(max - zeroPoint), Math.abs(min - zeroPoint));
  return exponentOf(largest) + 1 - lsbExponent;
}
