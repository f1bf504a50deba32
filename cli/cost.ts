/** `cheetah cost`: what prices there are, and prices of one's own from measured units. */
import type { Argv, CommandModule } from 'yargs';

interface ListArguments {
  json: boolean;
}

interface FitArguments {
  measurements: string;
  name: string;
  out: string;
  describes: string | undefined;
  luts: 'LUT4' | 'COMB' | 'LUT';
  json: boolean;
}

const listCommand: CommandModule<object, ListArguments> = {
  command: 'list',
  describe: 'the built-in cost sources: what they price, and how well',
  builder: (parser: Argv) =>
    parser
      .option('json', { type: 'boolean', default: false, describe: 'print the whole sources as JSON' })
      .example('$0 cost list', 'names for --cost') as Argv<ListArguments>,
  handler: async (given) => {
    const { printSources } = await import('./cost-list.js');
    printSources(given.json ? 'json' : 'text');
  },
};

const fitCommand: CommandModule<object, FitArguments> = {
  command: 'fit <measurements>',
  describe: 'fit a cost source to measured units',
  builder: (parser: Argv) =>
    parser
      .positional('measurements', {
        type: 'string',
        demandOption: true,
        describe: 'CSV: format, k and any of area_um2, energy_fj_per_mac, delay_ps, luts, source',
      })
      .option('name', { type: 'string', demandOption: true, describe: 'name of the source, for the rows' })
      .option('out', { type: 'string', demandOption: true, describe: 'JSON file to write' })
      .option('describes', { type: 'string', describe: 'technology and tools, in one line' })
      .option('luts', {
        choices: ['LUT4', 'COMB', 'LUT'] as const,
        default: 'LUT' as const,
        describe: 'what the column luts counts',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print how good each fit is as JSON' })
      .example('$0 cost fit units.csv --name my-7nm --out my-cost.json', 'then: --cost my-cost.json')
      .epilog(
        'A row is a measured unit: posit8es1,1024,2479. Blank is not measured. docs/cost.md says what is fitted.',
      ) as Argv<FitArguments>,
  handler: async (given) => {
    const { fitFile } = await import('./cost-fit.js');
    await fitFile(given);
  },
};

export const costCommand: CommandModule = {
  command: 'cost',
  describe: 'list cost sources, or fit one to measured units',
  builder: (parser: Argv) =>
    parser
      .command(listCommand)
      .command(fitCommand)
      .demandCommand(1, 'cost: no action given; use list or fit')
      .example('$0 cost list', 'the built-in sources')
      .example('$0 cost fit units.csv --name my-7nm --out my-cost.json', 'prices of your own'),
  handler: () => {},
};
