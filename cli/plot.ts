/** `cheetah plot`: a sweep's CSV as a figure. */
import type { CommandModule } from 'yargs';

/** As report/pareto-panel.ts and figure-theme.ts have them; stated here so that help need not load the drawing library. */
const AXES = ['edp', 'energy', 'delay', 'bits'] as const;
const THEMES = ['light', 'dark'] as const;

interface PlotArguments {
  csv: string;
  out: string | undefined;
  x: (typeof AXES)[number];
  source: string | undefined;
  units: number | undefined;
  /** `false` of `--no-title`. */
  title: string | false | undefined;
  subtitle: boolean;
  theme: (typeof THEMES)[number];
  width: string | undefined;
  'font-size': string | undefined;
  dpi: number | undefined;
}

export const plotCommand: CommandModule<object, PlotArguments> = {
  command: 'plot <csv>',
  describe:
    'draw accuracy against cost, or of several networks what each format loses: SVG, PNG, PDF, Vega-Lite',
  builder: (parser) =>
    parser
      .positional('csv', {
        type: 'string',
        demandOption: true,
        describe: 'CSV that a sweep wrote, or a folder of them',
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe:
          'file to write, in the form its ending says: .svg, .png, .pdf, .vl.json [default: <csv> with the ending .svg]',
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
      .option('title', {
        type: 'string',
        requiresArg: true,
        describe: 'title above the figure; --no-title leaves it out',
      })
      .option('subtitle', {
        type: 'boolean',
        default: true,
        describe: 'the lines under the title; --no-subtitle leaves them out',
      })
      .option('width', {
        type: 'string',
        requiresArg: true,
        describe: 'width of the figure: pixels (96 an inch), or with a unit: 89mm, 3.5in',
      })
      .option('font-size', {
        type: 'string',
        requiresArg: true,
        describe:
          'size of the numbers at the axes, the other texts in proportion: 11, 8pt [default: 11, in a narrow figure 10]',
      })
      .option('theme', {
        choices: THEMES,
        default: 'light' as const,
        describe: 'dark on white, or light on the ground of a dark page',
      })
      .option('dpi', {
        type: 'number',
        requiresArg: true,
        describe: 'dots of a PNG an inch, which is 96 pixels of the figure [default: 300]',
      })
      .example('$0 plot results/cheetah-mnist.csv', 'write results/cheetah-mnist.svg')
      .example('$0 plot results/zoo', 'a map of formats and networks: write results/zoo.svg')
      .example('$0 plot results/cheetah-mnist.csv --out front.pdf --width 89mm --no-title', 'for a paper'),
  handler: async ({
    csv,
    out,
    x,
    source,
    units,
    title,
    subtitle,
    theme,
    width,
    'font-size': fontSize,
    dpi,
  }) => {
    const { UserError } = await import('../errors.js');
    if (dpi !== undefined && !(dpi >= 10 && dpi <= 2400))
      throw new UserError(`--dpi ${dpi} cannot be; give dots an inch from 10 to 2400`);
    const { pixelsOf } = await import('../report/pixels.js');
    const { plotFile, plotFolder } = await import('../report/plot-file.js');
    const { isDirectory } = await import('../input/bounded-file.js');
    const draw = isDirectory(csv) ? plotFolder : plotFile;
    const file = await draw(csv, {
      out,
      axis: x,
      ...(source === undefined ? {} : { source }),
      ...(units === undefined ? {} : { units }),
      ...(title ? { title } : {}),
      headings: { title: title === false ? 'none' : 'shown', subtitle: subtitle ? 'shown' : 'none' },
      theme,
      ...(width === undefined ? {} : { width: Math.round(pixelsOf(width, '--width')) }),
      ...(fontSize === undefined ? {} : { fontSize: pixelsOf(fontSize, '--font-size') }),
      ...(dpi === undefined ? {} : { dotsAnInch: dpi }),
    });
    console.log(`wrote ${file}`);
  },
};
