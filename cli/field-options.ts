/** Options made of the fields of a sweep, so that a command and a spec say the same of them. */
import type { Options } from 'yargs';
import { type Field, valuesInWords } from '../sweep/fields.js';
import { optionName } from '../sweep/spellings.js';

export interface OptionChoices {
  /** The default in words, where the field's own would not say it: `all; with --vectors: 4`. */
  readonly otherwise?: string;
  /** `none`: an option that is left out is `undefined`, though the field has a default in a spec. */
  readonly default?: 'of the field' | 'none';
  /** In place of the field's own meaning. */
  readonly meaning?: string;
}

/** Who refuses a word that is not allowed: the parser of the command line, or the schema of a spec, which says more. */
export type CheckedBy = 'parser' | 'schema';

/** The option of a field, of one value, as yargs takes it. */
export function fieldOption(field: Field, checkedBy: CheckedBy, choices: OptionChoices = {}): Options {
  const { values, otherwise } = field;
  const isChoice = values.kind === 'words' && checkedBy === 'parser';
  const isNumber = values.kind === 'integers' || values.kind === 'reals' || values.kind === 'count';
  const said = choices.otherwise ?? (choices.default === 'none' ? otherwise : undefined);
  const meaning = choices.meaning ?? field.meaning;
  const allowed = isNumber || isChoice ? '' : `: ${valuesInWords(values)}`;
  return {
    ...(isChoice ? { choices: values.words } : { type: isNumber ? 'number' : 'string' }),
    requiresArg: true,
    describe: `${meaning}${allowed}${said === undefined ? '' : ` [default: ${said}]`}`,
    ...(choices.default === 'none' || otherwise === undefined ? {} : { default: otherwise }),
  };
}

/** An option for each field, by its name with hyphens. */
export function fieldOptions(
  fields: readonly Field[],
  checkedBy: CheckedBy,
  choices: Readonly<Record<string, OptionChoices>> = {},
): Record<string, Options> {
  return Object.fromEntries(
    fields.map((field) => [optionName(field.name), fieldOption(field, checkedBy, choices[field.name])]),
  );
}
