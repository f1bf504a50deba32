/** `cheetah sweep SPEC`: a spec in, a CSV, its journal and its manifest out, and the table on the screen. */
import type { Argv, CommandModule } from 'yargs';
import { DATA_OPTION } from './table-options.js';

interface SweepArguments {
  spec: string;
  data: string | undefined;
  out: string | undefined;
  threads: number | undefined;
  resume: boolean | undefined;
  fresh: boolean | undefined;
  plan: boolean | undefined;
  points: boolean | undefined;
  json: boolean | undefined;
  plugin: string[] | undefined;
}

/** The command line that goes on where this one was stopped, as a shell takes it. */
function resumeCommand(argv: readonly string[]): string {
  const words = ['cheetah', ...argv.filter((word) => word !== '--fresh' && word !== '--resume'), '--resume'];
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

export const sweepCommand: CommandModule<object, SweepArguments> = {
  command: 'sweep <spec>',
  describe: 'run a sweep: a spec in, a CSV out',
  builder: (parser: Argv) =>
    parser
      .positional('spec', {
        type: 'string',
        demandOption: true,
        describe:
          'YAML or JSON file: network, dataset, format, quantizer, … (docs/sweep-spec.md has all fields)',
      })
      .options(DATA_OPTION)
      .option('out', {
        type: 'string',
        describe:
          'CSV to write, or of several weights the folder for a CSV each [default: results/<name>.csv, results/<name>]',
      })
      .option('threads', { type: 'number', describe: 'threads that share the points [default: one a core]' })
      .option('resume', {
        type: 'boolean',
        describe: 'go on from the finished points of a run that was stopped',
      })
      .option('fresh', { type: 'boolean', describe: 'discard all finished points and start over' })
      .option('plan', {
        type: 'boolean',
        describe: 'only show what would run, and about how long it would take',
      })
      .option('points', { type: 'boolean', describe: 'like --plan, with a line for every point' })
      .option('json', { type: 'boolean', describe: 'print the rows, or the plan, as JSON' })
      .conflicts('resume', 'fresh')
      .example('$0 sweep experiments/cheetah-mnist.yaml --data data', 'LeNet-5 on MNIST, 5 to 8 bits')
      .epilog(
        'Every finished point is kept at once: after Ctrl-C or a kill, --resume ends with the same bytes as an uninterrupted run.',
      ) as Argv<SweepArguments>,
  handler: async (given) => {
    const { readSpecs } = await import('../sweep/spec.js');
    const file = readSpecs(given.spec);
    const { threadCount } = await import('./thread-count.js');
    const threads = threadCount(given.threads);
    if (given.plan || given.points) {
      const { planText } = await import('./plan-text.js');
      const form = given.json ? 'json' : given.points ? 'points' : 'summary';
      const specs = file.kind === 'one' ? [file.spec] : file.specs;
      for (const spec of specs) console.log(await planText(spec, given.data, threads, form));
      return;
    }
    const { performSweep, performSweeps } = await import('./perform-sweep.js');
    const performance = {
      out: given.out,
      dataDirectory: given.data,
      threads,
      mode: given.resume ? 'resume' : given.fresh ? 'fresh' : 'ask',
      plugins: given.plugin ?? [],
      print: given.json ? 'json' : 'table',
      resumeCommand: resumeCommand(process.argv.slice(2)),
    } as const;
    if (file.kind === 'one') await performSweep(file.spec, performance);
    else await performSweeps(file.specs, performance);
  },
};
