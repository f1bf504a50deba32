/** Loading the tables this project knows by name, and any CSV file. */
import { basename, join } from 'node:path';
import { UserError } from '../errors.js';
import { isDirectory } from '../input/bounded-file.js';
import { readUnpacked } from '../input/packed-file.js';
import { escaped } from '../one-line.js';
import type { Dataset } from './dataset.js';
import { findFile } from './files.js';
import { standardizedDataset } from './standardize.js';
import { parseTable, type TableChoices } from './table.js';

/** No larger table is read; a table is held in memory as text while it is parsed. */
const LARGEST_TABLE = 64 * 2 ** 20;

export interface TableSet {
  readonly name: string;
  readonly title: string;
  readonly file: string;
  /** Shape of a row where it is an image; else [features]. */
  readonly shape: readonly number[] | undefined;
}

/** The tables scikit-learn ships in sklearn/datasets/data. */
export const TABLE_SETS: readonly TableSet[] = [
  { name: 'iris', title: 'Iris flowers, 4 features', file: 'iris.csv', shape: undefined },
  {
    name: 'breast-cancer',
    title: 'Breast Cancer Wisconsin (diagnostic), 30 features',
    file: 'breast_cancer.csv',
    shape: undefined,
  },
  { name: 'wine', title: 'Wines, 13 features', file: 'wine_data.csv', shape: undefined },
  { name: 'digits', title: 'Optical digits, 8×8 grey', file: 'digits.csv', shape: [8, 8, 1] },
];

/** Folders under the data directory where tables usually are. */
export const TABLE_FOLDERS = ['tabular', 'tables', 'sklearn/datasets/data', ''];

/** The path of a known table. Throws UserError when there is none, saying what was looked for. */
export function locateTable(set: TableSet, directory: string | undefined): string {
  const remedy = `it is in scikit-learn's sklearn/datasets/data`;
  if (directory === undefined || !isDirectory(directory)) {
    const problem = directory === undefined ? 'no data directory' : `there is no directory ${directory}`;
    throw new UserError(
      `dataset ${set.name}: ${problem}; give --data DIR or set CHEETAH_DATA to a folder with ${set.file} (${remedy})`,
    );
  }
  const path = findFile(directory, TABLE_FOLDERS, [set.file]);
  if (path === undefined) {
    const places = TABLE_FOLDERS.map((folder) => join(directory, folder)).join(', ');
    throw new UserError(`dataset ${set.name}: no ${set.file} or ${set.file}.gz in ${places}; ${remedy}`);
  }
  return path;
}

/** A table by name, from the data directory. */
export function loadTableSet(set: TableSet, directory: string | undefined, seed: number): Dataset {
  return loadTable(locateTable(set, directory), set.name, set.shape, seed, {}, () => {});
}

/**
 * Any CSV file, packed too; the dataset is named by the file without folders and endings. `tell` is given what was
 * guessed of the file, one line.
 */
export function loadCsv(
  path: string,
  seed: number,
  choices: TableChoices,
  tell: (line: string) => void,
): Dataset {
  const name = escaped(basename(path).replace(/\.csv(\.gz)?$/i, ''));
  return loadTable(path, name, undefined, seed, choices, tell);
}

function loadTable(
  path: string,
  name: string,
  shape: readonly number[] | undefined,
  seed: number,
  choices: TableChoices,
  tell: (line: string) => void,
): Dataset {
  const bytes = readUnpacked(path, { most: LARGEST_TABLE, wanted: 'a CSV table' });
  const table = parseTable(bytes, path, choices);
  if (table.guesses !== undefined) tell(table.guesses);
  const given = shape ?? [table.features];
  const size = given.reduce((product, length) => product * length, 1);
  if (size !== table.features) {
    throw new UserError(`${path}: ${table.features} features; ${name} has ${size} (${given.join('×')})`);
  }
  return standardizedDataset(table, { name, path, shape: given }, seed);
}
