/** The options of every command that takes a data set: how a CSV file is read where a guess would be wrong. */
import type { TableChoices } from '../datasets/table.js';

export interface TableArguments {
  label: string | undefined;
  header: 'yes' | 'no' | undefined;
  delimiter: string | undefined;
  encoding: 'utf-8' | 'latin1' | undefined;
}

export const TABLE_OPTIONS = {
  label: {
    type: 'string',
    requiresArg: true,
    describe: 'label column of a CSV file, by name or number from 1 [default: the last]',
  },
  header: {
    choices: ['yes', 'no'],
    describe: 'is the first row of a CSV file column names? [default: guessed]',
  },
  delimiter: {
    type: 'string',
    requiresArg: true,
    describe: 'comma, semicolon, tab, pipe or the mark itself [default: guessed]',
  },
  encoding: { choices: ['utf-8', 'latin1'], describe: 'of a CSV file [default: utf-8]' },
} as const;

/** What was said of a table; undefined where nothing was. */
export function tableChoices(given: TableArguments): TableChoices | undefined {
  const { label, header, delimiter, encoding } = given;
  const said = Object.entries({ label, header, delimiter, encoding }).filter(
    ([, value]) => value !== undefined,
  );
  return said.length === 0 ? undefined : Object.fromEntries(said);
}
