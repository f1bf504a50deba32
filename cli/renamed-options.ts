/** Options that were called otherwise, for a line that says what they are called. */

/** By the earlier name: the options it may have become, of which the first that a command has is meant. */
const RENAMED: Readonly<Record<string, readonly string[]>> = {
  workers: ['threads'],
  images: ['test-images', 'calibration-images'],
  formats: ['format'],
  train: ['train-images'],
  slice: ['train-images'],
};

/** The name of now, without dashes, of an option that a command with these options had; undefined for all others. */
export function renamedOption(name: string, options: readonly string[]): string | undefined {
  return RENAMED[name]?.find((now) => options.includes(now));
}
