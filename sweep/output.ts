/** The files of a sweep, and when its CSV may be replaced. */
import { basename, join } from 'node:path';
import { UserError } from '../errors.js';
import { isDirectory, isFile, readBytes, readHead } from '../input/bounded-file.js';
import { writeAtomically } from '../platform/atomic-file.js';
import { destinationOf } from '../platform/destination.js';
import { COLUMNS } from './columns.js';
import { digestOf } from './hash.js';
import type { Journal } from './journal.js';
import { predictionsFile } from './predictions.js';
import type { SweepSpec } from './spec.js';
import { summaryFile } from './summary/file.js';

export interface Output {
  readonly csv: string;
  /** `stream`: a device, pipe or FIFO; it gets the complete CSV, and nothing can stand beside it. */
  readonly kind: 'file' | 'stream';
  readonly journal: string;
  readonly manifest: string;
  readonly predictions: string;
  readonly summary: string;
}

/** Bytes of a file that a CSV may replace. */
const LARGEST = 2 ** 31 - 2;

/** What became of the CSV: `same` where its bytes were there, `kept` where what is there must stay, `none` without rows. */
export type Written = 'written' | 'same' | 'kept' | 'none';

/** `results/<name>.csv` in the folder the command runs in. */
export function defaultOutput(spec: SweepSpec): string {
  return join('results', `${spec.name}.csv`);
}

/**
 * The CSV of each of several sweeps, which differ by their weights: `<folder>/<weights>.csv`. Throws UserError where two would
 * have one name.
 */
export function outputsIn(folder: string, specs: readonly SweepSpec[]): readonly string[] {
  const names = specs.map(({ weights }) => basename(weights!).replace(/\.safetensors$/, ''));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return names.map((name) => join(folder, `${name}.csv`));
  throw new UserError(
    `two of the weights are called ${twice}, and so would be their CSV; rename one of them`,
  );
}

/** `results/<name>`, a folder, in the folder the command runs in. */
export function defaultFolder({ name }: SweepSpec): string {
  return join('results', name);
}

/**
 * Journal and manifest stand beside the CSV, for a stream where the CSV would stand by default. Throws UserError
 * where `csv` is a directory, or a file that no sweep wrote: a data set, a spec, somebody's own.
 */
export function outputOf(csv: string, spec: SweepSpec): Output {
  const { kind, path } = destinationOf(csv);
  if (kind === 'file' && isDirectory(path)) {
    throw new UserError(
      `${csv} is a directory; give the name of a CSV file, such as ${join(csv, spec.name)}.csv`,
    );
  }
  if (kind === 'file' && isFile(path) && !isSweepCsv(path)) {
    throw new UserError(
      `${csv} is there and is no CSV that a sweep wrote; give another --out, or move it away`,
    );
  }
  const base = (kind === 'file' ? csv : defaultOutput(spec)).replace(/\.csv$/, '');
  return {
    csv,
    kind,
    journal: `${base}.journal`,
    manifest: `${base}.manifest.json`,
    predictions: predictionsFile(base),
    summary: summaryFile(base),
  };
}

/** Empty, or with the first columns of a sweep's rows, of an earlier version too: what a sweep may replace. */
function isSweepCsv(path: string): boolean {
  const [network, dataset, images] = COLUMNS;
  const starts = [images!.name, ...images!.was].map((name) => `${network!.name},${dataset!.name},${name},`);
  const most = Math.max(...starts.map(({ length }) => length));
  const { head, size } = readHead(path, most, 'a CSV');
  const text = new TextDecoder().decode(head);
  return size === 0 || starts.some((start) => text.startsWith(start));
}

/**
 * Complete rows replace whatever is there. Incomplete ones are written where nothing is, or where an earlier part of
 * the same journal stands. `text` is the whole CSV, empty where there are no rows.
 */
export function writeCsv({ csv, kind }: Output, text: string, complete: boolean, journal: Journal): Written {
  if (text === '') return 'none';
  if (kind === 'stream') {
    if (!complete) return 'kept';
    writeAtomically(csv, text);
    return 'written';
  }
  const before = isFile(csv) ? digestOf(readBytes(csv, { most: LARGEST, wanted: 'a CSV' })) : undefined;
  const now = digestOf(text);
  if (before === now) return 'same';
  if (!complete && before !== undefined && before !== journal.partial) return 'kept';
  // remembered first: after a kill in between, a file of this digest is ours and any other is not
  journal.rememberPartial(complete ? '' : now);
  writeAtomically(csv, text);
  return 'written';
}
