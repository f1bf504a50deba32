/** Where a command's values come from: its arguments, those after `--` too, else stdin. */
import { UserError } from '../errors.js';
import type { Item } from './read-value.js';
import { itemsOfArguments, itemsOfLines } from './value-lines.js';

/** Throws UserError where there are no arguments and stdin is a terminal. */
export function inputItems(args: object, given: readonly string[]): AsyncIterable<Item> {
  // The parser makes numbers of what follows `--`; the text as given is only in the arguments of the process.
  const hasMore = ((args as { '--'?: unknown[] })['--'] ?? []).length > 0;
  const texts = hasMore ? [...given, ...process.argv.slice(process.argv.indexOf('--') + 1)] : given;
  if (texts.length > 0) return itemsOfArguments(texts);
  if (process.stdin.isTTY)
    throw new UserError('nothing to do; give values as arguments or one a line on stdin');
  return itemsOfLines(process.stdin);
}
