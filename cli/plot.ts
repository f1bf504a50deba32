/** `cheetah plot`: a sweep's CSV as a figure. */
import type { CommandModule } from 'yargs';

/** As report/plot.ts has them; stated here so that help need not load the drawing library. */
const AXES = ['edp', 'energy', 'delay', 'bits'] as const;

interface PlotArguments {
  csv: string;
  out: string | undefined;
  x: (typeof AXES)[number];
  source: string | undefined;
  units: number | undefined;
  title: string | undefined;
}

export const plotCommand: CommandModule<object, PlotArguments> = {
  command: 'plot <csv>',
  describe: 'draw accuracy against cost, with its Pareto front, as SVG',
  builder: (parser) =>
    parser
      .positional('csv', { type: 'string', demandOption: true, describe: 'CSV that a sweep wrote' })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'SVG file to write [default: <csv> with the ending .svg]',
      })
      .option('x', { choices: AXES, default: 'edp' as const, describe: 'what stands on the horizontal axis' })
      .option('source', {
        type: 'string',
        requiresArg: true,
        describe: 'draw only the rows priced by this cost source',
      })
      .option('units', {
        type: 'number',
        requiresArg: true,
        describe: 'draw only the rows of so many multiply-accumulate units',
      })
      .option('title', { type: 'string', requiresArg: true, describe: 'title above the figure' })
      .example('$0 plot results/cheetah-mnist.csv', 'write results/cheetah-mnist.svg'),
  handler: async ({ csv, out, x, source, units, title }) => {
    const { plotFile } = await import('../report/plot-file.js');
    const file = await plotFile(csv, {
      out,
      axis: x,
      ...(source === undefined ? {} : { source }),
      ...(units === undefined ? {} : { units }),
      ...(title === undefined ? {} : { title }),
    });
    console.log(`wrote ${file}`);
  },
};
