/**
 * The accumulators that are not exact over whole blocks, in the kernels: the same sums as emac/accumulators/reference.ts, k
 * ascending, eight outputs side by side.
 */
import type { Kernels } from '../../kernels/loader.js';
import { heapFloat64 } from '../codes/heap-array.js';
import type { MacLayer } from '../layer/layer.js';
import type { VectorSums } from './block-sums.js';
import { integerSums } from './integer-sums.js';
import { OperandRows, placePanels } from './operands.js';
import { perOpSums } from './per-op-sums.js';
import { biasNumber, type Readers } from './reference.js';

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
    rows,
    sums,
    stride,
    unit: 'numbers',
    overflows: undefined,
    latticeUnits: undefined,
    outsideChannels: panels.outside,
    run(count) {
      gemmRowsFloat32(count, stride, k, rows.pointer, k * 4, panels.pointer, start, products, stride * 4);
      promoteFloat32(count * stride, products, sums.pointer);
    },
  };
}
