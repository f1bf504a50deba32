/** Lines of hex codes separated by blanks, read byte by byte: input may be hundreds of megabytes. */
import { UserError } from '../errors.js';

/** Value of a hex digit by character code, −1 for other characters. */
const DIGITS = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  DIGITS[digit.toString(16).charCodeAt(0)] = digit;
  DIGITS[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}
const NEWLINE = 0x0a;
const BLANKS = [0x20, 0x09, 0x0d];
const PREFIX = [0x78, 0x58];
/** No code is this large; digits beyond are not even counted. */
const TOO_LARGE = 2 ** 36;

export interface HexSink {
  /** Codes in the order they stand on a line, counted from 1. */
  code(code: number, line: number): void;
  line(line: number): void;
}

/** Feeds a sink. Words are hex digits with or without 0x; anything else is a UserError that names the line. */
export class HexLines {
  #line = 1;
  #value = 0;
  #digits = 0;
  #prefix: 'none' | 'seen' = 'none';
  #isUnfinished = false;

  constructor(private readonly sink: HexSink) {}

  push(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      const digit = DIGITS[byte]!;
      if (digit >= 0) {
        this.#value = this.#value * 16 + digit;
        this.#digits++;
        if (this.#value >= TOO_LARGE) this.#fail(bytes, i);
      } else if (BLANKS.includes(byte)) {
        this.#endWord(bytes, i);
      } else if (byte === NEWLINE) {
        this.#endWord(bytes, i);
        this.sink.line(this.#line++);
        this.#isUnfinished = false;
        continue;
      } else if (
        PREFIX.includes(byte) &&
        this.#prefix === 'none' &&
        this.#digits === 1 &&
        this.#value === 0
      ) {
        this.#prefix = 'seen';
        this.#digits = 0;
      } else {
        this.#fail(bytes, i);
      }
      this.#isUnfinished = true;
    }
  }

  /** The last line may lack its line end. */
  end(): void {
    if (!this.#isUnfinished) return;
    this.#endWord(new Uint8Array(), 0);
    this.sink.line(this.#line);
  }

  #endWord(bytes: Uint8Array, at: number): void {
    if (this.#digits > 0) this.sink.code(this.#value, this.#line);
    else if (this.#prefix === 'seen') this.#fail(bytes, at - 1);
    this.#value = 0;
    this.#digits = 0;
    this.#prefix = 'none';
  }

  #fail(bytes: Uint8Array, at: number): never {
    const inWord = (index: number) => bytes[index] !== NEWLINE && !BLANKS.includes(bytes[index]!);
    let from = Math.max(at, 0);
    while (from > 0 && at - from < 20 && inWord(from - 1)) from--;
    let to = Math.max(at, 0);
    while (to < bytes.length && to - at < 20 && inWord(to)) to++;
    const word = Buffer.from(bytes.subarray(from, to))
      .toString('latin1')
      .replace(/[^\x20-\x7e]/g, '?');
    throw new UserError(
      `line ${this.#line}: '${word || '0x'}' is not a hex code; write codes like 40 or 0x40, separated by blanks`,
    );
  }
}
