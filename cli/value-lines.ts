/** Values and codes, one a line or one an argument, to CSV or JSON: what `cheetah encode` and `decode` do. */
import { exactDecimal } from '../arithmetic/decimal.js';
import { randomWord } from '../arithmetic/philox.js';
import { UserError } from '../errors.js';
import { errorText, eventOf } from '../formats/events.js';
import { hexCode } from '../formats/explain.js';
import type { NumberFormat, Rounding } from '../formats/format.js';
import { UNIT } from '../formats/placement.js';
import { bulkEncode } from '../formats/rounding/bulk.js';
import { plainPieces } from '../input/lines.js';
import { type Item, isAsWritten, parseValue, textEvent } from './read-value.js';
import { type Form, written } from './record-pieces.js';

/** Items encoded at once: enough for a table to be worth its making, few enough for output to follow input soon. */
const BATCH = 8192;
/** Below this a 16-bit format is encoded value by value: its table would cost more. */
const WORTH_TABLE = 64;

/** Arguments as items. */
export async function* itemsOfArguments(texts: readonly string[]): AsyncGenerator<Item> {
  for (const [index, text] of texts.entries()) yield { text, where: `argument ${index + 1}` };
}

/** Longest line: a file without line ends must not fill the memory. */
const LONGEST_LINE = 4096;

/** Lines as items, without the blanks around them; empty lines are passed over but counted. */
export async function* itemsOfLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<Item> {
  const decoder = new TextDecoder();
  let rest = '';
  let line = 0;
  for await (const bytes of plainPieces(chunks, 'stdin')) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop()!;
    if (rest.length > LONGEST_LINE) throw tooLong(line + lines.length + 1);
    for (const each of lines) {
      line++;
      if (each.length > LONGEST_LINE) throw tooLong(line);
      const text = each.trim();
      if (text !== '') yield { text, where: `line ${line}` };
    }
  }
  if (rest.trim() !== '') yield { text: rest.trim(), where: `line ${line + 1}` };
}

function tooLong(line: number): UserError {
  return new UserError(`line ${line} is longer than ${LONGEST_LINE} characters; give one value a line`);
}

async function* batches(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The columns of the CSV and the keys of the JSON. */
const COLUMNS = ['input', 'code', 'value', 'error', 'event'] as const;

/** The code of hex digits with or without 0x. Throws UserError naming where it stood. */
function parseCode(format: NumberFormat, { text, where }: Item): number {
  const digits = /^(?:0x)?([0-9a-f]+)$/i.exec(text)?.[1];
  const shown = text.slice(0, 40);
  if (digits === undefined) {
    if (/^--[a-z]/.test(text))
      throw new UserError(`option '${shown}' is unknown; --help lists what is allowed`);
    throw new UserError(`${where}: '${shown}' is not a hex code; write one like 0x40 or 40`);
  }
  const code = Number.parseInt(digits, 16);
  if (code < 2 ** format.bits) return code;
  const last = hexCode(format, 2 ** format.bits - 1);
  throw new UserError(`${where}: '${shown}' is not a code of ${format.name}; its codes are 0x0 to ${last}`);
}

/** Texts of codes and their values, worked out once a code. */
class CodeTexts {
  readonly #known = new Map<number, readonly [string, string]>();

  constructor(private readonly format: NumberFormat) {}

  of(code: number): readonly [code: string, value: string] {
    let texts = this.#known.get(code);
    if (!texts) {
      texts = [hexCode(this.format, code), exactDecimal(this.format.toNumber(code))];
      if (this.#known.size < 0x10000) this.#known.set(code, texts);
    }
    return texts;
  }
}

export interface EncodeOptions {
  readonly rounding: Rounding;
  /** Of stochastic rounding; an item's random word is that of tensor 0, image 0, element = its number from 0. */
  readonly seed: number;
  readonly form: Form;
  /** Called for every item whose text is no float64, with the float64 it was read as. */
  readonly onRounded?: (item: Item, value: number) => void;
}

/**
 * Text in pieces, what each value becomes: CSV with its header first, or a JSON array. Throws UserError for the first
 * that is no number, before anything of its batch is written.
 */
export function encodeItems(
  items: AsyncIterable<Item>,
  format: NumberFormat,
  options: EncodeOptions,
): AsyncGenerator<string> {
  return written(COLUMNS, encoded(items, format, options), options.form);
}

async function* encoded(
  items: AsyncIterable<Item>,
  format: NumberFormat,
  { rounding, seed, onRounded }: EncodeOptions,
): AsyncGenerator<string[][]> {
  const texts = new CodeTexts(format);
  let done = 0;
  for await (const batch of batches(items)) {
    const values = Float64Array.from(batch, parseValue);
    const codes = new Uint32Array(batch.length);
    const wordOf = (index: number) => randomWord(seed, 'rounding', 0, 0, done + index);
    const describe = (index: number) => batch[index]!.where;
    if (batch.length < WORTH_TABLE && values.every(Number.isFinite)) {
      const isRandom = rounding.mode === 'stochastic';
      for (const [index, value] of values.entries()) {
        codes[index] = format.encode(value, rounding, isRandom ? wordOf(index) : undefined);
      }
    } else bulkEncode(values, format, rounding, UNIT, codes, wordOf, describe);
    yield batch.map((item, index) => {
      const x = values[index]!;
      const code = codes[index]!;
      const asWritten = isAsWritten(item.text);
      if (!asWritten) onRounded?.(item, x);
      const event = textEvent(eventOf(format, x, code, rounding), asWritten);
      return [item.text, ...texts.of(code), errorText(format.toNumber(code), x), event];
    });
    done += batch.length;
  }
}

/** Text in pieces, what each code means, as `encodeItems` writes it; decoding is always exact. */
export function decodeItems(
  items: AsyncIterable<Item>,
  format: NumberFormat,
  form: Form,
): AsyncGenerator<string> {
  return written(COLUMNS, decoded(items, format), form);
}

async function* decoded(items: AsyncIterable<Item>, format: NumberFormat): AsyncGenerator<string[][]> {
  const texts = new CodeTexts(format);
  for await (const batch of batches(items)) {
    yield batch.map((item) => [item.text, ...texts.of(parseCode(format, item)), '0', 'exact']);
  }
}
