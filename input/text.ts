/** Bytes as text: byte order marks, line ends and encodings are dealt with here and nowhere else. */
import { isUtf8 } from 'node:buffer';
import { UserError } from '../errors.js';

/** `latin1` is ISO 8859-1: every byte is the character of its number. */
export const ENCODINGS = ['utf-8', 'latin1'] as const;
export type TextEncoding = (typeof ENCODINGS)[number];

const LF = 0x0a;
const CR = 0x0d;
const UTF8_MARK = [0xef, 0xbb, 0xbf];
/** Text has no NUL; UTF-16 of western text has one in every second byte. */
const SEARCHED_FOR_NUL = 4096;

/** Does the content begin with the mark of UTF-16, of either byte order? */
export function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/**
 * The same text with lines ended by \n alone, whether they were by \r\n, \n, \r or all of them, and without the mark
 * of UTF-8. Works in place and gives a view of `bytes`. Throws UserError for UTF-16 and for what holds NUL.
 */
export function plainLines(bytes: Uint8Array, source: string): Uint8Array {
  if (isUtf16(bytes)) throw new UserError(`${source} is UTF-16; save it as UTF-8`);
  if (bytes.subarray(0, SEARCHED_FOR_NUL).includes(0)) {
    throw new UserError(
      `${source} is no text, it holds NUL bytes: give a text file, and one in UTF-16 as UTF-8`,
    );
  }
  const start = UTF8_MARK.every((byte, i) => bytes[i] === byte) ? UTF8_MARK.length : 0;
  const first = bytes.indexOf(CR);
  if (first < 0) return bytes.subarray(start);
  let to = first;
  for (let from = first; from < bytes.length; from++) {
    const byte = bytes[from]!;
    if (byte === CR && bytes[from + 1] === LF) continue;
    bytes[to++] = byte === CR ? LF : byte;
  }
  return bytes.subarray(start, to);
}

/**
 * The text of bytes that `plainLines` gave. Throws UserError, with the line (from 1), where they are not UTF-8 and no
 * other encoding was said: a wrong guess would make one class of é and è.
 */
export function decoded(plain: Uint8Array, source: string, encoding: TextEncoding = 'utf-8'): string {
  if (encoding === 'latin1')
    return Buffer.from(plain.buffer, plain.byteOffset, plain.length).toString('latin1');
  if (isUtf8(plain)) return new TextDecoder('utf-8').decode(plain);
  let line = 1;
  for (let from = 0; from < plain.length; line++) {
    const end = plain.indexOf(LF, from);
    const to = end < 0 ? plain.length : end;
    if (!isUtf8(plain.subarray(from, to))) break;
    from = to + 1;
  }
  throw new UserError(
    `${source}: row ${line} is not UTF-8; save it as UTF-8, or say --encoding latin1 if it is that`,
  );
}

/** The whole text of a file's bytes, by `plainLines` and `decoded`. */
export function textOf(bytes: Uint8Array, source: string): string {
  const plain = plainLines(bytes, source);
  if (!isUtf8(plain)) throw new UserError(`${source} is not UTF-8; save it as UTF-8`);
  return new TextDecoder('utf-8').decode(plain);
}
