/** Finding a dataset's files in a folder. */
import { join } from 'node:path';
import { isFile } from '../input/bounded-file.js';

/**
 * The first of `names`, raw before `.gz`, in the first of `folders` below `directory` ('' is the directory
 * itself); undefined where there is none.
 */
export function findFile(
  directory: string,
  folders: readonly string[],
  names: readonly string[],
): string | undefined {
  for (const folder of folders) {
    for (const name of names) {
      for (const ending of ['', '.gz']) {
        const path = join(directory, folder, name + ending);
        if (isFile(path)) return path;
      }
    }
  }
  return undefined;
}
