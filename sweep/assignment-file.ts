/** An assignment of formats by layer in a file of its own: an entry of `format` as a spec has it, in YAML or JSON. */
import { stringify } from 'yaml';
import { UserError } from '../errors.js';
import { readBytes } from '../input/bounded-file.js';
import { parseYaml } from '../input/structured.js';
import { textOf } from '../input/text.js';
import { writeAtomically } from '../platform/atomic-file.js';

/** A thousand layers of long names. */
const LARGEST = 2 ** 20;
const MOST_VALUES = 2 ** 14;

/** An assignment as an entry of `format`: what single layers have in place of the defaults. */
export interface AssignmentEntry {
  readonly name: string;
  readonly weights: string;
  readonly activations: string;
  readonly layers: Readonly<Record<string, { readonly weights?: string; readonly activations?: string }>>;
}

/** Whether a name stands for such a file: no format's name has an ending. */
export function isAssignmentFile(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name);
}

/** The entry in the file, its fields not yet checked. Throws UserError for a file that is missing, too large or no object. */
export function readAssignment(file: string): object {
  const bytes = readBytes(file, { most: LARGEST, wanted: 'an assignment of formats (YAML or JSON)' });
  const given = parseYaml(textOf(bytes, file), file, { values: MOST_VALUES });
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw new UserError(`${file} is no assignment; give fields: name, weights, activations, layers`);
  }
  return given;
}

/** Writes the entry whole or not at all: JSON into a name that ends in .json, else YAML. */
export function writeAssignmentFile(file: string, entry: AssignmentEntry): void {
  const isJson = /\.json$/i.test(file);
  writeAtomically(file, isJson ? `${JSON.stringify(entry, null, 2)}\n` : stringify(entry, { lineWidth: 0 }));
}
