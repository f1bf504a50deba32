/** The trained weights that come with this package, by name: the folders of weights/ (`cheetah networks` lists them). */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { isDirectory, isFile } from '../../input/bounded-file.js';
import { didYouMean } from '../../near.js';
import { packageRoot } from '../../platform/version.js';
import { MODEL_FILE, WEIGHTS_FILE } from './model-files.js';

const FOLDER = 'weights';

/** Names of the weights, in alphabetical order; where files were left out, their description is there all the same. */
export function namedWeights(): readonly string[] {
  const folder = join(packageRoot(), FOLDER);
  if (!isDirectory(folder)) return [];
  return readdirSync(folder)
    .filter((name) => isFile(join(folder, name, MODEL_FILE)))
    .sort();
}

/** The folder of weights by name, whether their own file is there or not. */
export function folderOfWeights(name: string): string {
  return join(packageRoot(), FOLDER, name);
}

/** Whether the package has the weights themselves, and not only what is said of them. */
export function hasWeights(name: string): boolean {
  return isFile(join(folderOfWeights(name), WEIGHTS_FILE));
}

/**
 * The directory of a saved model: `given` itself where it is one or no name, else the weights of that name. Throws UserError
 * for a name that there is not, and where the package came without the file.
 */
export function modelDirectory(given: string): string {
  if (isDirectory(given) || /[\\/.]/.test(given)) return given;
  const names = namedWeights();
  if (!names.includes(given)) {
    const near = didYouMean(given, names);
    throw new UserError(
      `weights ${given}: there is no such directory, nor weights of that name${near}; give what \`cheetah train --out\` saved, a .safetensors file, or a name that \`cheetah networks\` lists`,
    );
  }
  const folder = folderOfWeights(given);
  if (hasWeights(given)) return folder;
  throw new UserError(
    `weights ${given} are not in this package, which has files of up to 1 MB; take ${FOLDER}/${given} from the project's repository, or train them again (\`cheetah networks --json\` says how)`,
  );
}
