/** The options of every command that takes a data set: how a CSV file is read where a guess would be wrong. */
import type { TableChoices } from '../datasets/table.js';
import { TABLE_FIELDS } from '../sweep/fields.js';
import { fieldOptions } from './field-options.js';

export interface TableArguments {
  label: string | undefined;
  header: 'yes' | 'no' | undefined;
  delimiter: string | undefined;
  encoding: 'utf-8' | 'latin1' | undefined;
}

export const TABLE_OPTIONS = fieldOptions(Object.values(TABLE_FIELDS), 'parser');

/** What was said of a table; undefined where nothing was. */
export function tableChoices(given: TableArguments): TableChoices | undefined {
  const { label, header, delimiter, encoding } = given;
  const said = Object.entries({ label, header, delimiter, encoding }).filter(
    ([, value]) => value !== undefined,
  );
  return said.length === 0 ? undefined : Object.fromEntries(said);
}
