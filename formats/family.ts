/** A family of formats: one file, one name shape, any number of formats. */
import type { NumberFormat } from './format.js';

/** A key of a family's entry in a sweep's grid: whole numbers from `least` to `most`, or one of the words. */
export type GridKey = {
  /** The word that stands for a key that is left out; without it the key must be there. */
  readonly otherwise?: string;
} & (
  | { readonly least: number; readonly most: number; readonly words?: readonly string[] }
  | { readonly words: readonly string[]; readonly least?: undefined; readonly most?: undefined }
);

/** What an entry of a grid says: for each key its numbers, or its word. */
export type GridValues<Key extends string = string> = Readonly<Record<Key, readonly number[] | string>>;

export interface FamilyGrid {
  readonly keys: Readonly<Record<string, GridKey>>;
  /** The names of all combinations but those the grid itself rules out; open names among them. */
  names(values: GridValues): readonly string[];
}

/** The numbers of a key that takes no words. */
export function numbersAt(values: GridValues, key: string): readonly number[] {
  const found = values[key];
  return typeof found === 'string' || found === undefined ? [] : found;
}

export interface FormatFamily {
  /** The word that `NumberFormat.family` has. */
  readonly name: string;
  /** The names it takes and their limits, in one line for error messages and `cheetah formats`. */
  readonly grammar: string;
  /** Names worth listing; every one parses. */
  readonly presets: readonly string[];
  /**
   * The format of a name (of one's own alias, in a plugin); undefined where the name is not of this family's shape.
   * Throws UserError where it is but its numbers are impossible.
   */
  parse(name: string): NumberFormat | undefined;
  /** Names a mistyped one may have meant, impossible ones allowed; the presets where absent. */
  readonly candidates?: () => readonly string[];
  /** How an entry of a sweep's grid names formats of it; where absent they are named one by one. */
  readonly grid?: FamilyGrid;
  /** Its colour in figures, `#RRGGBB`; where absent, one that no family has. */
  readonly colour?: string;
  /**
   * The formats that a name leaves open (`fixed8`: which fraction bits?), of which a point chooses the one that does
   * best on the validation images; of equals the first. Undefined for names that leave nothing open.
   */
  readonly open?: (name: string) => readonly string[] | undefined;
}

/** Bits of the formats that a mistyped name is looked for among. */
export const SMALL_BITS: readonly number[] = Array.from({ length: 15 }, (_, i) => i + 2);
