/** Reading members out of a tar archive in memory: 512-byte headers, contents padded to 512 (POSIX ustar). */
import { UserError } from '../errors.js';

const BLOCK = 512;

/**
 * The contents of the regular files whose name without folders is in `wanted`; the first of each name counts.
 * Nothing is written, so names with `..` do no harm. `path` only names the archive in errors. Throws UserError
 * on a header that is no tar header and on a member that runs past the end.
 */
export function tarMembers(
  archive: Uint8Array,
  wanted: ReadonlySet<string>,
  path: string,
): Map<string, Uint8Array> {
  const members = new Map<string, Uint8Array>();
  let at = 0;
  while (at + BLOCK <= archive.length && archive[at] !== 0) {
    const header = archive.subarray(at, at + BLOCK);
    const size = octal(header, 124, 12);
    if (size === undefined || octal(header, 148, 8) !== headerSum(header)) {
      throw new UserError(`${path}: no tar header at byte ${at}; fetch it again`);
    }
    const content = at + BLOCK;
    if (content + size > archive.length) {
      throw new UserError(`${path}: truncated: a member of ${size} bytes runs past the end; fetch it again`);
    }
    const name = text(header, 0, 100).split('/').pop()!;
    const type = header[156]!;
    const isRegular = type === 0 || type === 0x30;
    if (isRegular && wanted.has(name) && !members.has(name)) {
      members.set(name, archive.subarray(content, content + size));
    }
    at = content + Math.ceil(size / BLOCK) * BLOCK;
  }
  return members;
}

function text(header: Uint8Array, from: number, length: number): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function octal(header: Uint8Array, from: number, length: number): number | undefined {
  const digits = text(header, from, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** The sum of the header's bytes, its own field (148..155) taken as spaces. */
function headerSum(header: Uint8Array): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
}
