/** What every section of the benches is given, and what it gives back. */

import type { Prototype } from './contestants/prototype.js';
import type { Effort } from './effort.js';
import type { Models } from './networks/trained.js';
import type { Progress } from './progress.js';
import type { BenchRow } from './rows.js';

export interface Bench {
  readonly effort: Effort;
  /** Of trainings: scaled from some batches, or whole ones too. */
  readonly epochs: 'scaled' | 'whole';
  readonly models: Models;
  /** Undefined where no prototype was given. */
  readonly prototype: Prototype | undefined;
  readonly progress: Progress;
}

export interface Section {
  /** Name of the CSV file. */
  readonly name: string;
  readonly title: string;
  /** Columns of the table on the terminal; the file has all. */
  readonly shown: readonly string[];
  readonly run: (bench: Bench) => Promise<readonly BenchRow[]>;
}
