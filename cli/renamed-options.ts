/** Options by earlier names, so that whoever writes one of these is told the right name. */

/** By the earlier name: the options it may have become, of which the first that a command has is meant. */
const RENAMED: Readonly<Record<string, readonly string[]>> = {
  workers: ['threads'],
  images: ['test-images', 'calibration-images'],
  formats: ['format'],
  train: ['train-images'],
  slice: ['train-images'],
};

/** Which of a command's `options` has `name` as an earlier name, without dashes; undefined where none has. */
export function renamedOption(name: string, options: readonly string[]): string | undefined {
  return RENAMED[name]?.find((now) => options.includes(now));
}
