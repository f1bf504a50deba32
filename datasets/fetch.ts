/** Fetching a dataset of the catalog into a folder, as its readers want it. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { isFile, readBytes } from '../input/bounded-file.js';
import { readUnpacked } from '../input/packed-file.js';
import type { ImageSet, Member, Remote, RemoteFile } from './catalog.js';
import { type DownloadProgress, download, mismatch } from './download.js';
import { tarMembers } from './tar.js';

export interface FetchCalls {
  /** Fetch from this address instead of the catalog's; checksums are checked all the same. */
  readonly from?: string;
  readonly onFile?: (file: RemoteFile) => void;
  readonly onProgress?: DownloadProgress;
}

/** Room for tar headers and padding beyond the members. */
const TAR_SLACK = 2 ** 20;

/**
 * The set's files into `directory`/`set.name`; gives their paths. Files already there and right are kept, so a
 * run that was stopped goes on where it was. Every file is written under another name, checked, then renamed.
 * Throws UserError on a wrong checksum (nothing of the file is left), no connection, an address that is no
 * http(s) one, a folder that cannot be written.
 */
export async function fetchImageSet(
  set: Pick<ImageSet, 'name' | 'remote'>,
  directory: string,
  calls: FetchCalls = {},
): Promise<string[]> {
  const folder = join(directory, set.name);
  const bases = calls.from === undefined ? set.remote.bases : [baseOf(calls.from)];
  try {
    await mkdir(folder, { recursive: true });
    switch (set.remote.packing) {
      case 'files':
        return await fetchFiles(set.remote.files, bases, folder, calls);
      case 'tar.gz':
        return await fetchArchive(set.remote, bases, folder, calls);
      default:
        throw set.remote.packing satisfies never;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error) {
      throw new UserError(`${folder}: cannot be written (${error.message}); give another --to`);
    }
    throw error;
  }
}

async function fetchFiles(
  files: readonly RemoteFile[],
  bases: readonly string[],
  folder: string,
  calls: FetchCalls,
): Promise<string[]> {
  const paths: string[] = [];
  for (const file of files) {
    const path = join(folder, file.name);
    paths.push(path);
    if (isFile(path) && (await mismatch(path, file)) === undefined) continue;
    calls.onFile?.(file);
    await download(file, bases, path, calls.onProgress ?? (() => {}));
  }
  return paths;
}

/** Unpacks the members beside the archive, then deletes the archive. */
async function fetchArchive(
  remote: Remote,
  bases: readonly string[],
  folder: string,
  calls: FetchCalls,
): Promise<string[]> {
  const paths = remote.members.map((member) => join(folder, member.name));
  if (remote.members.every((member, i) => isMember(paths[i]!, member))) return paths;
  const [archive] = await fetchFiles(remote.files, bases, folder, calls);
  const limit = remote.members.reduce((total, member) => total + member.bytes, TAR_SLACK);
  const wanted = new Set(remote.members.map((member) => member.name));
  const found = tarMembers(readUnpacked(archive!, { most: limit, wanted: 'the archive' }), wanted, archive!);
  for (const [i, member] of remote.members.entries()) {
    const content = found.get(member.name);
    if (content === undefined || digest(content) !== member.sha256) {
      const problem = content === undefined ? 'lacks' : 'holds another';
      throw new UserError(`${archive}: the archive ${problem} ${member.name}; get the set elsewhere`);
    }
    await writeFile(`${paths[i]}.part`, content);
    await rename(`${paths[i]}.part`, paths[i]!);
  }
  await rm(archive!);
  return paths;
}

function isMember(path: string, member: Member): boolean {
  if (!isFile(path) || statSync(path).size !== member.bytes) return false;
  return digest(readBytes(path, { most: member.bytes, wanted: member.name })) === member.sha256;
}

function digest(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function baseOf(address: string): string {
  const base = address.endsWith('/') ? address : `${address}/`;
  if (!/^https?:\/\//.test(base) || !URL.canParse(base)) {
    throw new UserError(`--from ${address}: not an address; give one like https://host/folder/`);
  }
  return base;
}
