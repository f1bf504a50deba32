/** One process at a time in a folder. */
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { cannotWrite, UserError } from '../errors.js';
import { temporaryName } from './atomic-file.js';
import { isAlive, startOf } from './processes.js';

/** The lock's name in its folder. */
export const LOCK_FILE = '.lock';

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Of `startOf`: a later process of the same number is another one. */
  readonly start: string;
}

/**
 * Takes the lock of a folder, which is made where missing, until the function given back is called or this process
 * ends. A lock whose process is no more, killed or gone with its machine's restart, is taken over. Throws UserError
 * where another process holds it; `remedy` ends that line and says what to do instead of waiting.
 */
export function takeLock(folder: string, remedy: string): () => void {
  const path = join(folder, LOCK_FILE);
  const mine: Holder = { host: hostname(), pid: process.pid, start: startOf(process.pid) };
  const own = temporaryName(folder);
  try {
    mkdirSync(folder, { recursive: true });
    // written under a name of its own first: the lock is there with its content or not at all
    writeFileSync(own, JSON.stringify(mine));
    while (!linked(own, path)) takeOver(path, folder, remedy);
  } catch (error) {
    throw error instanceof UserError ? error : cannotWrite(folder, error);
  } finally {
    removeQuietly(own);
  }
  const release = (): void => {
    process.off('exit', release);
    rmSync(path, { force: true });
  };
  process.once('exit', release);
  return release;
}

/** Removes a file if that is possible; what cannot be removed was never written. */
function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // a part of its path is a file, or a symbolic link in a circle
  }
}

/** Gives the content of `own` the name `path`, or does nothing where that name is taken. */
function linked(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
  }
  // file systems without links (exFAT): a copy, which another process may see before it is complete
  try {
    copyFileSync(own, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a lock that nobody holds. Throws UserError where somebody does. */
function takeOver(path: string, folder: string, remedy: string): void {
  const text = content(path);
  if (text === undefined) return;
  const holder = holderOf(text);
  if (holder && isHeld(holder)) {
    const where = holder.host === hostname() ? '' : ` on ${holder.host}`;
    const remote = where === '' ? '' : ` (or remove ${path} if that process is gone)`;
    throw new UserError(
      `${folder} is in use by process ${holder.pid}${where}; wait until it ends${remote}, or ${remedy}`,
    );
  }
  const aside = temporaryName(folder);
  try {
    renameSync(path, aside);
  } catch {
    // another process took it over first
    return;
  }
  // another process may have put its own lock there since `text` was read: put that one back
  if (content(aside) !== text) linked(aside, path);
  rmSync(aside, { force: true });
}

function content(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Who holds the lock; undefined for a damaged lock, which nobody holds. */
function holderOf(text: string): Holder | undefined {
  try {
    const { host, pid, start } = JSON.parse(text) as Partial<Holder>;
    if (typeof host !== 'string' || !(Number.isInteger(pid) && pid! >= 1) || typeof start !== 'string')
      return undefined;
    return { host, pid: pid!, start };
  } catch {
    return undefined;
  }
}

/** Whether the holder still runs. Of a process on another machine that cannot be known: it counts as running. */
function isHeld({ host, pid, start }: Holder): boolean {
  if (host !== hostname()) return true;
  return isAlive(pid) && (start === 'unknown' || startOf(pid) === start);
}
