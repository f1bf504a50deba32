/** Numbers as people type them. They are read as float64; what is no float64 is said to have been rounded to one. */
import { exactDecimal, isFloat64Text } from '../arithmetic/decimal.js';
import { UserError } from '../errors.js';
import type { EncodeEvent } from '../formats/events.js';

/** A text and where it stood, for messages: `line 3`. */
export interface Item {
  readonly text: string;
  readonly where: string;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NAMED: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
};

/** The float64 of a decimal number, nan, inf or infinity. Throws UserError naming where it stood. */
export function parseValue({ text, where }: Item): number {
  if (NUMBER.test(text)) return Number(text);
  const sign = text.startsWith('-') ? -1 : 1;
  const named = NAMED[text.replace(/^[+-]/, '').toLowerCase()];
  if (named !== undefined) return sign * named;
  const shown = text.slice(0, 40);
  if (/^--[a-z]/.test(text))
    throw new UserError(`option '${shown}' is unknown; --help lists what is allowed`);
  throw new UserError(`${where}: '${shown}' is not a number; write one like -1.5, 2e-3, nan or -inf`);
}

/** Whether the value that was read is the one that was written; nan and inf are. */
export function isAsWritten(text: string): boolean {
  return !NUMBER.test(text) || isFloat64Text(text);
}

/** `0.1 is no float64; read as 0.1000000000000000055511151231257827021181583404541015625`. */
export function readAs(text: string, value: number): string {
  return `${text} is no float64; read as ${exactDecimal(value)}`;
}

/** The event of a text: what is exact, or a tie, only once the text was rounded to float64 is called that. */
export function textEvent(event: EncodeEvent, asWritten: boolean): string {
  return !asWritten && (event === 'exact' || event === 'tie') ? `${event}-float64` : event;
}
