/** Hashes of plain data. */
import { createHash } from 'node:crypto';

/** JSON with the keys of every object in order, so that equal things are equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** SHA-256 of the canonical JSON, in hex. */
export function hashOf(value: unknown): string {
  return digestOf(canonicalJson(value));
}

/** SHA-256 of the bytes, of a text its UTF-8, in hex. */
export function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
