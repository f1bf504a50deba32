/** What tells whether two datasets are the same. */
import { createHash } from 'node:crypto';
import type { Dataset } from './dataset.js';

/**
 * sha256 (hex) of the uncompressed contents: the shape and class names as one line of JSON, then raw and labels
 * of the training split, then of the test split. It says what a network saw, whatever the files were.
 */
export function checksumOf(content: Pick<Dataset, 'shape' | 'classes' | 'train' | 'test'>): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([content.shape, content.classes]) + '\n');
  for (const split of [content.train, content.test]) {
    hash.update(new Uint8Array(split.raw.buffer, split.raw.byteOffset, split.raw.byteLength));
    hash.update(split.labels);
  }
  return hash.digest('hex');
}
