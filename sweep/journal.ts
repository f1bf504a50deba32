/**
 * Finished points, one small file each, so that a kill loses only the points in flight. A file is written whole
 * under another name and renamed; one that is cut, altered or of another run is as if it were not there.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../atomic-file.js';
import { cannotWrite, UserError } from '../errors.js';
import type { Row } from './rows.js';
import { canonicalJson, hashOf } from './spec.js';

/** What a point left behind. Only the rows reach the CSV; the rest is for the manifest. */
export interface Entry {
  readonly rows: readonly Row[];
  readonly host: HostFacts;
}

/** How the emulation went on this machine; never a hardware latency, never in the CSV. */
export interface HostFacts {
  readonly milliseconds: number;
  /** Outputs decided by each tier of the certified GEMM, by tier. */
  readonly tiers: Readonly<Record<string, number>>;
}

/**
 * `ask`: refuse to touch an unfinished journal or one of another sweep; `resume`: go on with what is there,
 * refuse another sweep's; `fresh`: discard what is there; `continue`: go on with an unfinished journal of this
 * sweep, discard any other.
 */
export type JournalMode = 'ask' | 'resume' | 'fresh' | 'continue';

interface Head {
  readonly sweep: string;
  readonly identity: string;
  readonly points: number;
}

export class Journal {
  private constructor(
    readonly folder: string,
    private readonly identity: string,
  ) {}

  /**
   * Opens the journal of a sweep in a folder. `identity` is the hash of all that decides its rows; `points` how
   * many entries it will have. Throws UserError as `mode` says.
   */
  static open(
    folder: string,
    sweep: string,
    identity: string,
    points: number,
    mode: JournalMode,
    csv: string,
  ): Journal {
    refuseForeign(folder);
    const journal = new Journal(folder, identity);
    const head = readHead(join(folder, 'sweep.json'));
    const kept = journal.#files().length;
    const ours = head?.identity === identity;
    if (head && kept > 0 && !ours && (mode === 'ask' || mode === 'resume')) {
      throw new UserError(
        `${folder} keeps ${kept} points of another sweep, spec, data or version (${head.sweep}); --fresh discards them, --out FILE writes elsewhere`,
      );
    }
    const unfinished = kept > 0 && (kept < points || !existsSync(csv));
    if (mode === 'ask' && ours && unfinished) {
      throw new UserError(
        `${folder} keeps ${kept} of ${points} points of this sweep; --resume goes on with them, --fresh discards them`,
      );
    }
    const goesOn = ours && (mode === 'resume' || (mode === 'continue' && unfinished));
    try {
      if (!goesOn) rmSync(folder, { recursive: true, force: true });
      mkdirSync(join(folder, 'points'), { recursive: true });
    } catch (error) {
      throw cannotWrite(folder, error);
    }
    const content: Head = { sweep, identity, points };
    writeAtomically(join(folder, 'sweep.json'), `${JSON.stringify(content)}\n`);
    return journal;
  }

  #files(): string[] {
    const points = join(this.folder, 'points');
    return existsSync(points) ? readdirSync(points).filter((file) => file.endsWith('.json')) : [];
  }

  /** The name of a point's file: the hash of the resolved point and of the run it is of. */
  key(point: unknown): string {
    return hashOf([this.identity, point]).slice(0, 40);
  }

  /** What a point left, or undefined: also where the file is cut, altered or not of this point. */
  read(key: string): Entry | undefined {
    try {
      const kept = JSON.parse(readFileSync(this.#file(key), 'utf8')) as Entry & {
        key: string;
        digest: string;
      };
      if (kept.key !== key || kept.digest !== hashOf([key, kept.rows, kept.host])) return undefined;
      return { rows: kept.rows, host: kept.host };
    } catch {
      return undefined;
    }
  }

  write(key: string, entry: Entry): void {
    const { rows, host } = entry;
    const digest = hashOf([key, rows, host]);
    writeAtomically(this.#file(key), `${canonicalJson({ key, digest, rows, host })}\n`);
  }

  #file(key: string): string {
    return join(this.folder, 'points', `${key}.json`);
  }
}

/** A folder that holds anything a journal does not write is somebody's own: it is never discarded. */
function refuseForeign(folder: string): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return;
  const foreign = readdirSync(folder).find((name) => !/^(points|sweep\.json.*|training-\d+)$/.test(name));
  if (foreign !== undefined) {
    throw new UserError(
      `${folder} holds '${foreign}', which is not of a sweep's journal; move it away, or write elsewhere with --out FILE`,
    );
  }
}

function readHead(file: string): Head | undefined {
  try {
    const head = JSON.parse(readFileSync(file, 'utf8')) as Partial<Head>;
    const { sweep, identity, points } = head;
    if (typeof sweep !== 'string' || typeof identity !== 'string' || typeof points !== 'number')
      return undefined;
    return { sweep, identity, points };
  } catch {
    return undefined;
  }
}
