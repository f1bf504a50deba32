/** The version of this package, for rows, manifests and `--version`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../platform/package-root.js';

export function packageVersion(): string {
  const found = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return found.version;
}
