/** The version of this package, for rows, manifests and `--version`. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json: one or two above this file, in sources and in dist alike. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string };
      if (found.name === 'cheetah-numerics') return folder;
    } catch {
      // no package.json in this folder: look in the one above
    }
    const above = dirname(folder);
    if (above === folder) throw new Error('package.json of cheetah-numerics is missing above its own files');
    folder = above;
  }
}

export function packageVersion(): string {
  const found = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return found.version;
}
