/**
 * The accumulators that are not exact over whole blocks, in the kernels: the same sums as emac/accumulators.ts, k
 * ascending, eight outputs side by side.
 */
import type { Kernels } from '../kernels/loader.js';
import { biasNumber, type Readers } from './accumulators.js';
import { type HeapArray, heapFloat64 } from './certified/heap-array.js';
import { integerSums } from './integer-sums.js';
import type { MacLayer } from './layer.js';
import { perOpSums } from './per-op-sums.js';
import { OperandRows, placePanels } from './policy-operands.js';

/** Sums of a block, in units of scale_w · scale_x. */
export interface VectorSums {
  readonly rows: OperandRows;
  /** Channels whose weights the kernel cannot hold. */
  readonly outsideChannels: readonly number[];
  /** [rows][stride], after `run`. */
  readonly sums: HeapArray<Float64Array>;
  readonly stride: number;
  /** The sums are whole steps of the lattice, or numbers. */
  readonly unit: 'steps' | 'numbers';
  /** Adds that overflowed, float64 [rows], after `run`; undefined for accumulators that do not count any. */
  readonly overflows: Float64Array | undefined;
  /** The sums in steps where a float64 cannot hold them all: then `sums` are the nearest. */
  readonly steps: BigInt64Array | undefined;
  /** Sums the operands of `rows`. */
  run(count: number): void;
}

/** The kernel form of a layer's accumulator; undefined where it has none. */
export function vectorSums(
  kernels: Kernels,
  layer: MacLayer,
  readers: Readers,
  maxRows: number,
): VectorSums | undefined {
  const { accumulator } = layer.choices;
  switch (accumulator.kind) {
    case 'exact':
      return undefined;
    case 'float32':
      return float32Sums(kernels, layer, readers, maxRows);
    case 'per-op':
      return perOpSums(kernels, layer, readers, maxRows);
    case 'wrap':
    case 'saturate':
      return integerSums(kernels, layer, readers, maxRows, accumulator);
    default:
      return accumulator satisfies never;
  }
}

/** Operands that a float32 holds: their products are then rounded once, as the definition says. */
function float32Sums(kernels: Kernels, layer: MacLayer, readers: Readers, maxRows: number): VectorSums {
  const { k, outChannels } = layer;
  const exactly = (value: number) =>
    Number.isFinite(value) && Math.fround(value) === value ? value : undefined;
  const rows = new OperandRows(kernels, layer, maxRows, 'float32', (code) =>
    exactly(readers.activations.toNumber(code)),
  );
  const panels = placePanels(kernels, 'float32', layer, (code) => exactly(readers.weights.toNumber(code)));
  const { stride } = panels;
  const start = kernels.allocate(stride * 4);
  const products = kernels.allocate(maxRows * stride * 4);
  const sums = heapFloat64(kernels, maxRows * stride);
  const first = kernels.f32(start, stride);
  for (let channel = 0; channel < outChannels; channel++) first[channel] = biasNumber(layer, channel);
  const { gemmRowsFloat32, promoteFloat32 } = kernels.call;
  return {
    ...{ rows, sums, stride, unit: 'numbers', overflows: undefined, steps: undefined },
    outsideChannels: panels.outside,
    run(count) {
      gemmRowsFloat32(count, stride, k, rows.pointer, k * 4, panels.pointer, start, products, stride * 4);
      promoteFloat32(count * stride, products, sums.pointer);
    },
  };
}
