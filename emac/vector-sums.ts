/**
 * The float32, wrapping and saturating accumulators over whole blocks, in the kernels: the same sums as
 * emac/accumulators.ts, k ascending, as float64 numbers.
 */
import { powerOfTwo } from '../arithmetic/float64.js';
import type { Kernels } from '../kernels/loader.js';
import { biasNumber } from './accumulators.js';
import type { MacBlock } from './certified/block.js';
import { codeBytes } from './certified/code-width.js';
import type { OperandReader } from './lattice.js';
import type { MacLayer } from './layer.js';

type Readers = { readonly weights: OperandReader; readonly activations: OperandReader };

/** Sums of a block, in units of scale_w · scale_x. */
export interface VectorSums {
  /** float64 [rows][stride] on the heap, after `run`. */
  readonly sums: number;
  readonly stride: number;
  /** What one unit of a sum is worth: 1, or a step of the lattice. */
  readonly unit: number;
  /** Returns how many adds overflowed. Operands finite. */
  run(block: MacBlock): number;
}

/** The kernel form of a layer's accumulator; undefined where its operands do not fit one. */
export function vectorSums(
  kernels: Kernels,
  layer: MacLayer,
  readers: Readers,
  maxRows: number,
): VectorSums | undefined {
  const { accumulator } = layer.choices;
  switch (accumulator.kind) {
    case 'float32':
      return float32Sums(kernels, layer, readers, maxRows);
    case 'wrap':
    case 'saturate':
      return integerSums(kernels, layer, readers, maxRows, accumulator);
    default:
      return undefined;
  }
}

/** Values of all codes, NaN and Inf as 0; undefined where `fits` refuses one. */
function tableOf(
  reader: OperandReader,
  bits: number,
  fits: (value: number) => boolean,
): Float64Array | undefined {
  const table = new Float64Array(2 ** bits);
  for (let code = 0; code < table.length; code++) {
    const value = reader.toNumber(code);
    if (!Number.isFinite(value)) continue;
    if (!fits(value)) return undefined;
    table[code] = value;
  }
  return table;
}

/** Values [n][k] in panels of 8 outputs, [n/8][k][8]. */
function panelsOf(layer: MacLayer, table: Float64Array, put: (at: number, value: number) => void): void {
  const { k, outChannels, weightCodes } = layer;
  for (let channel = 0; channel < outChannels; channel++) {
    for (let p = 0; p < k; p++) {
      put((channel >> 3) * k * 8 + p * 8 + (channel & 7), table[weightCodes[channel * k + p]!]!);
    }
  }
}

function float32Sums(
  kernels: Kernels,
  layer: MacLayer,
  readers: Readers,
  maxRows: number,
): VectorSums | undefined {
  const { k, outChannels } = layer;
  const { weights, activations } = layer;
  if (weights.format.bits > 16 || activations.format.bits > 16) return undefined;
  const fits = (value: number) => Math.fround(value) === value;
  const w = tableOf(readers.weights, weights.format.bits, fits);
  const x = tableOf(readers.activations, activations.format.bits, fits);
  if (!w || !x) return undefined;
  const rows = Math.ceil(maxRows / 4) * 4;
  const stride = Math.ceil(outChannels / 8) * 8;
  const bytes = codeBytes(activations.format.bits);
  const pointer = {
    table: kernels.allocate(x.length * 4),
    panels: kernels.allocate(stride * k * 4),
    start: kernels.allocate(stride * 4),
    packed: kernels.allocate(rows * k * 4),
    products: kernels.allocate(rows * stride * 4),
    sums: kernels.allocate(rows * stride * 8),
  };
  kernels.f32(pointer.table, x.length).set(x);
  const panels = kernels.f32(pointer.panels, stride * k);
  panelsOf(layer, w, (at, value) => {
    panels[at] = value;
  });
  const start = kernels.f32(pointer.start, stride);
  for (let channel = 0; channel < outChannels; channel++) start[channel] = biasNumber(layer, channel);
  return {
    sums: pointer.sums,
    stride,
    unit: 1,
    run(block) {
      const padded = Math.ceil(block.rows / 4) * 4;
      kernels.call.packTableFloat32!(padded, k, block.codes, bytes, pointer.table, pointer.packed);
      kernels.call.gemmFloat32!(
        padded,
        stride,
        k,
        pointer.packed,
        pointer.panels,
        pointer.start,
        pointer.products,
      );
      kernels.call.promoteFloat32!(padded * stride, pointer.products, pointer.sums);
      return 0;
    },
  };
}

function integerSums(
  kernels: Kernels,
  layer: MacLayer,
  readers: Readers,
  maxRows: number,
  accumulator: { readonly kind: 'wrap' | 'saturate'; readonly bits: number },
): VectorSums | undefined {
  const { k, outChannels } = layer;
  const { weights, activations } = layer;
  // 53 bits: sums are float64 numbers; int32 steps: a product and a sum fit an int64
  if (accumulator.bits > 53 || weights.format.bits > 8 || activations.format.bits > 8) return undefined;
  const steps = (reader: OperandReader) => powerOfTwo(-reader.lsb);
  const fits = (reader: OperandReader) => (value: number) => Math.abs(value) * steps(reader) < powerOfTwo(30);
  const w = tableOf(readers.weights, weights.format.bits, fits(readers.weights));
  const x = tableOf(readers.activations, activations.format.bits, fits(readers.activations));
  if (!w || !x) return undefined;
  const stride = Math.ceil(outChannels / 8) * 8;
  const pointer = {
    table: kernels.allocate(256 * 4),
    panels: kernels.allocate(stride * k * 4),
    start: kernels.allocate(stride * 8),
    sums: kernels.allocate(maxRows * stride * 8),
  };
  kernels.i32(pointer.table, x.length).set(x.map((value) => value * steps(readers.activations)));
  const panels = kernels.i32(pointer.panels, stride * k);
  panelsOf(layer, w, (at, value) => {
    panels[at] = value * steps(readers.weights);
  });
  const top = 1n << BigInt(accumulator.bits - 1);
  const held = (b: bigint) => {
    if (accumulator.kind === 'wrap') return BigInt.asIntN(accumulator.bits, b);
    return b >= top ? top - 1n : b < -top ? -top : b;
  };
  const start = kernels.f64(pointer.start, stride);
  layer.bias.forEach((b, channel) => {
    start[channel] = Number(held(b));
  });
  const biasOverflows = layer.bias.filter((b) => held(b) !== b).length;
  const kernel = accumulator.kind === 'wrap' ? kernels.call.wrapSteps! : kernels.call.saturateSteps!;
  return {
    sums: pointer.sums,
    stride,
    unit: powerOfTwo(layer.latticeExponent),
    run(block) {
      const overflows = kernel(
        ...([block.rows, outChannels, k, block.codes, pointer.table, pointer.panels] as const),
        ...([pointer.start, accumulator.bits, pointer.sums] as const),
      );
      return overflows + biasOverflows * block.rows;
    },
  };
}
