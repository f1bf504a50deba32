/** Files that are there whole or not at all. */
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { cannotWrite, UserError } from '../errors.js';
import { destinationOf, writeStream } from './destination.js';
import { isAlive } from './processes.js';

/**
 * Prefix of this machine's temporary files: the process number in a name means nothing on another machine that
 * shares the folder.
 */
const MARK = `.cheetah-${createHash('sha256').update(hostname()).digest('hex').slice(0, 8)}`;

/** Folders that were looked through for what killed processes left. */
const tidied = new Set<string>();

/** Is this the name of a temporary file of `writeAtomically`, of any machine? */
export function isTemporaryName(name: string): boolean {
  return /^\.cheetah-[0-9a-f]{8}-\d+-[0-9a-f]{16}\.tmp$/.test(name);
}

/** A name in `folder` that no other process or thread has. */
export function temporaryName(folder: string): string {
  return join(folder, `${MARK}-${process.pid}-${randomBytes(8).toString('hex')}.tmp`);
}

/**
 * Writes a file whole or not at all: to a name of its own, to the disk, then renamed into place; the directory
 * is made where missing. A symbolic link is followed, and stays; a device, a pipe or a FIFO is written into. The
 * file keeps the permissions it had. Throws UserError (full disk, no right, a directory of that name) and leaves
 * nothing. Temporary files of processes that were killed are removed from the folder.
 */
export function writeAtomically(file: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  let temporary: string | undefined;
  try {
    const destination = destinationOf(file);
    if (destination.kind === 'stream') {
      writeStream(destination.path, bytes);
      return;
    }
    const target = destination.path;
    const folder = dirname(target);
    mkdirSync(folder, { recursive: true });
    removeStale(folder);
    const before = statSync(target, { throwIfNoEntry: false });
    if (before?.isDirectory()) throw Object.assign(new Error('a directory'), { code: 'EISDIR' });
    // a rename would replace even a read-only file, which its owner wants to keep: it is refused
    if (before) accessSync(target, constants.W_OK);
    temporary = temporaryName(folder);
    writeNew(temporary, bytes, before);
    renameSync(temporary, target);
  } catch (error) {
    try {
      if (temporary !== undefined) rmSync(temporary, { force: true });
    } catch {
      // a folder that cannot be written has no temporary file to remove
    }
    throw error instanceof UserError ? error : cannotWrite(file, error);
  }
}

function writeNew(temporary: string, bytes: Uint8Array, before: Stats | undefined): void {
  const handle = openSync(temporary, 'wx');
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(handle, bytes, written);
    if (before) fchmodSync(handle, before.mode & 0o7777);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Removes temporary files of processes of this machine that have ended; once a process for each folder. */
function removeStale(folder: string): void {
  if (tidied.has(folder)) return;
  tidied.add(folder);
  for (const name of readdirSync(folder)) {
    if (!isTemporaryName(name) || !name.startsWith(`${MARK}-`)) continue;
    if (!isAlive(Number(name.slice(MARK.length + 1).split('-')[0]))) {
      rmSync(join(folder, name), { force: true });
    }
  }
}
