/** Files that may be packed by gzip: known by their first bytes, not by their name, and never unpacked without a bound. */
import { constants, gunzipSync } from 'node:zlib';
import { UserError } from '../errors.js';
import { type Bounds, readBytes, readHead } from './bounded-file.js';

/** A gzip file starts with these (RFC 1952); no text, IDX file or CIFAR batch does. */
const MAGIC = [0x1f, 0x8b] as const;
/** A packed file is no larger than its content but for headers and names; ours have few, and no more is read. */
const PACKING = 2 ** 20;
/** deflate cannot do better than 1032 : 1 (zlib's technical notes), so a header that claims more is a lie. */
const LARGEST_RATIO = 1032;

export function isPacked(head: Uint8Array): boolean {
  return head[0] === MAGIC[0] && head[1] === MAGIC[1];
}

/**
 * The content of a file, unpacked where it is gzip, of at most `most` bytes both packed and unpacked. Throws UserError
 * as `readBytes` does, where it unpacks to more, and where the gzip is damaged.
 */
export function readUnpacked(path: string, bounds: Bounds): Uint8Array {
  return unpacked(path, readBytes(path, bounds), bounds);
}

function unpacked(path: string, stored: Uint8Array, { most, wanted }: Bounds): Uint8Array {
  if (!isPacked(stored)) return stored;
  try {
    return gunzipSync(stored, { maxOutputLength: Math.max(1, most), chunkSize: 1 << 20 });
  } catch (error) {
    if (error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new UserError(`${path} unpacks to more than the ${most} bytes that are read; give ${wanted}`);
    }
    throw notGzip(path, error);
  }
}

/**
 * The content of a file whose length its first 16 bytes tell, unpacked where it is gzip. `lengthOf` is given those
 * bytes (fewer where there are fewer) and says how long all must be, in bytes, or throws. Throws UserError when
 * the content is shorter, longer or larger than `most`; never unpacks more than one byte beyond the stated length.
 */
export function readStated(
  path: string,
  lengthOf: (head: Uint8Array) => number,
  { most, wanted }: Bounds,
): Uint8Array {
  const { head, size } = readHead(path, 4096, wanted);
  const packed = isPacked(head);
  const expected = lengthOf(packed ? unpackedHead(path, head) : head.subarray(0, 16));
  if (expected > most) {
    throw new UserError(
      `${path}: its header announces ${expected} bytes; at most ${most} are read. Is it the right file?`,
    );
  }
  const possible = packed ? size * LARGEST_RATIO + 64 : size;
  if (possible < expected) throw wrongLength(path, expected, packed ? 'fewer' : size);
  if (!packed && size !== expected) throw wrongLength(path, expected, size);
  const content = unpacked(path, readBytes(path, { most: expected + PACKING, wanted }), {
    most: expected,
    wanted,
  });
  if (content.length !== expected) throw wrongLength(path, expected, content.length);
  return content;
}

/** The first 16 bytes of a gzip file's content, whatever stands behind. */
function unpackedHead(path: string, stored: Uint8Array): Uint8Array {
  try {
    return gunzipSync(stored, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, 16);
  } catch (error) {
    throw notGzip(path, error);
  }
}

function notGzip(path: string, error: unknown): UserError {
  const reason = error instanceof Error ? error.message : String(error);
  return new UserError(`${path}: not a whole gzip file (${reason}); fetch it again`);
}

function wrongLength(path: string, expected: number, found: number | 'fewer'): UserError {
  const what = found === 'fewer' || found < expected ? 'truncated' : 'too long';
  return new UserError(`${path}: ${what}: ${found} bytes where ${expected} belong; fetch it again`);
}
