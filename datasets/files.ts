/** Finding a dataset's files in a folder and reading them, raw or gzip, with a bound on what they may unpack to. */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { UserError } from '../errors.js';

/** No content larger than this is read: five times the largest dataset here, far less than memory. */
export const LARGEST_CONTENT = 2 ** 30;

/** deflate cannot do better than 1032 : 1 (zlib's technical notes), so a header that claims more is a lie. */
const LARGEST_RATIO = 1032;

/** True when the path names a readable regular file. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** True when the path names a directory. */
export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * The first of `names`, raw before `.gz`, in the first of `folders` below `directory` ('' is the directory
 * itself); undefined where there is none.
 */
export function findFile(
  directory: string,
  folders: readonly string[],
  names: readonly string[],
): string | undefined {
  for (const folder of folders) {
    for (const name of names) {
      for (const ending of ['', '.gz']) {
        const path = join(directory, folder, name + ending);
        if (isFile(path)) return path;
      }
    }
  }
  return undefined;
}

/**
 * The content of a file, unpacked where its name ends in `.gz`. `lengthOf` is given the first 16 bytes (fewer
 * where the file is shorter) and says how long the content must be, in bytes, or throws a UserError.
 * Throws UserError when the file is shorter or longer than that, or is not gzip; never unpacks more than one
 * byte beyond the stated length.
 */
export function readExact(path: string, lengthOf: (head: Uint8Array) => number): Uint8Array {
  const stored = statSync(path).size;
  const packed = path.endsWith('.gz');
  const head = packed ? unpackHead(path) : firstBytes(path, 16);
  const expected = lengthOf(head);
  if (expected > LARGEST_CONTENT) {
    throw new UserError(
      `${path}: its header announces ${expected} bytes; at most ${LARGEST_CONTENT} are read. Is it the right file?`,
    );
  }
  if (!packed) {
    if (stored !== expected) throw wrongLength(path, expected, stored);
    return readWhole(path);
  }
  if (expected > stored * LARGEST_RATIO + 64) throw wrongLength(path, expected, 'fewer');
  const content = unpack(path, expected);
  if (content.length !== expected) throw wrongLength(path, expected, content.length);
  return content;
}

/**
 * The content of a file of any length up to `limit` bytes, unpacked where its name ends in `.gz`. Throws
 * UserError beyond the limit and when the file is not gzip.
 */
export function readBounded(path: string, limit: number): Uint8Array {
  if (path.endsWith('.gz')) return unpack(path, limit);
  const { size } = statSync(path);
  if (size > limit) throw new UserError(`${path}: ${size} bytes; at most ${limit} are read`);
  return readWhole(path);
}

function firstBytes(path: string, length: number): Uint8Array {
  return explained(path, () => {
    const bytes = new Uint8Array(length);
    const file = openSync(path, 'r');
    try {
      return bytes.subarray(0, readSync(file, bytes, 0, length, 0));
    } finally {
      closeSync(file);
    }
  });
}

function readWhole(path: string): Uint8Array {
  return explained(path, () => readFileSync(path));
}

/** What the system refuses (no permission, a broken disk) as one line. */
function explained<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${path}: cannot be read (${reason})`);
  }
}

/** The first 16 bytes of a gzip file's content, from its first 4 KiB, whatever stands behind. */
function unpackHead(path: string): Uint8Array {
  const stored = firstBytes(path, 4096);
  try {
    const start = gunzipSync(stored, { finishFlush: constants.Z_SYNC_FLUSH });
    return start.subarray(0, 16);
  } catch (error) {
    throw notGzip(path, error);
  }
}

function unpack(path: string, limit: number): Uint8Array {
  const stored = readWhole(path);
  try {
    return gunzipSync(stored, { maxOutputLength: Math.max(1, limit), chunkSize: 1 << 20 });
  } catch (error) {
    if (error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new UserError(`${path}: unpacks to more than the ${limit} bytes it may hold; fetch it again`);
    }
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
