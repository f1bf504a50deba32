/** One word in three alphabets: camelCase in specs and in the library, snake_case in CSV files, kebab-case in options. */

/** `calibrationImages` → `calibration_images`. */
export function columnName(word: string): string {
  return word.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

/** `calibrationImages` → `calibration-images`, without dashes in front. */
export function optionName(word: string): string {
  return word.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}
