/** Options by earlier names, so that whoever writes one of these is told the right name. */

/** By the earlier name: the options it may have become. */
const RENAMED: Readonly<Record<string, readonly string[]>> = {
  workers: ['threads'],
  images: ['test-images', 'calibration-images'],
  formats: ['format'],
  train: ['train-images'],
  slice: ['train-images'],
};

/** Those of a command's `options` that have `name` as an earlier name, without dashes. */
export function renamedOptions(name: string, options: readonly string[]): string[] {
  return RENAMED[name]?.filter((now) => options.includes(now)) ?? [];
}
