/**
 * Finished points, one small file each, so that a kill loses only the points in flight. A file is written whole
 * under another name and renamed; one that is cut, altered or of another run is as if it were not there.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { cannotWrite, UserError } from '../errors.js';
import { isDirectory, isFile, readBytes } from '../input/bounded-file.js';
import { parseJson } from '../input/structured.js';
import { isTemporaryName, writeAtomically } from '../platform/atomic-file.js';
import { LOCK_FILE } from '../platform/lock.js';
import type { Cells } from './cells.js';
import { canonicalJson, hashOf } from './hash.js';

/** What a point left behind. Only the rows reach the CSV; the rest is for the manifest. */
export interface Entry {
  readonly rows: readonly Cells[];
  /** The classes of the test images: those of a baseline as `changesOf` zeros, those of a point as changes of its baseline. */
  readonly changes: string;
  readonly host: HostFacts;
}

/** How the emulation went on this machine; never a hardware latency, never in the CSV. */
export interface HostFacts {
  readonly milliseconds: number;
  /** Outputs decided by each tier of the certified GEMM, by tier. */
  readonly tiers: Readonly<Record<string, number>>;
}

/**
 * What to do with the points that a journal holds. `fresh` discards them. Every other mode keeps a complete journal of
 * the same sweep, and differs in the rest:
 * - `ask`: refuses unfinished work, and that of another sweep;
 * - `resume`: goes on with unfinished work, refuses that of another sweep;
 * - `continue`: goes on with unfinished work, discards that of another sweep.
 */
export type JournalMode = 'ask' | 'resume' | 'fresh' | 'continue';

/** The sweep that a journal belongs to. */
export interface Sweep {
  readonly name: string;
  /** Hash of all that decides the rows. */
  readonly identity: string;
  /** The keys of all its entries, see `entryKey`. */
  readonly keys: readonly string[];
}

/** What is known of a point's entry: not there, cut or altered, or what it left. */
export type Kept = 'missing' | 'damaged' | Entry;

interface Head {
  readonly sweep: string;
  readonly identity: string;
  readonly points: number;
  /** SHA-256 of the CSV that was last written of some of the points only; '' where there is none. */
  readonly partial: string;
}

/** The name of a point's file: the hash of the resolved point and of the run it is of. */
export function entryKey(identity: string, point: unknown): string {
  return hashOf([identity, point]).slice(0, 40);
}

export class Journal {
  #head: Head;

  private constructor(
    readonly folder: string,
    head: Head,
  ) {
    this.#head = head;
  }

  /** Opens the journal of a sweep in a folder that this process has locked. Throws UserError as `mode` says. */
  static open(folder: string, { name, identity, keys }: Sweep, mode: JournalMode): Journal {
    const known = new Set(keys);
    const kept = pointFiles(folder);
    const ours = kept.filter((key) => known.has(key)).length;
    const head = readHead(folder);
    // the points say whose they are, so a damaged head loses nothing; a training alone is known by the head
    const isOurs = ours > 0 || (kept.length === 0 && (head === undefined || head.identity === identity));
    const training = childrenOf(folder).some((child) => child.startsWith('training-'));
    const somethingKept = kept.length > 0 || training;
    const complete = ours === keys.length;
    const work = `${kept.length} of ${keys.length} points${training && kept.length === 0 ? ' and a training' : ''}`;
    if (somethingKept && !isOurs && (mode === 'ask' || mode === 'resume')) {
      throw new UserError(
        `${folder} keeps ${kept.length === 0 ? 'a training' : `${kept.length} points`} of another sweep, spec, data or version${head ? ` (${head.sweep})` : ''}; --fresh discards them, --out FILE writes elsewhere`,
      );
    }
    if (mode === 'ask' && somethingKept && !complete) {
      throw new UserError(
        `${folder} keeps ${work} of this sweep; --resume goes on with them, --fresh discards them`,
      );
    }
    try {
      if (!isOurs || mode === 'fresh') discard(folder);
      mkdirSync(join(folder, 'points'), { recursive: true });
    } catch (error) {
      throw cannotWrite(folder, error);
    }
    const partial = head?.partial ?? '';
    const journal = new Journal(folder, { sweep: name, identity, points: keys.length, partial });
    journal.#writeHead();
    return journal;
  }

  /** What a point left; also `damaged` where the file is of another point. */
  read(key: string): Kept {
    const file = this.fileOf(key);
    if (!isFile(file)) return existsSync(file) ? 'damaged' : 'missing';
    try {
      const kept = keptSchema.parse(readJson(file));
      if (kept.key !== key || kept.digest !== hashOf([key, kept.rows, kept.changes, kept.host]))
        return 'damaged';
      return { rows: kept.rows, changes: kept.changes, host: kept.host };
    } catch {
      return 'damaged';
    }
  }

  write(key: string, entry: Entry): void {
    const { rows, changes, host } = entry;
    const digest = hashOf([key, rows, changes, host]);
    writeAtomically(this.fileOf(key), `${canonicalJson({ key, digest, rows, changes, host })}\n`);
  }

  /** Where the entry of a key is kept. */
  fileOf(key: string): string {
    return join(this.folder, 'points', `${key}.json`);
  }

  /** SHA-256 (hex) of the CSV that an earlier, stopped run wrote of some of the points; '' where none did. */
  get partial(): string {
    return this.#head.partial;
  }

  rememberPartial(digest: string): void {
    this.#head = { ...this.#head, partial: digest };
    this.#writeHead();
  }

  #writeHead(): void {
    writeAtomically(join(this.folder, HEAD), `${JSON.stringify(this.#head)}\n`);
  }
}

const HEAD = 'sweep.json';
/** Bytes; larger than the rows of any point, which has one for each cost source and number of units. */
const LARGEST = 2 ** 26;
/** Of a point's file: a row has about 60 cells, each with its name. */
const MOST_VALUES = 2 ** 21;

/** A digest that agrees shows no damage, not that these are rows. */
const keptSchema = z.strictObject({
  key: z.string(),
  digest: z.string(),
  rows: z.array(z.record(z.string(), z.string())).min(1),
  changes: z.string(),
  host: z.strictObject({ milliseconds: z.number(), tiers: z.record(z.string(), z.number()) }),
});

/** Throws UserError for a folder that holds anything a journal does not write: it is somebody's own. */
export function refuseForeign(folder: string): void {
  const foreign = childrenOf(folder).find(
    (name) =>
      !/^(points|sweep\.json|training-\d+)$/.test(name) && name !== LOCK_FILE && !isTemporaryName(name),
  );
  if (foreign !== undefined) {
    throw new UserError(
      `${folder} holds '${foreign}', which is not of a sweep's journal; move it away, or write elsewhere with --out FILE`,
    );
  }
}

/** All but the lock, which is this process's own. */
function discard(folder: string): void {
  for (const name of childrenOf(folder)) {
    if (name !== LOCK_FILE) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function childrenOf(folder: string): string[] {
  return isDirectory(folder) ? readdirSync(folder) : [];
}

/** Keys of the points that have a file. */
function pointFiles(folder: string): string[] {
  const points = join(folder, 'points');
  if (!existsSync(points)) return [];
  return readdirSync(points).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []));
}

/** Throws for what is no file, too large or no JSON. */
function readJson(file: string): unknown {
  const text = new TextDecoder().decode(readBytes(file, { most: LARGEST, wanted: 'a journal' }));
  return parseJson(text, file, { values: MOST_VALUES });
}

function readHead(folder: string): Head | undefined {
  try {
    const head = readJson(join(folder, HEAD)) as Partial<Head>;
    const { sweep, identity, points, partial = '' } = head;
    if (typeof sweep !== 'string' || typeof identity !== 'string' || typeof points !== 'number')
      return undefined;
    return { sweep, identity, points, partial };
  } catch {
    return undefined;
  }
}
