/** `cheetah data`: what data sets there are, fetching them, looking at them. */
import type { Argv, CommandModule } from 'yargs';
import { DATA_OPTION, TABLE_OPTIONS, type TableArguments, tableChoices } from './table-options.js';

interface ListArguments {
  data: string | undefined;
  json: boolean;
}

interface FetchArguments {
  set: string;
  to: string;
  from: string | undefined;
  json: boolean;
}

interface ShowArguments extends TableArguments {
  set: string;
  data: string | undefined;
  split: 'train' | 'test';
  first: number;
  count: number;
  seed: number;
  colour: boolean | undefined;
  json: boolean;
}

const JSON_OPTION = { type: 'boolean', default: false, describe: 'print JSON' } as const;

const listCommand: CommandModule<object, ListArguments> = {
  command: 'list',
  describe: 'the data sets by name: whether each is there, where, its sizes and its checksum',
  builder: (parser: Argv) => parser.options(DATA_OPTION).option('json', JSON_OPTION) as Argv<ListArguments>,
  handler: async (given) => {
    const { printInventory } = await import('./data-list.js');
    printInventory(given.data, given.json ? 'json' : 'table');
  },
};

const fetchCommand: CommandModule<object, FetchArguments> = {
  command: 'fetch <set>',
  describe: 'download a set from its publisher and check every byte',
  builder: (parser: Argv) =>
    parser
      .positional('set', {
        type: 'string',
        demandOption: true,
        describe: 'mnist, fashion-mnist, cifar-10 or mnist-14',
      })
      .option('to', {
        type: 'string',
        demandOption: true,
        describe: 'directory of data sets, in which the set gets a folder',
      })
      .option('from', {
        type: 'string',
        describe: 'address of a copy of the files, which must have the same checksums',
      })
      .option('json', JSON_OPTION)
      .example('$0 data fetch mnist --to data', 'then: cheetah train --dataset mnist --data data')
      .epilog(
        'Files that are there already are kept where their checksums are right; a download that was stopped goes on.',
      ) as Argv<FetchArguments>,
  handler: async (given) => {
    const { fetchNamed } = await import('./data-fetch.js');
    await fetchNamed(given.set, given.to, given.from, given.json ? 'json' : 'text');
  },
};

const showCommand: CommandModule<object, ShowArguments> = {
  command: 'show <set>',
  describe: 'print a few images, or rows of a table',
  builder: (parser: Argv) =>
    parser
      .positional('set', {
        type: 'string',
        demandOption: true,
        describe: 'name of a data set, or a CSV file',
      })
      .options(DATA_OPTION)
      .option('split', { choices: ['train', 'test'] as const, default: 'train', describe: 'split to show' })
      .option('first', { type: 'number', default: 0, describe: 'index of the first image' })
      .option('count', { type: 'number', default: 3, describe: 'how many images' })
      .option('seed', {
        type: 'number',
        default: 0,
        describe: 'seed of the built-in set and of the split of tables',
      })
      .options(TABLE_OPTIONS)
      .option('colour', {
        type: 'boolean',
        describe: 'draw in colour; --no-colour draws in characters [default: colour on a terminal]',
      })
      .option('json', JSON_OPTION) as Argv<ShowArguments>,
  handler: async (given) => {
    const { showImages } = await import('./data-show.js');
    await showImages({ ...given, table: tableChoices(given) });
  },
};

export const dataCommand: CommandModule = {
  command: 'data',
  describe: 'list, check or fetch data sets',
  builder: (parser: Argv) =>
    parser
      .command(listCommand)
      .command(fetchCommand)
      .command(showCommand)
      .demandCommand(1, 'data: no action given; use list, fetch or show'),
  handler: () => {},
};
