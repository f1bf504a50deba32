/** Encoding and decoding arrays by the kernels, in chunks through one small heap of this module's own. */
import { createKernels, type Kernels } from '../../kernels/loader.js';
import type { CodeArray } from '../code-array.js';
import type { ByteTable } from './byte-table.js';
import type { Codec } from './codec.js';
import { codecRecord } from './codec-record.js';

/** Values at a time: buffers that stay in the second-level cache. */
const CHUNK = 16_384;
/** A byte table has at most two entries for each 2^15 of a float32's 2^31 magnitudes, and two zeros. */
const TABLE_BYTES = (2 * 65_536 + 4) * 4;

type Values = Float32Array | Float64Array;

interface BulkHeap {
  readonly kernels: Kernels;
  readonly values: number;
  readonly codes: number;
  readonly randomWords: number;
  readonly undecided: number;
  readonly table: number;
}

let heap: BulkHeap | undefined;

function bulkHeap(): BulkHeap {
  if (!heap) {
    const kernels = createKernels();
    heap = {
      kernels,
      values: kernels.allocate(CHUNK * 8),
      codes: kernels.allocate(CHUNK * 4),
      randomWords: kernels.allocate(CHUNK * 4),
      undecided: kernels.allocate((CHUNK + 1) * 4),
      table: kernels.allocate(TABLE_BYTES),
    };
  }
  return heap;
}

function codesAt(kernels: Kernels, pointer: number, bytes: number, length: number): CodeArray {
  if (bytes === 1) return kernels.u8(pointer, length);
  return bytes === 2 ? kernels.u16(pointer, length) : kernels.u32(pointer, length);
}

function valuesAt(kernels: Kernels, pointer: number, like: Values, length: number): Values {
  return like instanceof Float64Array ? kernels.f64(pointer, length) : kernels.f32(pointer, length);
}

function eachChunk(length: number, run: (from: number, count: number) => void): void {
  for (let from = 0; from < length; from += CHUNK) run(from, Math.min(CHUNK, length - from));
}

/** Encodes by a codec; `exactly` is asked for every value the codec leaves undecided, NaN and ±∞ among them. */
export function encodeByCodec(
  values: Values,
  codec: Codec,
  out: CodeArray,
  randomWords: ((element: number) => number) | undefined,
  exactly: (element: number) => number,
): void {
  const { kernels, ...at } = bulkHeap();
  const record = codecRecord(codec);
  kernels.i64(at.table, record.length).set(record);
  const wide = values instanceof Float64Array ? 1 : 0;
  const bytes = out.BYTES_PER_ELEMENT;
  eachChunk(values.length, (from, count) => {
    valuesAt(kernels, at.values, values, count).set(values.subarray(from, from + count));
    if (randomWords) {
      const words = kernels.u32(at.randomWords, count);
      for (let i = 0; i < count; i++) words[i] = randomWords(from + i);
    }
    const wordsAt = randomWords ? at.randomWords : 0;
    // biome-ignore format: values, how, codes
    const left = kernels.call.encodeComputed(
      count, at.values, wide, at.table, wordsAt, bytes, at.codes, at.undecided,
    );
    out.set(codesAt(kernels, at.codes, bytes, count), from);
    for (const i of kernels.i32(at.undecided, left)) out[from + i] = exactly(from + i);
  });
}

/** Encodes float32 values by a byte table; `exactly` is asked for NaN and ±∞. */
export function encodeByTable(
  values: Float32Array,
  table: ByteTable,
  out: CodeArray,
  exactly: (element: number) => number,
): void {
  const { kernels, ...at } = bulkHeap();
  kernels.u32(at.table, table.entries.length).set(table.entries);
  const { lowest, highest, shift, size } = table;
  eachChunk(values.length, (from, count) => {
    kernels.f32(at.values, count).set(values.subarray(from, from + count));
    // biome-ignore format: values, table, codes
    const largest = kernels.call.encodeBytesFloat32(
      count, at.values, at.table, lowest, highest, shift, size, at.codes,
    );
    out.set(kernels.u8(at.codes, count), from);
    if (largest < NOT_FINITE) return;
    for (let i = from; i < from + count; i++) if (!Number.isFinite(values[i]!)) out[i] = exactly(i);
  });
}

/** A float32's magnitude bits from here on are ±∞ or NaN. */
export const NOT_FINITE = 0x7f800000;

/** Decodes by a record of formats/decoding/decoder.ts. Codes beyond the format's give no meaningful value. */
export function decodeByRecord(codes: CodeArray, record: BigInt64Array, out: Values): void {
  const { kernels, ...at } = bulkHeap();
  kernels.i64(at.table, record.length).set(record);
  const wide = out instanceof Float64Array ? 1 : 0;
  const bytes = codes.BYTES_PER_ELEMENT;
  eachChunk(codes.length, (from, count) => {
    codesAt(kernels, at.codes, bytes, count).set(codes.subarray(from, from + count));
    kernels.call.decodeComputed(count, at.codes, bytes, at.table, wide, at.values);
    out.set(valuesAt(kernels, at.values, out, count), from);
  });
}

/** Decodes by a table with a value for every code of a byte. */
export function decodeByTable(codes: Uint8Array, table: Float64Array, out: Values): void {
  const { kernels, ...at } = bulkHeap();
  valuesAt(kernels, at.table, out, table.length).set(table);
  const { lookUp32, lookUp64 } = kernels.call;
  const wide = out instanceof Float64Array;
  eachChunk(codes.length, (from, count) => {
    kernels.u8(at.codes, count).set(codes.subarray(from, from + count));
    if (wide) lookUp64(count, at.codes, at.table, at.values);
    else lookUp32(count, at.codes, 1, at.table, at.values);
    out.set(valuesAt(kernels, at.values, out, count), from);
  });
}
