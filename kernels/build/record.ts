/** What a build was made from and gave, so that the next can tell whether there is anything to do. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths under `root`: what a build reads, what it writes, and where it records both. */
export interface Build {
  readonly root: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly record: string;
}

/** One line a file, inputs then outputs: its SHA-256, or that there is none, and its path. */
export function recordOf({ root, inputs, outputs }: Build): string {
  return [...inputs, ...outputs].map((path) => `${digest(join(root, path))}  ${path}\n`).join('');
}

/** Whether every output is there as the last build wrote it, from the inputs that are there now. */
export function isUpToDate(build: Build): boolean {
  const record = join(build.root, build.record);
  return (
    build.outputs.every((path) => existsSync(join(build.root, path))) &&
    existsSync(record) &&
    readFileSync(record, 'utf8') === recordOf(build)
  );
}

function digest(path: string): string {
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'absent';
}
