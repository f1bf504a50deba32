/** The options of every command that takes a data set: where data sets are, and how a CSV file is read. */
import type { TableChoices } from '../datasets/table.js';
import { TABLE_FIELDS } from '../sweep/fields.js';
import { fieldOptions } from './field-options.js';

export interface TableArguments {
  label: string | undefined;
  header: 'yes' | 'no' | undefined;
  delimiter: string | undefined;
  encoding: 'utf-8' | 'latin1' | undefined;
}

export const DATA_OPTION = {
  data: { type: 'string', requiresArg: true, describe: 'directory of data sets (or set CHEETAH_DATA)' },
} as const;

/** What is left out is guessed from the file. */
export const TABLE_OPTIONS = fieldOptions(Object.values(TABLE_FIELDS), 'parser');

/** The options that were given; undefined where none was. */
export function tableChoices(given: TableArguments): TableChoices | undefined {
  const { label, header, delimiter, encoding } = given;
  const said = Object.entries({ label, header, delimiter, encoding }).filter(
    ([, value]) => value !== undefined,
  );
  return said.length === 0 ? undefined : Object.fromEntries(said);
}
