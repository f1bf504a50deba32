/** Where a command's values come from: its arguments, those after `--` too, else stdin. */
import { UserError } from '../errors.js';
import { type Item, itemsOfArguments, itemsOfLines } from './value-lines.js';

/** Throws UserError where there are no arguments and stdin is a terminal. */
export function inputItems(args: object, given: readonly string[]): AsyncIterable<Item> {
  const after = (args as { '--'?: (string | number)[] })['--'] ?? [];
  const texts = [...given, ...after.map(String)];
  if (texts.length > 0) return itemsOfArguments(texts);
  if (process.stdin.isTTY)
    throw new UserError('nothing to do; give values as arguments or one a line on stdin');
  return itemsOfLines(process.stdin);
}
