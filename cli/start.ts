/** `cheetah start` (`npm start`): the default sweep on the built-in images, with nothing to download. */
import type { Argv, CommandModule } from 'yargs';

interface StartArguments {
  out: string | undefined;
  fresh: boolean | undefined;
  threads: number | undefined;
  json: boolean | undefined;
  plugin: string[] | undefined;
}

/** Beside the committed results, and ignored by git: a run leaves a checkout as it was. */
const OUT = 'results/start/default.csv';

export const startCommand: CommandModule<object, StartArguments> = {
  command: 'start',
  describe: 'run the default sweep on the built-in images: one table of accuracy and cost',
  builder: (parser: Argv) =>
    parser
      .option('out', { type: 'string', describe: `CSV to write [default: ${OUT}]` })
      .option('fresh', { type: 'boolean', describe: 'discard all finished points and start over' })
      .option('threads', { type: 'number', describe: 'threads that share the points [default: one a core]' })
      .option('json', { type: 'boolean', describe: 'print the rows as JSON' })
      .epilog(
        'The spec is experiments/default.yaml; copy and change it for a sweep of your own.',
      ) as Argv<StartArguments>,
  handler: async (given) => {
    const { join } = await import('node:path');
    const { packageRoot } = await import('../platform/version.js');
    const { readSpec } = await import('../sweep/spec.js');
    const { performSweep } = await import('./perform-sweep.js');
    const { threadCount } = await import('./thread-count.js');
    const spec = readSpec(join(packageRoot(), 'experiments', 'default.yaml'));
    const result = await performSweep(spec, {
      out: given.out ?? OUT,
      dataDirectory: undefined,
      threads: threadCount(given.threads),
      mode: given.fresh ? 'fresh' : 'continue',
      plugins: given.plugin ?? [],
      print: given.json ? 'json' : 'table',
      resumeCommand: 'npm start',
    });
    if (result.ended === 'stopped' || given.json) return;
    console.log(`
What to try next:
  npx cheetah plot ${given.out ?? OUT}    accuracy against energy-delay product, as SVG
  npx cheetah formats show posit8es1           every code of a format, and what it means
  npx cheetah explain posit8es1 0.3            why a value becomes the code it becomes
  npx cheetah data fetch mnist --to data       real digits, then:
  npx cheetah sweep experiments/cheetah-mnist.yaml --data data
  npx cheetah --help                           everything else`);
  },
};
