/** Changes to bytes and to lines of text. */
import { constants, gzipSync } from 'node:zlib';
import type { Draws } from './draws.js';
import { oddNumeral, oddText } from './oddities.js';

/** Words of headers: lengths, counts and magic numbers. */
const WORDS = [0, 1, 7, 255, 256, 2049, 2051, 0x7fffffff, 0x80000000, 0xffffffff] as const;

export function mutatedBytes(draws: Draws, bytes: Uint8Array): Uint8Array {
  let changed: Uint8Array = Uint8Array.from(bytes);
  for (let times = draws.fewTimes(); times > 0; times--) changed = changedBytes(draws, changed);
  return changed;
}

function changedBytes(draws: Draws, bytes: Uint8Array): Uint8Array {
  // half of the time in the header
  const at = draws.below(draws.oncePer(2) ? Math.min(24, bytes.length) : bytes.length);
  const end = Math.min(bytes.length, at + 1 + draws.below(draws.oncePer(2) ? 8 : bytes.length));
  switch (draws.below(8)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return joined(bytes.slice(0, at), bytes.slice(end));
    case 2:
      return joined(bytes.slice(0, end), bytes.slice(at));
    case 3:
      return joined(
        bytes.slice(0, at),
        new Uint8Array(1 + draws.below(64)).fill(draws.below(256)),
        bytes.slice(at),
      );
    case 4:
    case 5: {
      const word = draws.of(WORDS);
      for (let i = 0; i < 4 && at + i < bytes.length; i++) bytes[at + i] = word >>> (8 * (3 - i));
      return bytes;
    }
    default:
      if (bytes.length > 0) bytes[at]! ^= 1 << draws.below(8);
      return bytes;
  }
}

/** Packed, and of packed ones some cut or with an altered byte. */
export function perhapsPacked(draws: Draws, bytes: Uint8Array): Uint8Array {
  if (!draws.oncePer(4)) return bytes;
  const packed = gzipSync(bytes, { level: constants.Z_BEST_SPEED });
  return draws.oncePer(3) ? mutatedBytes(draws, packed) : packed;
}

/** Lines and marks of a text changed; `other` is spliced in now and then. */
export function mutatedText(draws: Draws, text: string, other: string): string {
  let changed = text;
  for (let times = draws.fewTimes(); times > 0; times--) changed = changedText(draws, changed, other);
  return changed;
}

function changedText(draws: Draws, text: string, other: string): string {
  const lines = text.split('\n');
  const line = draws.below(lines.length);
  const at = draws.below(text.length + 1);
  switch (draws.below(11)) {
    case 0:
      return text.slice(0, at);
    case 1:
      lines.splice(line, 1);
      return lines.join('\n');
    case 2:
      lines.splice(
        draws.below(lines.length + 1),
        0,
        ...Array.from({ length: 1 + draws.below(3) }, () => lines[line]!),
      );
      return lines.join('\n');
    case 3:
      return text.slice(0, at) + oddText(draws) + text.slice(at);
    case 4:
      return text.slice(0, at) + text.slice(at + 1 + draws.below(8));
    case 5:
      return text.slice(0, at) + other.slice(draws.below(other.length));
    case 6:
      return lines.join(draws.of(['\r\n', '\r', '\n\n', ' \n']));
    case 7:
      return replacedOne(draws, text, /[A-Za-z_][\w-]*/g, () => oddText(draws));
    default:
      return replacedOne(draws, text, /-?\d[\d.e+-]*/gi, () => oddNumeral(draws));
  }
}

function replacedOne(draws: Draws, text: string, pattern: RegExp, by: () => string): string {
  const found = [...text.slice(0, 100_000).matchAll(pattern)];
  if (found.length === 0) return text;
  const { index, 0: match } = draws.of(found);
  return text.slice(0, index) + by() + text.slice(index + match.length);
}

/** A text's bytes; now and then in another encoding, with a mark, or with bytes that are no text. */
export function encodedText(draws: Draws, text: string): Uint8Array {
  switch (draws.below(20)) {
    case 0:
      return Buffer.from(text, 'latin1');
    case 1:
      return Buffer.from(text, 'utf16le');
    case 2:
      return Buffer.from(`\ufeff${text}`);
    case 3:
      return mutatedBytes(draws, Buffer.from(text));
    default:
      return Buffer.from(text);
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
