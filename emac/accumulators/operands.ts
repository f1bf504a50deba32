/**
 * Operands of an accumulator's kernel: numbers or lattice units in place of codes. Codes the kernel cannot hold (NaN, NaR,
 * Inf, values too wide for it) are 0 there; the rows and channels they stand in are left to the general path.
 */
import type { Kernels } from '../../kernels/loader.js';
import { codeBytes, HeapCodes } from '../codes/width.js';
import type { MacLayer } from '../layer/layer.js';

/** What the kernel takes: `bytes` (codes of up to 8 bits), `float32`, `float64`, `int32` or `int64`. */
export type OperandKind = 'bytes' | 'float32' | 'float64' | 'int32' | 'int64';
type Values = Uint8Array | Float32Array | Float64Array | Int32Array | BigInt64Array;

/** The operand of a code; undefined where the kernel cannot hold it. */
export type OperandOf = (code: number) => number | bigint | undefined;

const BYTES = { bytes: 1, float32: 4, float64: 8, int32: 4, int64: 8 } as const;

/** A typed array of operands on the heap. */
export function operandView(kernels: Kernels, kind: OperandKind, pointer: number, length: number): Values {
  switch (kind) {
    case 'bytes':
      return kernels.u8(pointer, length);
    case 'float32':
      return kernels.f32(pointer, length);
    case 'float64':
      return kernels.f64(pointer, length);
    case 'int32':
      return kernels.i32(pointer, length);
    case 'int64':
      return kernels.i64(pointer, length);
    default:
      return kind satisfies never;
  }
}

/** Weights in panels of 8 outputs, [n/8][k][8], padded with zeros. */
export interface OperandPanels {
  readonly pointer: number;
  /** n rounded up to a multiple of 8. */
  readonly stride: number;
  /** Channels with a weight the kernel cannot hold; they are all zeros. */
  readonly outside: readonly number[];
}

export function placePanels(
  kernels: Kernels,
  kind: OperandKind,
  layer: MacLayer,
  operand: OperandOf,
): OperandPanels {
  const { k, outChannels, weightCodes } = layer;
  const stride = Math.ceil(outChannels / 8) * 8;
  const pointer = kernels.allocate(stride * k * BYTES[kind]);
  const panels = operandView(kernels, kind, pointer, stride * k);
  const outside: number[] = [];
  for (let channel = 0; channel < outChannels; channel++) {
    const operands = Array.from({ length: k }, (_, p) => operand(weightCodes[channel * k + p]!));
    if (operands.includes(undefined)) {
      outside.push(channel);
      continue;
    }
    operands.forEach((value, p) => {
      panels[(channel >> 3) * k * 8 + p * 8 + (channel & 7)] = value!;
    });
  }
  return { pointer, stride, outside };
}

/**
 * Rows of activations as operands, [rows][k] on the heap. Operands of 4 bytes stand where their codes do; of the others
 * zeros are left out, and `offsets` and `counts` say what is there (kernels/assembly/look-up.ts).
 */
export class OperandRows {
  readonly pointer: number;
  readonly offsets: number;
  readonly counts: number;
  /** Rows of the last block that hold a code the kernel cannot, the first `outsideCount` entries. */
  readonly outside: Int32Array;
  readonly #outsidePointer: number;
  readonly #table: number = 0;
  readonly #keep: number = 0;
  readonly #marks: number = 0;
  readonly #values: Values;
  readonly #codes: HeapCodes;
  readonly #bytes: 1 | 2 | 4;

  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    maxRows: number,
    private readonly kind: OperandKind,
    private readonly operand: OperandOf,
  ) {
    const { format, zeroPoint } = layer.activations;
    const { bits } = format;
    this.#bytes = codeBytes(bits);
    this.#codes = new HeapCodes(kernels, bits);
    this.pointer = kernels.allocate(maxRows * layer.k * BYTES[kind]);
    this.#values = operandView(kernels, kind, this.pointer, maxRows * layer.k);
    this.#outsidePointer = kernels.allocate((maxRows + 1) * 4);
    this.outside = kernels.i32(this.#outsidePointer, maxRows + 1);
    this.offsets = kernels.allocate(maxRows * layer.k * 4);
    this.counts = kernels.allocate(maxRows * 4);
    if (bits > 16) {
      const { k } = layer;
      kernels.i32(this.counts, maxRows).fill(k);
      kernels.i32(this.offsets, maxRows * k).forEach((_, at, offsets) => {
        offsets[at] = (at % k) * BYTES[kind] * 8;
      });
      return;
    }
    const count = 2 ** bits;
    this.#table = kernels.allocate(count * BYTES[kind]);
    const table = operandView(kernels, kind, this.#table, count);
    this.#keep = kernels.allocate(count);
    const keep = kernels.u8(this.#keep, count);
    const marks = new Uint8Array(count);
    for (let code = 0; code < count; code++) {
      const value = operand(code);
      if (value === undefined) marks[code] = 1;
      else table[code] = value;
      if (value !== undefined && format.toNumber(code) !== zeroPoint) keep[code] = 1;
    }
    if (!marks.includes(1)) return;
    this.#marks = kernels.allocate(count);
    kernels.u8(this.#marks, count).set(marks);
  }

  /** Lays out a block of codes; returns how many of its rows are `outside`. */
  lay(codes: number, rows: number): number {
    const { call } = this.kernels;
    const { k } = this.layer;
    if (this.#bytes === 4) return this.#layWide(codes, rows);
    const bytes = this.#bytes;
    const size = BYTES[this.kind];
    if (size === 4) call.lookUp32(rows * k, codes, bytes, this.#table, this.pointer);
    else {
      const { pointer, offsets, counts } = this;
      call.lookUpNonZero(rows, k, codes, bytes, this.#keep, this.#table, size, pointer, offsets, counts);
    }
    if (this.#marks === 0) return 0;
    return call.rowsMarked(rows, k, codes, bytes, this.#marks, this.#outsidePointer);
  }

  /** Without a table: code by code, zeros kept. */
  #layWide(pointer: number, rows: number): number {
    const { k } = this.layer;
    const { codes } = this.#codes;
    const first = pointer / 4;
    let count = 0;
    for (let row = 0; row < rows; row++) {
      let held = true;
      for (let p = 0; p < k; p++) {
        const value = this.operand(codes[first + row * k + p]!);
        held &&= value !== undefined;
        this.#values[row * k + p] = value ?? (this.kind === 'int64' ? 0n : 0);
      }
      if (!held) this.outside[count++] = row;
    }
    return count;
  }
}
