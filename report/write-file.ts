/** Writing what a person asked for, with one line where the disk says no. */
import { UserError } from '../errors.js';
import { writeAtomically } from '../sweep/rows.js';

/** Writes a file whole or not at all. Throws UserError with the file and the system's reason. */
export function writeOrExplain(file: string, content: string): void {
  try {
    writeAtomically(file, content);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${file} cannot be written (${code ?? message}); choose another place with --out`);
  }
}
