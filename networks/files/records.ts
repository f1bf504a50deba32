/**
 * Records of tensors in files: raw little-endian values one record after another, as reference runtimes take and give them, or
 * NumPy's .npy (version 1 to 3; C order) with the records along its first axis.
 */
import { UserError } from '../../errors.js';
import { readBytes } from '../../input/bounded-file.js';

/** Of a file of records. */
const MOST_BYTES = 2 ** 31 - 2;
/** Of the header of a .npy: a shape and a type. */
const MOST_HEADER = 4096;

/** The types of values, as NumPy calls them. */
const NPY_TYPES = { int8: '|i1', uint8: '|u1', int16: '<i2', float32: '<f4' } as const;
export type ValueType = keyof typeof NPY_TYPES;

export const VALUE_BYTES: Readonly<Record<ValueType, number>> = { int8: 1, uint8: 1, int16: 2, float32: 4 };

/** One tensor of a record. */
export interface RecordPart {
  readonly name: string;
  readonly shape: readonly number[];
  readonly size: number;
  readonly type: ValueType;
}

export function recordBytes(parts: readonly RecordPart[]): number {
  return parts.reduce((sum, { size, type }) => sum + size * VALUE_BYTES[type], 0);
}

const isNpy = (file: string): boolean => file.toLowerCase().endsWith('.npy');

/**
 * The bytes of all records of `file`, tensor after tensor within a record. Throws UserError where the file is no whole number
 * of records, none, or a .npy of another type or shape, or of a record of several tensors.
 */
export function readRecords(file: string, parts: readonly RecordPart[]): Uint8Array {
  const bytes = readBytes(file, { most: MOST_BYTES, wanted: 'records of inputs, raw or .npy' });
  const content = isNpy(file) ? npyContent(bytes, file, parts) : bytes;
  const each = recordBytes(parts);
  if (content.length > 0 && content.length % each === 0) return content;
  const wanted = parts.map(({ name, type, shape }) => `${name} ${type} [${shape.join(', ')}]`).join(' and ');
  throw new UserError(
    `${file} has ${content.length} bytes, which is no whole number of records of ${each}: ${wanted}`,
  );
}

function npyContent(bytes: Uint8Array, file: string, parts: readonly RecordPart[]): Uint8Array {
  const [part] = parts;
  if (parts.length !== 1) {
    throw new UserError(
      `${file}: a record has ${parts.length} tensors, which one .npy does not hold; give raw values`,
    );
  }
  const bad = (what: string): UserError => new UserError(`${file} ${what}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = String.fromCharCode(...bytes.subarray(1, 6));
  if (bytes.length < 12 || bytes[0] !== 0x93 || magic !== 'NUMPY') throw bad('is no .npy file');
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw bad(`is a .npy of version ${version}; 1 to 3 are read`);
  const wide = version >= 2;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = (wide ? 12 : 10) + length;
  if (length > MOST_HEADER || start > bytes.length) throw bad('is cut or altered: its header does not end');
  const header = new TextDecoder().decode(bytes.subarray(wide ? 12 : 10, start));
  const type = /'descr'\s*:\s*'([^']{1,8})'/.exec(header)?.[1];
  const shape = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (type !== NPY_TYPES[part!.type]) {
    throw bad(`has values of type ${type ?? '?'}; the input is ${part!.type}, ${NPY_TYPES[part!.type]}`);
  }
  if (!/'fortran_order'\s*:\s*False/.test(header) || shape === undefined) throw bad('is not in C order');
  const extents = shape
    .split(',')
    .filter((text) => text.trim() !== '')
    .map(Number);
  const each = extents.slice(1).reduce((product, extent) => product * extent, 1);
  if (extents.length === 0 || each !== part!.size) {
    throw bad(
      `has shape (${extents.join(', ')}); records of [${part!.shape.join(', ')}] along the first axis are read`,
    );
  }
  const content = bytes.subarray(start);
  if (content.length === each * extents[0]! * VALUE_BYTES[part!.type]) return content;
  throw bad(`is cut or altered: it holds ${content.length} bytes of values`);
}

/** Throws UserError where a file of this name cannot hold records of these: several tensors in a .npy. */
export function requireHolds(file: string, parts: readonly RecordPart[]): void {
  if (!isNpy(file) || parts.length === 1) return;
  throw new UserError(
    `${file}: a record has ${parts.length} outputs, which one .npy does not hold; name a raw file`,
  );
}

/** What a file of this name holds for records. Throws UserError as `requireHolds`. */
export function encodeRecords(file: string, parts: readonly RecordPart[], content: Uint8Array): Uint8Array {
  requireHolds(file, parts);
  if (!isNpy(file)) return content;
  const [part] = parts;
  const count = content.length / recordBytes(parts);
  const shape = [count, ...part!.shape].join(', ');
  const text = `{'descr': '${NPY_TYPES[part!.type]}', 'fortran_order': False, 'shape': (${shape}${part!.shape.length === 0 ? ',' : ''}), }`;
  // blanks up to a multiple of 64 and a line feed, as the format wants it
  const padded = `${text}${' '.repeat(63 - ((10 + text.length) % 64))}\n`;
  const head = new Uint8Array(10 + padded.length);
  head.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, padded.length & 255, padded.length >> 8]);
  head.set(new TextEncoder().encode(padded), 10);
  const all = new Uint8Array(head.length + content.length);
  all.set(head);
  all.set(content, head.length);
  return all;
}
