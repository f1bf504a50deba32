/** What a name to write to stands for: a file, or something that bytes flow into. */
import { closeSync, constants, lstatSync, openSync, readlinkSync, statSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { cannotWrite, UserError } from '../errors.js';

export type Destination =
  /** A regular file or a name that is free, all symbolic links followed. */
  | { readonly kind: 'file'; readonly path: string }
  /** A device, pipe, FIFO, or an open file of a process (`/dev/stdout`): there is nothing to replace. */
  | { readonly kind: 'stream'; readonly path: string };

/** Links in a row that the kernel itself follows at most (Linux, path_resolution(7)). */
const MOST_LINKS = 40;
/** How long a FIFO may be without a reader, in milliseconds, and how often one is looked for. */
const PATIENCE = 10_000;
const LOOK = 20;

/**
 * Throws UserError for a path that cannot be looked up and for links that go round in a circle. Whether the file can be
 * written shows on writing.
 */
export function destinationOf(file: string): Destination {
  try {
    return followed(file);
  } catch (error) {
    throw error instanceof UserError ? error : cannotWrite(file, error);
  }
}

function followed(file: string): Destination {
  let path = resolve(file);
  for (let links = 0; links <= MOST_LINKS; links++) {
    if (/^\/(dev|proc\/[^/]+)\/fd\/\d+$/.test(path)) return { kind: 'stream', path };
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (!facts || facts.isFile() || facts.isDirectory()) return { kind: 'file', path };
    if (!facts.isSymbolicLink()) return { kind: 'stream', path };
    path = resolve(dirname(path), readlinkSync(path));
  }
  throw new UserError(`${file} cannot be written: its symbolic links go round in a circle; remove them`);
}

/**
 * Writes all bytes, behind what was written before. Waits for a FIFO's reader up to ten seconds. Throws UserError
 * where none comes, and what the system says of writing.
 */
export function writeStream(path: string, bytes: Uint8Array): void {
  const open = openHandle(path);
  if (open !== undefined) {
    writeAll(open, bytes);
    return;
  }
  const handle = statSync(path).isFIFO() ? openToReader(path) : openSync(path, 'a');
  try {
    writeAll(handle, bytes);
  } finally {
    closeSync(handle);
  }
}

/**
 * The number of a file that is open in this process already (`/dev/fd/3`): it is written to directly, because a
 * socket cannot be opened a second time by its name.
 */
function openHandle(path: string): number | undefined {
  const own = new RegExp(`^/(?:dev|proc/(?:self|${process.pid}))/fd/(\\d+)$`).exec(path);
  return own ? Number(own[1]) : undefined;
}

function writeAll(handle: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSomething(handle, bytes.subarray(written));
}

/**
 * Opens a FIFO as soon as somebody reads it. A plain open would wait for the reader, deaf to Ctrl-C, so this one
 * tries again and again without waiting. The handle that found the reader is the one to write to: closing it would
 * tell the reader that the data have ended.
 */
function openToReader(path: string): number {
  for (let waited = 0; ; waited += LOOK) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
    if (waited >= PATIENCE) {
      throw new UserError(`${path} is a FIFO that nobody reads; start its reader first`);
    }
    pause(LOOK);
  }
}

function writeSomething(handle: number, bytes: Uint8Array): number {
  try {
    return writeSync(handle, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    pause(LOOK);
    return 0;
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
