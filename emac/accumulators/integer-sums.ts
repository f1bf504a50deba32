/** The wrapping and saturating accumulators over whole blocks, in the narrowest integers that hold their sums. */
import { WIDEST_SUM_BITS } from '../../kernels/layouts.js';
import type { Kernels } from '../../kernels/loader.js';
import { heapFloat64 } from '../codes/heap-array.js';
import type { OperandReader } from '../layer/lattice.js';
import type { MacLayer } from '../layer/layer.js';
import type { VectorSums } from './block-sums.js';
import { type OperandOf, OperandRows, operandView, placePanels } from './operands.js';
import type { Readers } from './reference.js';

/** Two's complement of so many bits, and what an add beyond them does. */
interface IntegerAccumulator {
  readonly kind: 'wrap' | 'saturate';
  readonly bits: number;
}

const LARGEST_UNITS = 1n << BigInt(WIDEST_SUM_BITS);
const INT32 = 2 ** 31;

/** Undefined where the accumulator has more than 62 bits. Operands beyond 2^62 units are outside. */
export function integerSums(
  kernels: Kernels,
  layer: MacLayer,
  readers: Readers,
  maxRows: number,
  accumulator: IntegerAccumulator,
): VectorSums | undefined {
  if (accumulator.bits > WIDEST_SUM_BITS) return undefined;
  const largest = {
    weights: largestUnits(readers.weights, layer.weightCodes),
    activations: largestUnits(readers.activations, codesOf(layer)),
  };
  const top = 2 ** (accumulator.bits - 1);
  const narrow = largest.weights < INT32 && largest.activations < INT32;
  if (narrow && largest.weights * largest.activations + top < INT32) {
    return sumsOf(kernels, layer, readers, maxRows, accumulator, 'int32');
  }
  return sumsOf(kernels, layer, readers, maxRows, accumulator, narrow ? 'int64' : 'wide');
}

/** Codes among which the activations' largest magnitude is: all of up to 16 bits, beyond that those of both ends. */
function* codesOf(layer: MacLayer): Generator<number> {
  const { format } = layer.activations;
  if (format.bits <= 16) for (let code = 0; code < 2 ** format.bits; code++) yield code;
  else yield* [format.levels.code(0), format.levels.code(format.levels.count - 1)];
}

function largestUnits(reader: OperandReader, codes: Iterable<number>): number {
  let largest = 0;
  for (const code of codes) {
    const operand = reader.operand(code);
    if (typeof operand === 'bigint') largest = Math.max(largest, Math.abs(Number(operand)));
  }
  return largest;
}

/** `int32`: operands and sums; `int64`: operands int32, sums int64; `wide`: both int64. */
type Width = 'int32' | 'int64' | 'wide';

function operandOf(reader: OperandReader, width: Width): OperandOf {
  return (code) => {
    const operand = reader.operand(code);
    if (typeof operand !== 'bigint' || operand > LARGEST_UNITS || operand < -LARGEST_UNITS) return undefined;
    return width === 'wide' ? operand : Number(operand);
  };
}

/** The bias, which is added first, wrapped or saturated to the accumulator's bits. */
function held(b: bigint, accumulator: IntegerAccumulator): bigint {
  const top = 1n << BigInt(accumulator.bits - 1);
  if (accumulator.kind === 'wrap') return BigInt.asIntN(accumulator.bits, b);
  return b >= top ? top - 1n : b < -top ? -top : b;
}

function sumsOf(
  kernels: Kernels,
  layer: MacLayer,
  readers: Readers,
  maxRows: number,
  accumulator: IntegerAccumulator,
  width: Width,
): VectorSums {
  const kind = width === 'wide' ? 'int64' : 'int32';
  const rows = new OperandRows(kernels, layer, maxRows, kind, operandOf(readers.activations, width));
  const panels = placePanels(kernels, kind, layer, operandOf(readers.weights, width));
  const { stride, outside } = panels;
  const startKind = width === 'int32' ? 'int32' : 'int64';
  const start = kernels.allocate(stride * 8);
  const first = operandView(kernels, startKind, start, stride);
  let biasOverflows = 0;
  layer.bias.forEach((b, channel) => {
    if (outside.includes(channel)) return;
    const value = held(b, accumulator);
    first[channel] = startKind === 'int32' ? Number(value) : value;
    if (value !== b) biasOverflows++;
  });
  const sums = heapFloat64(kernels, maxRows * stride);
  // up to 53 bits a float64 holds every sum, and they are converted in place
  const apart = accumulator.bits > 53;
  const latticeUnits = apart ? kernels.allocate(maxRows * stride * 8) : sums.pointer;
  const { pointer: counts, values: overflows } = heapFloat64(kernels, maxRows);
  const add = kernelOf(kernels, layer, maxRows, accumulator, width, rows);
  const { unitsToFloat64 } = kernels.call;
  return {
    rows,
    sums,
    stride,
    unit: 'lattice',
    overflows,
    outsideChannels: outside,
    latticeUnits: apart ? kernels.i64(latticeUnits, maxRows * stride) : undefined,
    run(count) {
      overflows.fill(biasOverflows, 0, count);
      add(count, stride, panels.pointer, start, latticeUnits, counts);
      if (width !== 'int32') unitsToFloat64(count * stride, latticeUnits, sums.pointer);
    },
  };
}

type Add = (
  count: number,
  stride: number,
  panels: number,
  start: number,
  out: number,
  overflows: number,
) => void;

function kernelOf(
  kernels: Kernels,
  layer: MacLayer,
  maxRows: number,
  accumulator: IntegerAccumulator,
  width: Width,
  rows: OperandRows,
): Add {
  const { k } = layer;
  const { call } = kernels;
  const { bits } = accumulator;
  const { pointer, offsets, counts } = rows;
  if (width === 'wide') {
    const limits = kernels.allocate(maxRows * k * 8);
    const kernel = accumulator.kind === 'wrap' ? call.wrapWide : call.saturateWide;
    return (count, stride, panels, start, out, overflows) => {
      call.productLimits(count * k, pointer, limits);
      kernel(count, stride, k, pointer, limits, offsets, counts, panels, start, bits, out, overflows);
    };
  }
  const narrow = accumulator.kind === 'wrap' ? call.wrapInt32 : call.saturateInt32;
  const broad = accumulator.kind === 'wrap' ? call.wrapInt64 : call.saturateInt64;
  const kernel = width === 'int32' ? narrow : broad;
  return (count, stride, panels, start, out, overflows) =>
    kernel(count, stride, k, pointer, panels, start, bits, out, overflows);
}
