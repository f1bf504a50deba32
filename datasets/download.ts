/**
 * One file from the network to the disk: into `<name>.part`, continued where an earlier try stopped, checked, then
 * renamed. What has a wrong checksum is deleted.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { UserError } from '../errors.js';
import type { RemoteFile } from './catalog.js';

/** A server that says nothing for so long (milliseconds) is given up. */
const PATIENCE = 30_000;

export type DownloadProgress = (received: number, total: number) => void;

/**
 * Fetches `file` from the first of `bases` that has it right, to `path`. Throws UserError, one line with each
 * base's reason, when none has; a part file stays for the next try only where the line broke.
 */
export async function download(
  file: RemoteFile,
  bases: readonly string[],
  path: string,
  onProgress: DownloadProgress,
): Promise<void> {
  const part = `${path}.part`;
  const reasons: string[] = [];
  for (const base of bases) {
    const url = new URL(file.name, base).href;
    try {
      await receive(url, file, part, onProgress);
    } catch (error) {
      reasons.push(`${url}: ${reasonOf(error)}`);
      continue;
    }
    const wrong = await mismatch(part, file);
    if (wrong === undefined) {
      await rename(part, path);
      return;
    }
    await rm(part, { force: true });
    reasons.push(`${url}: ${wrong}, deleted`);
  }
  throw new UserError(`${file.name} could not be fetched: ${reasons.join('; ')}`);
}

/** What is wrong with the file at `path`, or undefined when length and both digests are right. */
export async function mismatch(path: string, file: RemoteFile): Promise<string | undefined> {
  const { size } = await stat(path);
  if (size !== file.bytes) return `wrong length, ${size} bytes where ${file.bytes} belong`;
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  for await (const chunk of createReadStream(path)) {
    sha256.update(chunk);
    md5.update(chunk);
  }
  const found = sha256.digest('hex');
  if (found !== file.sha256) return `wrong checksum, sha256 ${found} where ${file.sha256} belongs`;
  const weak = md5.digest('hex');
  return weak === file.md5 ? undefined : `wrong checksum, md5 ${weak} where ${file.md5} belongs`;
}

/**
 * Appends what the server sends to `part`, behind what is there already; stops at most one chunk after the stated
 * length.
 */
async function receive(
  url: string,
  file: RemoteFile,
  part: string,
  onProgress: DownloadProgress,
): Promise<void> {
  let have = await sizeOf(part);
  if (have === file.bytes) return;
  if (have > file.bytes) have = 0;
  const abort = new AbortController();
  const giveUp = () => abort.abort(new Error(`no answer for ${PATIENCE / 1000} s`));
  let timer = setTimeout(giveUp, PATIENCE);
  try {
    // compressed on the way, a .gz file would be unpacked by fetch, and then not be the file whose digest is
    // known
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (have > 0) headers.range = `bytes=${have}-`;
    const response = await fetch(url, { headers, signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    const continues =
      response.status === 206 && (response.headers.get('content-range') ?? '').startsWith(`bytes ${have}-`);
    if (!continues) have = 0;
    const handle = await open(part, continues ? 'a' : 'w');
    try {
      for await (const chunk of response.body) {
        clearTimeout(timer);
        timer = setTimeout(giveUp, PATIENCE);
        await handle.appendFile(chunk);
        have += chunk.length;
        onProgress(Math.min(have, file.bytes), file.bytes);
        if (have > file.bytes) break;
      }
    } finally {
      await handle.close();
    }
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
  if (have < file.bytes) throw new Error(`the line broke after ${have} of ${file.bytes} bytes`);
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** fetch hides the cause of a failed connection one level down. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
