/** Text that comes in pieces, from stdin: the rules of input/text.ts, with nothing held but the piece at hand. */
import { UserError } from '../errors.js';
import { isUtf16, plainLines } from './text.js';

const LF = 0x0a;
const CR = 0x0d;
/** A mark has up to three bytes; and UTF-16 without one shows within a few characters. */
const HEAD = 16;

/** The same bytes with lines ended by \n alone and without a mark of UTF-8. Throws UserError for UTF-16 and NUL. */
export async function* plainPieces(
  pieces: AsyncIterable<Uint8Array | string>,
  source: string,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  let endedByReturn = false;
  for await (const piece of pieces) {
    let bytes: Uint8Array = typeof piece === 'string' ? Buffer.from(piece) : Uint8Array.from(piece);
    if (head !== undefined) {
      bytes = Buffer.concat([head, bytes]);
      head = bytes.length < HEAD && !isUtf16(bytes) ? bytes : undefined;
      if (head !== undefined) continue;
    } else if (bytes.includes(0))
      throw new UserError(`${source} is no text, it holds NUL bytes; give text in UTF-8`);
    if (endedByReturn && bytes[0] === LF) bytes = bytes.subarray(1);
    endedByReturn = bytes.length > 0 ? bytes.at(-1) === CR : endedByReturn;
    yield plainLines(bytes, source);
  }
  if (head !== undefined && head.length > 0) yield plainLines(head, source);
}
