/** Tables, costs, measurements and notebooks. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataset } from '../../datasets/load.js';
import { listCostSources } from '../../emac/cost/built-in.js';
import type { MacFacts } from '../../emac/cost/facts.js';
import { fitCost } from '../../emac/cost/fit.js';
import { costOfInference } from '../../emac/cost/inference.js';
import { getFormat } from '../../formats/registry.js';
import { readBytes } from '../../input/bounded-file.js';
import { loadCostSource } from '../../input/cost-source.js';
import { readMeasurements } from '../../input/measurements.js';
import { textOf } from '../../input/text.js';
import { markdownHtml } from '../../report/notebook/markdown.js';
import { instrument, LARGEST_NOTEBOOK, parseNotebook } from '../../report/notebook/parse.js';
import { encodedText, mutatedText, perhapsPacked } from './mutate-bytes.js';
import { mutatedValue } from './mutate-value.js';
import { type Kind, writeJson, yamlOrJson } from './subject.js';

const KINDS_OF_FLOWER = ['setosa', 'versicolor', 'virginica'] as const;

/** Four features and three classes, 60 rows. */
export const TABLE = `a,b,c,d,kind\n${Array.from({ length: 60 }, (_, i) => {
  const cells = [0, 1, 2, 3].map((c) => ((i * (7 + c)) % 23) / 4 - c);
  return `${cells.join(',')},${KINDS_OF_FLOWER[i % 3]}`;
}).join('\n')}\n`;

const OTHER_TABLES = [
  TABLE.replaceAll(',', ';'),
  TABLE.replace(/^.*\n/, '60,4,setosa,versicolor,virginica\n').replace(
    /setosa$|versicolor$|virginica$/gm,
    (name) => String(KINDS_OF_FLOWER.indexOf(name as 'setosa')),
  ),
  `sep=|\n# a comment\n${TABLE.replaceAll(',', '|').replaceAll(/\d+\.\d+/g, '"$&"')}`,
  TABLE.replaceAll('setosa', '"é, ""quoted"""'),
] as const;

export const TABLES: Kind = {
  name: 'table',
  share: 15,
  prepare: () => ({
    write(draws, folder) {
      const text = draws.oncePer(2) ? TABLE : draws.of(OTHER_TABLES);
      const bytes = encodedText(draws, mutatedText(draws, text, draws.of(OTHER_TABLES)));
      writeFileSync(join(folder, 'table.csv'), perhapsPacked(draws, bytes));
    },
    async read(folder) {
      await loadDataset(join(folder, 'table.csv'), undefined, { tell: () => undefined });
    },
    args: (folder) => ['data', 'show', join(folder, 'table.csv'), '--count', '1'],
  }),
};

const UNIT = getFormat('posit8es1');

export const COSTS: Kind = {
  name: 'cost',
  share: 10,
  prepare: (own) => {
    writeFileSync(join(own, 'table.csv'), TABLE);
    return {
      write(draws, folder) {
        const source = { ...draws.of(listCostSources()), name: 'mine' };
        const path = join(folder, 'cost.json');
        const changed = draws.oncePer(3) ? source : mutatedValue(draws, source);
        const text = yamlOrJson(draws, changed);
        const whole = changed === source;
        writeFileSync(path, whole ? encodedText(draws, mutatedText(draws, text, 'a: &a [*a]\n')) : text);
      },
      read(folder) {
        const source = loadCostSource(join(folder, 'cost.json'));
        const facts: MacFacts = {
          name: 'layer',
          k: 100,
          outputs: 10,
          scaleBits: 16,
          weightFormat: UNIT,
          activationFormat: UNIT,
          outputFormat: UNIT,
          accumulator: { kind: 'exact' },
          multiplier: 'none',
          zeroPoints: 'none',
        };
        costOfInference([facts], source);
      },
      args: (folder) => {
        writeJson(join(folder, 'spec.json'), {
          name: 'x',
          dataset: join(own, 'table.csv'),
          network: 'mlp4',
          training: {},
          format: ['posit6es1'],
          cost: join(folder, 'cost.json'),
        });
        return ['sweep', join(folder, 'spec.json'), '--plan'];
      },
    };
  },
};

const UNITS = [
  'fixed5q2',
  'fixed6q3',
  'fixed8q4',
  'float6e3m2',
  'float8e4m3',
  'posit5es1',
  'posit6es0',
  'posit8es2',
];
const MEASUREMENTS = `format,k,area_um2,energy_fj_per_mac,delay_ps,luts,source\n${UNITS.map((name, i) => {
  const size = 100 + 37 * i + ((i * i) % 7);
  return `${name},${64 << (i % 4)},${size * 9},${size * 3},${400 + 3 * size},${i === 3 ? '' : size},mine`;
}).join('\n')}\n`;

export const MEASURED: Kind = {
  name: 'measurements',
  share: 8,
  prepare: () => ({
    write(draws, folder) {
      const text = mutatedText(draws, MEASUREMENTS, TABLE);
      writeFileSync(join(folder, 'units.csv'), encodedText(draws, text));
    },
    async read(folder) {
      await fitCost(readMeasurements(join(folder, 'units.csv')), { name: 'mine', lutKind: 'LUT' });
    },
    args: (folder) => [
      'cost',
      'fit',
      join(folder, 'units.csv'),
      '--name',
      'mine',
      '--out',
      join(folder, 'out.json'),
    ],
  }),
};

const NOTEBOOK = `// %% [markdown] A title
// # Heading with \`code\` and *stress*
// - a list of [links](https://example.org)
//
// | a | b |
// | - | - |
// | 1 | 2 |
// %% First
const numbers: number[] = [1, 2, 3];
console.log(numbers.length);
// %%
const sum = numbers.reduce((a, b) => a + b, 0);
console.log(\`sum \${sum}\`);
`;

export const NOTEBOOKS: Kind = {
  name: 'notebook',
  share: 5,
  prepare: () => ({
    write(draws, folder) {
      const text = draws.oncePer(8) ? NOTEBOOK.repeat(draws.below(200)) : mutatedText(draws, NOTEBOOK, TABLE);
      writeFileSync(join(folder, 'notebook.ts'), encodedText(draws, text));
    },
    read(folder) {
      const path = join(folder, 'notebook.ts');
      const text = textOf(readBytes(path, { most: LARGEST_NOTEBOOK, wanted: 'a notebook' }), path);
      const cells = parseNotebook(text);
      instrument(text, cells);
      for (const cell of cells) if (cell.kind === 'markdown') markdownHtml(cell.text);
    },
    args: (folder) => ['notebook', 'run', join(folder, 'notebook.ts'), '--out', join(folder, 'out')],
  }),
};
