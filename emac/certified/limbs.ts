/** Tier 4: integer sums as wide as the quire, in the kernels, for outputs that no bound can decide. */
import { bitLength, exponentOf, powerOfTwo } from '../../arithmetic/float64.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Operand, OperandReader } from '../lattice.js';
import type { Codes, MacLayer } from '../layer.js';
import { codeBytes } from './code-width.js';

type Readers = { readonly weights: OperandReader; readonly activations: OperandReader };

/** An operand as odd significand · 2^shift steps of its lattice; 0 has significand 0. */
function split(operand: Operand): readonly [significand: number, shift: number] {
  if (typeof operand !== 'bigint' || operand === 0n) return [0, 0];
  const shift = bitLength(operand & -operand) - 1;
  return [Number(operand >> BigInt(shift)), shift];
}

/** Whether every operand of a layer is an int32 times a power of two: all but the widest unsigned integers. */
export function hasExactSums(layer: MacLayer): boolean {
  return [layer.weights, layer.activations].every(({ format, zeroPoint }) => {
    const { significandBits, max } = format.facts;
    return zeroPoint === 0 ? significandBits <= 31 : max < powerOfTwo(30);
  });
}

export class ExactSums {
  readonly #pointer: {
    readonly weights: number;
    readonly table: number;
    readonly operands: number;
    readonly bins: number;
  };
  readonly #binCount: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    private readonly readers: Readers,
  ) {
    const { k, weightCodes } = layer;
    const { bits } = layer.activations.format;
    const widest =
      widestOperand(layer.weights.format, layer.weights.zeroPoint) +
      widestOperand(layer.activations.format, layer.activations.zeroPoint);
    // a product touches three bins from its shift on; K < 2^31 adds one more
    this.#binCount = (widest >> 5) + 4;
    this.#pointer = {
      weights: kernels.allocate(weightCodes.length * 8),
      table: bits <= 16 ? kernels.allocate(2 ** bits * 8) : 0,
      operands: bits <= 16 ? 0 : kernels.allocate(k * 8),
      bins: kernels.allocate(this.#binCount * 8),
    };
    const weights = kernels.i32(this.#pointer.weights, weightCodes.length * 2);
    for (const [i, code] of weightCodes.entries()) weights.set(split(readers.weights.operand(code)), i * 2);
    if (bits <= 16) {
      const table = kernels.i32(this.#pointer.table, 2 ** bits * 2);
      for (let code = 0; code < 2 ** bits; code++)
        table.set(split(readers.activations.operand(code)), code * 2);
    }
  }

  /**
   * Σ w · x + b in steps of the layer's lattice, exactly. `codes` points at the activations' codes on the heap, which
   * are also `activations` from `offset` on. Operands finite.
   */
  sum(codes: number, activations: Codes, offset: number, channel: number): bigint {
    const { kernels, layer } = this;
    const { k } = layer;
    const pointer = this.#pointer;
    const weights = pointer.weights + channel * k * 8;
    if (pointer.table !== 0) {
      const bytes = codeBytes(layer.activations.format.bits);
      kernels.call.exactDotCodes!(
        k,
        codes + offset * bytes,
        bytes,
        pointer.table,
        weights,
        pointer.bins,
        this.#binCount,
      );
    } else {
      const operands = kernels.i32(pointer.operands, k * 2);
      for (let p = 0; p < k; p++)
        operands.set(split(this.readers.activations.operand(activations[offset + p]!)), p * 2);
      kernels.call.exactDot!(k, pointer.operands, weights, pointer.bins, this.#binCount);
    }
    const bins = kernels.i64(pointer.bins, this.#binCount);
    let sum = bins[this.#binCount - 1]!;
    for (let b = this.#binCount - 2; b >= 0; b--) sum = (sum << 32n) | bins[b]!;
    return sum + layer.bias[channel]!;
  }
}

/** Bits of the largest |value − zero point| in steps of the lattice. */
function widestOperand(format: MacLayer['weights']['format'], zeroPoint: number): number {
  const { max, min, lsbExponent } = format.facts;
  const largest = Math.max(Math.abs(max - zeroPoint), Math.abs(min - zeroPoint));
  return exponentOf(largest) + 1 - lsbExponent;
}
