/** All that is fuzzed, and the case of a number. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Draws } from './draws.js';
import { CIFAR, IDX } from './images.js';
import { NPY, TFLITE } from './inference.js';
import { CHECKPOINTS, MODELS, NETWORKS } from './models.js';
import type { Kind, Subject } from './subject.js';
import { JOURNALS, ROWS, SPECS } from './sweeps.js';
import { COSTS, MEASURED, NOTEBOOKS, TABLES } from './texts.js';

export const KINDS: readonly Kind[] = [
  NETWORKS,
  MODELS,
  CHECKPOINTS,
  SPECS,
  JOURNALS,
  ROWS,
  IDX,
  CIFAR,
  TABLES,
  COSTS,
  MEASURED,
  NOTEBOOKS,
  TFLITE,
  NPY,
];

const TOTAL = KINDS.reduce((sum, { share }) => sum + share, 0);

/** Of any `TOTAL` cases in a row each kind has its share. */
function kindOf(index: number): Kind {
  let place = index % TOTAL;
  return KINDS.find(({ share }) => {
    place -= share;
    return place < 0;
  })!;
}

export interface Case {
  readonly kind: string;
  readonly folder: string;
  readonly subject: Subject;
}

/** Makes cases, and prepares each kind once. */
export class Cases {
  readonly #subjects = new Map<Kind, Subject>();
  readonly #home = mkdtempSync(join(tmpdir(), 'cheetah-fuzz-'));

  constructor(private readonly seed: number) {}

  /** Where everything is, to be removed at the end. */
  get home(): string {
    return this.#home;
  }

  /** The input of case `index`, written into a folder of its own. */
  async make(index: number): Promise<Case> {
    const kind = kindOf(index);
    let subject = this.#subjects.get(kind);
    if (subject === undefined) {
      const own = join(this.#home, kind.name);
      mkdirSync(own);
      subject = await kind.prepare(own);
      this.#subjects.set(kind, subject);
    }
    const folder = join(this.#home, `case-${index}`);
    mkdirSync(folder);
    subject.write(new Draws(this.seed, index), folder);
    return { kind: kind.name, folder, subject };
  }
}
