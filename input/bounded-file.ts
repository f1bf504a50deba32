/**
 * The one way this project opens a file to read it. A device or a FIFO has no end and may never answer, a directory
 * has no content: only regular files are read, and never more of one than its reader has use for.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { USED_UP, UserError } from '../errors.js';

/** What may be read. */
export interface Bounds {
  /** Most bytes; a file with more is refused unread. */
  readonly most: number;
  /** What belongs there, for messages: `a sweep spec (YAML or JSON)`. */
  readonly wanted: string;
}

/** True when the path names a regular file, or a link to one. */
export function isFile(path: string): boolean {
  return factsOf(path)?.isFile() ?? false;
}

/** True when the path names a directory, or a link to one. */
export function isDirectory(path: string): boolean {
  return factsOf(path)?.isDirectory() ?? false;
}

/** Undefined where nothing is, also for names the system cannot even look up (too long, below a file, with NUL). */
function factsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The content of a file. Throws UserError, one line, for what is absent, unreadable, no regular file or too large. */
export function readBytes(path: string, { most, wanted }: Bounds): Uint8Array {
  return withFile(path, wanted, (file, size) => {
    if (size > most) throw tooLarge(path, `${size} bytes`, { most, wanted });
    // one more than the system says, so that a file that grows meanwhile, or states no size (/proc), is noticed
    let bytes = new Uint8Array(size + 1);
    let length = 0;
    for (;;) {
      const read = readSync(file, bytes, length, bytes.length - length, null);
      length += read;
      if (read === 0) return bytes.subarray(0, length);
      if (length > most) throw tooLarge(path, 'more', { most, wanted });
      if (length === bytes.length) {
        const longer = new Uint8Array(Math.min(2 * length + 4096, most + 1));
        longer.set(bytes);
        bytes = longer;
      }
    }
  });
}

/** The first `length` bytes of a file, fewer where it is shorter, and its size. Throws as `readBytes` does. */
export function readHead(
  path: string,
  length: number,
  wanted: string,
): { readonly head: Uint8Array; readonly size: number } {
  return withFile(path, wanted, (file, size) => {
    const head = new Uint8Array(length);
    return { head: head.subarray(0, readSync(file, head, 0, length, 0)), size };
  });
}

/** Throws as `readBytes` does, without reading: for files that something else will load. */
export function requireFile(path: string, { most, wanted }: Bounds): void {
  withFile(path, wanted, (_, size) => {
    if (size > most) throw tooLarge(path, `${size} bytes`, { most, wanted });
  });
}

/** Opens without waiting for a writer (a FIFO) or a terminal, and looks at what was opened, not at its name. */
function withFile<Result>(path: string, wanted: string, use: (file: number, size: number) => Result): Result {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;
  let file: number | undefined;
  try {
    file = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    const facts = fstatSync(file);
    if (!facts.isFile()) throw new UserError(`${path} is ${kindOf(facts)}, not a file; give ${wanted}`);
    return use(file, facts.size);
  } catch (error) {
    throw error instanceof UserError ? error : cannotRead(path, error, wanted);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function kindOf(facts: Stats): string {
  if (facts.isDirectory()) return 'a directory';
  if (facts.isFIFO()) return 'a pipe (FIFO)';
  if (facts.isSocket()) return 'a socket';
  return 'a device';
}

/** What the system's codes mean to a person who wanted a file read. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is a file',
  EACCES: 'cannot be read: there is no right to',
  EPERM: 'cannot be read: there is no right to',
  EISDIR: 'is a directory, not a file',
  ENXIO: 'is a socket or a device, not a file',
  ELOOP: 'cannot be read: its links lead back to themselves',
  ENAMETOOLONG: 'does not exist: no name is that long',
  EMFILE: `cannot be read: ${USED_UP.EMFILE}`,
  ENFILE: `cannot be read: ${USED_UP.ENFILE}`,
  ENOMEM: `cannot be read: ${USED_UP.ENOMEM}`,
  ERR_INVALID_ARG_VALUE: 'does not exist: no name has a NUL in it',
};

/** The one line for a file that the system would not let us read. */
function cannotRead(path: string, error: unknown, wanted: string): UserError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new UserError(
    `${path} ${REASONS[code ?? ''] ?? `cannot be read (${code ?? message})`}; give ${wanted}`,
  );
}

function tooLarge(path: string, has: string, { most, wanted }: Bounds): UserError {
  return new UserError(`${path} has ${has}; at most ${most} bytes are read: give ${wanted}`);
}
