/** The page about specs, docs/sweep-spec.md: made from what the fields, axes and columns are. */
import { formatFamilies } from '../formats/registry.js';
import { AXES, type Axis } from './axes.js';
import { COLUMNS, type Style } from './columns.js';
import { type Field, SPEC_FIELDS, TABLE_FIELDS, TRAINING_FIELDS, valuesInWords } from './fields.js';
import { columnName, optionName } from './spellings.js';

/** Cells of Markdown; what would end a cell is escaped. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/[|<]/g, '\\$&')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string | number): string => `\`${text}\``;

function defaultOf({ otherwise }: Field): string {
  return otherwise === undefined ? '' : code(otherwise);
}

function fieldTable(fields: readonly Field[], optionsOf: string): string {
  return table(
    ['field', optionsOf, 'values', 'default', 'meaning'],
    fields.map((field) => [
      code(field.name),
      field === SPEC_FIELDS.name ? '' : code(`--${optionName(field.name)}`),
      valuesInWords(field.values),
      defaultOf(field),
      field.meaning,
    ]),
  );
}

function axisRow(axis: Axis): string[] {
  return [
    code(axis.name),
    axis.name === 'format' ? 'the argument' : code(`--${optionName(axis.name)}`),
    code(columnName(axis.name)),
    valuesInWords(axis.values),
    defaultOf(axis),
    axis.decides,
    axis.meaning,
  ];
}

function gridTable(): string {
  const rows = formatFamilies().flatMap(({ name, grid }) =>
    Object.entries(grid?.keys ?? {}).map(([key, { least, most, words = [], otherwise }]) => [
      code(name),
      code(key),
      [...(least === undefined ? [] : [`${least} to ${most}`]), ...words.map(code)].join(', '),
      otherwise === undefined ? 'must be given' : code(otherwise),
    ]),
  );
  return table(['family', 'key', 'values', 'default'], rows);
}

function renamedTable(): string {
  const named = (fields: readonly Field[], prefix: string) =>
    fields.flatMap(({ name, was = [] }) =>
      was.map((old) => [code(`${prefix}${old}`), code(`${prefix}${name}`)]),
    );
  return table(
    ['earlier', 'now'],
    [
      ...named([...Object.values(SPEC_FIELDS), ...AXES], ''),
      ...named(Object.values(TRAINING_FIELDS), 'training.'),
    ],
  );
}

const STYLE_WORDS: Readonly<Record<Style, string>> = {
  text: 'text',
  integer: 'whole number',
  share: '0 to 1',
  difference: '−1 to 1',
  probability: '0 to 1',
  significant: 'six significant digits',
};

function columnTable(): string {
  return table(
    ['column', 'in the library', 'values', 'meaning'],
    COLUMNS.map(({ word, name, style, meaning }) => [code(name), code(word), STYLE_WORDS[style], meaning]),
  );
}

export function specPage(): string {
  return `# The fields of a sweep

This page is made by \`npm run docs\` from the lists that the program itself reads (\`sweep/fields.ts\`, \`sweep/axes.ts\`,
\`sweep/columns.ts\`); [sweep-spec.schema.json](sweep-spec.schema.json) says the same to editors.

A spec is a YAML or JSON file of fields. One word means one thing everywhere, in three alphabets: \`calibrationImages\` in a
spec and in the library, \`calibration_images\` in a CSV file, \`--calibration-images\` on the command line.

\`\`\`yaml
name: mine
dataset: mnist
network: lenet5
training: { epochs: 5 }
format: [posit8es1, { float: { bits: 5..8, exponents: 2..4 } }]
quantizer: [rounding, linear]
seed: 0..2
\`\`\`

## Of a whole sweep

Give \`weights\` of a saved model, or \`training\` with \`network\` and \`dataset\`.

${fieldTable(Object.values(SPEC_FIELDS), 'option of other commands')}

\`table\` says how a CSV file is read:

${fieldTable(Object.values(TABLE_FIELDS), 'option')}

\`training\` is the recipe; the seed is an axis:

${fieldTable(Object.values(TRAINING_FIELDS), 'option of `train`')}

## Axes

An axis takes one value, a list, or, of whole numbers, a range such as \`5..8\`. A sweep runs all combinations, but for those
that cannot be and those that give the same codes as another; both are counted. A value of an axis that decides \`codes\` is
a point of its own; one that decides the \`price\` is a row of the same point.

${table(['field', 'option of `evaluate`', 'column', 'values', 'default', 'decides', 'meaning'], AXES.map(axisRow))}

An entry of \`format\` is

- a name (\`posit8es1\`), or an open one (\`fixed8\`), for which the fraction bits with the best accuracy on the calibration
  images are found;
- a grid of a family, \`{ posit: { bits: 5..8, es: 0..2 } }\`, with the keys below;
- a pair, \`{ weights: int8, activations: posit8es1 }\`;
- an assignment by layer, a pair with \`layers: { conv1: { weights: posit8es1 } }\` and a \`name\`. The activations of a layer
  are what it writes; the images are written by \`input\`;
- a file with such an assignment, by its path, which ends in \`.yaml\`, \`.yml\` or \`.json\`: \`cheetah layers --sensitivity\`
  writes one. \`cheetah evaluate\` takes the file too.

${gridTable()}

## Rows

What is unknown or does not apply is \`n/a\` in a CSV file, \`null\` in JSON, \`undefined\` in the library.

${columnTable()}

## Renamed

Earlier names of fields are refused with the name of now; CSV files with earlier columns (\`images\`, \`cost_source\`) are
still read.

${renamedTable()}
`;
}
