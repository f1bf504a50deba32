/** A TensorFlow Lite file, or an exported network, as a C file and its integers beside it. */
import { UserError } from '../../errors.js';
import { writeAtomically } from '../../platform/atomic-file.js';
import { emacProgram } from '../export-c/c/emac-program.js';
import type { CProgram } from '../export-c/c/frame.js';
import { identifierOf } from '../export-c/c/identifiers.js';
import { cProgram } from '../export-c/c/program.js';
import type { ExportedEmac } from '../export-c/emac/integers.js';
import { exportedNetwork } from '../export-c/export.js';
import type { ExportedNetwork } from '../export-c/integers.js';
import type { RequantizeMode } from '../integer/requantize.js';
import { endedBy, type SoftmaxChoice } from '../integer/softmax-left-out.js';
import { isFloatModel } from '../tflite/float.js';
import { integerGraph } from '../tflite/integer.js';
import { readTflite } from './tflite-file.js';

export interface WrittenC {
  /** The C file, and the JSON of its integers. */
  readonly files: readonly [c: string, json: string];
  /** The function's name. */
  readonly run: string;
  readonly constantBytes: number;
  readonly arenaBytes: number;
}

/**
 * Writes a TensorFlow Lite file in integers as C99 without floating point into `file`, which ends in .c, and all its integers
 * into the .json beside it; without its softmax where that is left out. Throws UserError for files that cannot be read and for what is
 * not supported.
 */
export function exportC(
  model: string,
  file: string,
  requantize: RequantizeMode,
  softmax: SoftmaxChoice = 'computed',
): WrittenC {
  requireC(file);
  const read = readTflite(model);
  if (isFloatModel(read)) {
    throw new UserError(
      `${model} is a model of floats; export-c writes integers alone: give a quantized one`,
    );
  }
  return writeC(exportedNetwork(endedBy(softmax, integerGraph(read)), requantize), file);
}

/** Throws UserError for a file that does not end in .c. */
export function requireC(file: string): void {
  if (/[^/]\.c$/.test(file)) return;
  throw new UserError(`${file}: a C file is written; give a name that ends in .c`);
}

/** Networks of each kind that there is a program of. */
export type Exported = ExportedNetwork | ExportedEmac;

/** The names in C begin with that of the file. */
export function writeC(network: Exported, file: string): WrittenC {
  requireC(file);
  const name = identifierOf(file.replace(/^.*\//, '').replace(/\.c$/, ''));
  const { text, constantBytes, arenaBytes } = programOf(network, name);
  const json = file.replace(/\.c$/, '.json');
  const integers = { format: 'cheetah-export-c', version: 1, name, constantBytes, arenaBytes, ...network };
  writeAtomically(file, text);
  writeAtomically(json, `${JSON.stringify(integers)}\n`);
  return { files: [file, json], run: `${name}_run`, constantBytes, arenaBytes };
}

function programOf(network: Exported, name: string): CProgram {
  return 'dataflow' in network ? emacProgram(network, name) : cProgram(network, name);
}
