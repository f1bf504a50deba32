/** The per-op accumulator over whole blocks: by tables of codes up to 8 bits, else by float64 additions. */
import type { Kernels } from '../../kernels/loader.js';
import { heapFloat64 } from '../codes/heap-array.js';
import type { MacLayer } from '../layer/layer.js';
import { type BinadeRounding, binadeRounding } from './binades.js';
import type { VectorSums } from './block-sums.js';
import { OperandRows, placePanels } from './operands.js';
import { perOpRounding, perOpTables } from './per-op-tables.js';
import { biasNumber, type Readers } from './reference.js';

/** Undefined for formats that float64 additions cannot round to. */
export function perOpSums(
  kernels: Kernels,
  layer: MacLayer,
  readers: Readers,
  maxRows: number,
): VectorSums | undefined {
  const { format, rounding } = layer.activations;
  if (format.bits <= 8) return tableSums(kernels, layer, maxRows);
  const binades = binadeRounding(format, rounding.underflow);
  return binades && binadeSums(kernels, layer, readers, maxRows, binades);
}

/** Codes through tables of all pairs; formats of up to 8 bits. */
export function tableSums(kernels: Kernels, layer: MacLayer, maxRows: number): VectorSums {
  const { k, outChannels } = layer;
  const { format, rounding } = layer.activations;
  const count = 2 ** format.bits;
  const code = (c: number) => (Number.isFinite(format.toNumber(c)) ? c : undefined);
  const rows = new OperandRows(kernels, layer, maxRows, 'bytes', code);
  const panels = placePanels(kernels, 'bytes', layer, code);
  const { stride } = panels;
  const at = {
    start: kernels.allocate(stride),
    product: kernels.allocate(65_536),
    sum: kernels.allocate(65_536),
    values: kernels.allocate(256 * 8),
    sums: heapFloat64(kernels, maxRows * stride),
  };
  const tables = perOpTables(format, rounding.underflow);
  kernels.u8(at.product, tables.product.length).set(tables.product);
  kernels.u8(at.sum, tables.sum.length).set(tables.sum);
  kernels.f64(at.values, count).set(Float64Array.from({ length: count }, (_, c) => format.toNumber(c)));
  const start = kernels.u8(at.start, stride);
  for (let channel = 0; channel < outChannels; channel++) {
    start[channel] = format.encode(biasNumber(layer, channel), perOpRounding(rounding.underflow));
  }
  const { perOpBytes } = kernels.call;
  const { product, sum, values, sums } = at;
  return {
    rows,
    sums,
    stride,
    unit: 'numbers',
    overflows: undefined,
    latticeUnits: undefined,
    outsideChannels: panels.outside,
    run: (m) =>
      perOpBytes(
        m,
        stride,
        k,
        rows.pointer,
        rows.offsets,
        rows.counts,
        panels.pointer,
        at.start,
        product,
        sum,
        values,
        sums.pointer,
      ),
  };
}

export function binadeSums(
  kernels: Kernels,
  layer: MacLayer,
  readers: Readers,
  maxRows: number,
  binades: BinadeRounding,
): VectorSums {
  const { k, outChannels } = layer;
  const { format, rounding } = layer.activations;
  const finite = (value: number) => (Number.isFinite(value) ? value : undefined);
  const rows = new OperandRows(kernels, layer, maxRows, 'float64', (code) =>
    finite(readers.activations.toNumber(code)),
  );
  const panels = placePanels(kernels, 'float64', layer, (code) => finite(readers.weights.toNumber(code)));
  const { stride } = panels;
  const start = kernels.allocate(stride * 8);
  const sums = heapFloat64(kernels, maxRows * stride);
  const first = kernels.f64(start, stride);
  for (let channel = 0; channel < outChannels; channel++) {
    first[channel] = format.toNumber(
      format.encode(biasNumber(layer, channel), perOpRounding(rounding.underflow)),
    );
  }
  return {
    rows,
    sums,
    stride,
    unit: 'numbers',
    overflows: undefined,
    latticeUnits: undefined,
    outsideChannels: panels.outside,
    run: runOf(kernels, binades, {
      rows,
      panels: panels.pointer,
      start,
      sums: sums.pointer,
      stride,
      k,
    }),
  };
}

interface Places {
  readonly rows: OperandRows;
  readonly panels: number;
  readonly start: number;
  readonly sums: number;
  readonly stride: number;
  readonly k: number;
}

function runOf(kernels: Kernels, binades: BinadeRounding, at: Places): (count: number) => void {
  const { panels, start, sums, stride, k } = at;
  const { pointer, offsets, counts } = at.rows;
  switch (binades.kind) {
    case 'uniform': {
      const { floor, magic, low, high } = binades;
      const { perOpUniform } = kernels.call;
      return (count) =>
        perOpUniform(
          count,
          stride,
          k,
          pointer,
          offsets,
          counts,
          panels,
          start,
          floor,
          magic,
          low,
          high,
          sums,
        );
    }
    case 'tapered': {
      const table = kernels.allocate(binades.table.byteLength);
      kernels.f64(table, binades.table.length).set(binades.table);
      const { perOpTapered } = kernels.call;
      return (count) => perOpTapered(count, stride, k, pointer, offsets, counts, panels, start, table, sums);
    }
    default:
      return binades satisfies never;
  }
}
