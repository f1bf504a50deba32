/** `cheetah best`: what the validation images choose of a sweep, and what the test images say of it. */
import type { CommandModule } from 'yargs';

interface BestArguments {
  csv: string;
  by: string;
  source: string | undefined;
  units: number | undefined;
  json: boolean | undefined;
}

export const bestCommand: CommandModule<object, BestArguments> = {
  command: 'best <csv>',
  describe: 'what validation chooses of each family and width, and what the test images say of it',
  builder: (parser) =>
    parser
      .positional('csv', { type: 'string', demandOption: true, describe: 'CSV that a sweep wrote' })
      .option('by', {
        type: 'string',
        default: 'family,bits',
        requiresArg: true,
        describe: 'columns with a choice for each of their values, by commas',
      })
      .option('source', {
        type: 'string',
        requiresArg: true,
        describe: 'only the rows priced by this cost source',
      })
      .option('units', {
        type: 'number',
        requiresArg: true,
        describe: 'only the rows of so many multiply-accumulate units',
      })
      .option('json', { type: 'boolean', describe: 'print the choices as JSON' })
      .example('$0 best results/default.csv', 'a format for each family and width')
      .example('$0 best results/default.csv --by bits,quantizer', 'a format for each width and quantizer')
      .epilog(
        'Validation images are held out of the training; the best on test images would be the luckiest, not the best.',
      ),
  handler: async ({ csv, by, source, units, json }) => {
    const { listedNames } = await import('../input/listed-names.js');
    const { isBaseline } = await import('../sweep/columns.js');
    const { choicesBy } = await import('../sweep/summary/best.js');
    const { summaryOf } = await import('../sweep/summary/file.js');
    const names = listedNames(by);
    const summary = summaryOf(csv).filter(
      (line) =>
        isBaseline(line) ||
        ((source === undefined || line.cost === source) && (units === undefined || line.units === units)),
    );
    const choices = choicesBy(summary, names);
    if (json) {
      console.log(JSON.stringify(choices, null, 2));
      return;
    }
    const { bestTable } = await import('../report/best-table.js');
    const { textTable } = await import('../report/table-text.js');
    const { terminalStyle } = await import('../report/terminal.js');
    process.stdout.write(textTable(bestTable(choices, names), terminalStyle(process.stdout)));
  },
};
