/**
 * The safetensors container: 8 bytes little-endian length of the header, the header as JSON (name → dtype, shape,
 * data_offsets; `__metadata__` of strings), then the tensors' little-endian bytes without holes.
 */
import { z } from 'zod';
import { fromBfloat16, fromFloat16 } from '../../arithmetic/half-floats.js';
import { UserError } from '../../errors.js';
import { readBytes } from '../../input/bounded-file.js';
import { parseJson } from '../../input/structured.js';
import { writeAtomically } from '../../platform/atomic-file.js';
import { firstIssue } from '../first-issue.js';
import { mostParameters } from '../shapes.js';
import type { StoredTensor, TensorData } from '../tensor.js';

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** How elements are stored. Those of 16 bits that are floats are read as float32, which has them all. */
const TYPES = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U8: Uint8Array,
  U16: Uint16Array,
  U32: Uint32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
} as const;
type Dtype = keyof typeof TYPES;

/** Of a header, and tensors in it: a thousand nodes have a few parameters each, and a checkpoint three of each. */
const MOST_HEADER = 2 ** 22;
const MOST_TENSORS = 20_000;
/** Values in the JSON of a header: a tensor has its name, dtype, shape and offsets. */
const MOST_VALUES = 20 * MOST_TENSORS;
/** A checkpoint has three float32 for each parameter, a file of float64 has two: four words are room for either. */
const BYTES_PER_PARAMETER = 16;

const entrySchema = z.object({
  dtype: z.enum(Object.keys(TYPES) as Dtype[]),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const metadataSchema = z.record(z.string(), z.string());

/** The container's bytes; tensors in order of their names, so equal contents give equal bytes. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = [...tensors.keys()].sort();
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors.get(name)!;
    const dtype = (Object.keys(TYPES) as Dtype[]).find((key) => data instanceof TYPES[key])!;
    entries.push([name, { dtype, shape, data_offsets: [offset, offset + data.byteLength] }]);
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  // spaces behind the header keep the tensors aligned to 8 bytes, as the format recommends
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + offset).fill(0x20, 8, 8 + headerBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(text, 8);
  let at = 8 + headerBytes;
  for (const name of names) {
    const { data } = tensors.get(name)!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a container; `path` is for messages. Throws UserError where it is truncated, its header is not JSON of
 * the right form, or offsets overlap, leave holes or do not fit shape and type. Whatever the bytes, it takes no
 * more memory than a few times their number.
 */
export function decodeSafetensors(bytes: Uint8Array, path: string): TensorFile {
  const fail = (what: string) =>
    new UserError(`${path} is not a sound safetensors file: ${what}; make or copy it anew`);
  if (bytes.length < 8) throw fail(`it has ${bytes.length} bytes, a header needs 8`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > MOST_HEADER || headerBytes > bytes.length - 8) {
    throw fail(`its header is said to have ${headerBytes} bytes, of ${bytes.length} in all`);
  }
  let header: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerBytes));
    header = parseJson(text, 'its header', { values: MOST_VALUES });
  } catch (error) {
    throw fail(error instanceof UserError ? error.message.replace(/;.*$/, '') : 'its header is not UTF-8');
  }
  if (header === null || typeof header !== 'object' || Array.isArray(header)) {
    throw fail('its header is not an object');
  }
  const named = Object.entries(header);
  if (named.length > MOST_TENSORS) throw fail(`it has ${named.length} tensors, more than ${MOST_TENSORS}`);
  // a Buffer's slice would share its memory instead of copying
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const body = bytes.length - 8 - headerBytes;
  const tensors = new Map<string, StoredTensor>();
  let metadata = new Map<string, string>();
  const ranges: [number, number][] = [];
  // counted as they come, so that overlapping tensors cannot ask for more memory than the file has bytes
  let total = 0;
  for (const [name, value] of named) {
    if (name === '__metadata__') {
      const parsed = metadataSchema.safeParse(value);
      if (!parsed.success) throw fail('its metadata are not strings');
      metadata = new Map(Object.entries(parsed.data));
      continue;
    }
    const short = JSON.stringify(name.slice(0, 60));
    refuseDtype(value, short, path);
    const parsed = entrySchema.safeParse(value);
    if (!parsed.success) throw fail(`tensor ${short}: ${firstIssue(parsed.error)}`);
    const { dtype, shape, data_offsets } = parsed.data;
    const [from, to] = data_offsets;
    const elements = shape.reduce((product, extent) => product * extent, 1);
    const type = TYPES[dtype];
    if (from > to || to > body || to - from !== elements * type.BYTES_PER_ELEMENT) {
      throw fail(
        `tensor ${short}: bytes ${from} to ${to} of ${body} do not hold ${dtype} [${shape.join(', ')}]`,
      );
    }
    ranges.push([from, to]);
    total += to - from;
    if (total > body) throw fail('its tensors overlap');
    const start = 8 + headerBytes + from;
    const stored = new type(plain.slice(start, start + to - from).buffer);
    tensors.set(name, { shape, data: asRead(dtype, stored) });
  }
  ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let end = 0;
  for (const [from, to] of ranges) {
    if (from !== end) throw fail(`its tensors overlap or leave a hole at byte ${Math.min(from, end)}`);
    end = to;
  }
  if (end !== body) throw fail(`${body - end} bytes at its end belong to no tensor`);
  return { tensors, metadata };
}

/** A file with other types than ours may be sound: it must not be called damaged. */
function refuseDtype(entry: unknown, tensor: string, path: string): void {
  const dtype = (entry as { dtype?: unknown } | null)?.dtype;
  if (typeof dtype !== 'string' || Object.hasOwn(TYPES, dtype) || !/^[A-Z]\w{1,15}$/.test(dtype)) return;
  throw new UserError(
    `${path}: tensor ${tensor} is of type ${dtype}; ${Object.keys(TYPES).join(', ')} are read: save it as one of them`,
  );
}

function asRead(dtype: Dtype, stored: TensorData): TensorData {
  if (dtype === 'F16') return fromFloat16(stored as Uint16Array);
  if (dtype === 'BF16') return fromBfloat16(stored as Uint16Array);
  return stored;
}

/**
 * The bytes of a file of tensors, not larger than a network of as many parameters as are allowed can need. Throws
 * UserError as `readBytes` does.
 */
export function readSafetensorsBytes(path: string): Uint8Array {
  const most = BYTES_PER_PARAMETER * mostParameters() + MOST_HEADER;
  return readBytes(path, { most, wanted: 'a .safetensors file' });
}

export async function readSafetensors(path: string): Promise<TensorFile> {
  return decodeSafetensors(readSafetensorsBytes(path), path);
}

export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  writeAtomically(path, encodeSafetensors(tensors, metadata));
}
