/** A kind of input that is fuzzed. */
import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Draws } from './draws.js';

export interface Subject {
  /** Writes a changed input into an empty folder. */
  write(draws: Draws, folder: string): void;
  /** Reads it as the commands do. What it throws is judged. */
  read(folder: string): Promise<void> | void;
  /** The command line that reads it. */
  readonly args: (folder: string) => readonly string[];
}

export interface Kind {
  readonly name: string;
  /** So many of as many cases as the shares of all kinds make. */
  readonly share: number;
  /** Makes what is changed later; `folder` is its own, and stays. */
  readonly prepare: (folder: string) => Promise<Subject> | Subject;
}

export function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value, undefined, 1) ?? '');
}

/** As YAML or as JSON; what is too deep for the writer of YAML as JSON. */
export function yamlOrJson(draws: Draws, value: unknown): string {
  try {
    if (draws.oncePer(2)) return stringify(value) ?? '';
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return JSON.stringify(value) ?? '';
}
