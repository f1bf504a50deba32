/** A family of formats: one file, one name shape, any number of formats. */
import type { NumberFormat } from './format.js';

export interface FormatFamily {
  /** The word that `NumberFormat.family` has. */
  readonly name: string;
  /** The names it takes and their limits, in one line for error messages and `cheetah formats`. */
  readonly grammar: string;
  /** Names worth listing; every one parses. */
  readonly presets: readonly string[];
  /**
   * The format of a name (of one's own alias, in a plugin), undefined where the name is not of this family's shape. Throws UserError where
   * it is but its numbers are impossible.
   */
  parse(name: string): NumberFormat | undefined;
}
