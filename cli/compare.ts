/** `cheetah compare`: points of a sweep against each other, image by image. */
import type { CommandModule } from 'yargs';

interface CompareArguments {
  csv: string;
  points: string[];
  margin: number;
  json: boolean | undefined;
}

export const compareCommand: CommandModule<object, CompareArguments> = {
  command: 'compare <csv> <points..>',
  describe: 'is one format better than another, by how much, and how sure is that?',
  builder: (parser) =>
    parser
      .positional('csv', {
        type: 'string',
        demandOption: true,
        describe: 'CSV that a sweep wrote, with its predictions beside it',
      })
      .positional('points', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'two or more points: a format, and with commas what else tells rows apart',
      })
      .option('margin', {
        type: 'number',
        default: 0.5,
        requiresArg: true,
        describe: 'difference that would matter, in percentage points',
      })
      .option('json', { type: 'boolean', describe: 'print the comparisons as JSON' })
      .example(
        '$0 compare results/default.csv posit8es1,linear,real float8e4m3,linear,real',
        'two formats under one quantizer',
      )
      .example('$0 compare results/default.csv float32 posit6es1,rounding --margin 1', 'against float32')
      .epilog(
        'Differences are paired: the same images, with the same weights. p is of an exact test over images and speaks of these trainings; with several seeds the interval is for new trainings too.',
      ),
  handler: async ({ csv, points, margin, json }) => {
    const { UserError } = await import('../errors.js');
    const { compareRows } = await import('../report/compare.js');
    if (!(margin >= 0 && margin <= 100)) {
      throw new UserError(`--margin ${margin} cannot be; give percentage points from 0 to 100`);
    }
    const pairs = compareRows(csv, points, margin / 100);
    if (json) {
      console.log(JSON.stringify(pairs, null, 2));
      return;
    }
    const { comparisonTable } = await import('../report/comparison-table.js');
    const { textTable } = await import('../report/table-text.js');
    const { terminalStyle } = await import('../report/terminal.js');
    process.stdout.write(textTable(comparisonTable(pairs, margin / 100), terminalStyle(process.stdout)));
  },
};
