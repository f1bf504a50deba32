/** `cheetah sweep SPEC`: a spec in, a CSV, its journal and its manifest out, and the table on the screen. */
import type { Argv, CommandModule } from 'yargs';

interface SweepArguments {
  spec: string;
  data: string | undefined;
  out: string | undefined;
  workers: number | undefined;
  resume: boolean | undefined;
  fresh: boolean | undefined;
  plan: boolean | undefined;
  plugin: string[] | undefined;
}

export const sweepCommand: CommandModule<object, SweepArguments> = {
  command: 'sweep <spec>',
  describe: 'run a sweep: a spec in, a CSV out',
  builder: (parser: Argv) =>
    parser
      .positional('spec', {
        type: 'string',
        demandOption: true,
        describe: 'YAML or JSON file: network, dataset, formats, quantizers, … (examples in experiments/)',
      })
      .option('data', { type: 'string', describe: 'directory of data sets (or set CHEETAH_DATA)' })
      .option('out', { type: 'string', describe: 'CSV to write [default: results/<name>.csv]' })
      .option('workers', { type: 'number', describe: 'worker threads [default: one a core]' })
      .option('resume', { type: 'boolean', describe: 'go on with the points that are kept' })
      .option('fresh', { type: 'boolean', describe: 'discard what is kept and start over' })
      .option('plan', { type: 'boolean', describe: 'say what would run, and run nothing' })
      .conflicts('resume', 'fresh')
      .example('$0 sweep experiments/cheetah-mnist.yaml --data data', 'LeNet-5 on MNIST, 5 to 8 bits')
      .epilog(
        'Every finished point is kept at once: after Ctrl-C or a kill, --resume ends with the same bytes as an uninterrupted run.',
      ) as Argv<SweepArguments>,
  handler: async (given) => {
    const { readSpec } = await import('../sweep/spec.js');
    const spec = readSpec(given.spec);
    const { describePlan, planSweep } = await import('../sweep/plan.js');
    if (given.plan) {
      const { checkFiles } = await import('../sweep/run.js');
      const { tell } = await import('./notes.js');
      const plan = planSweep(spec);
      await checkFiles(spec, plan, given.data, tell);
      console.log(`${spec.name}: ${describePlan(plan)}`);
      for (const { choice, quantizer, dataflow, seed } of plan.points) {
        console.log(
          `${choice.label}${choice.fraction === 'best' ? ' (best fraction bits)' : ''}  ${quantizer}  ${dataflow}  seed ${seed}`,
        );
      }
      return;
    }
    const { performSweep } = await import('./perform-sweep.js');
    const { threadCount } = await import('./thread-count.js');
    await performSweep(spec, {
      out: given.out,
      dataDirectory: given.data,
      workers: threadCount('--workers', given.workers),
      mode: given.resume ? 'resume' : given.fresh ? 'fresh' : 'ask',
      plugins: given.plugin ?? [],
      resumeCommand: `cheetah sweep ${given.spec}${(given.plugin ?? []).map((file) => ` --plugin ${file}`).join('')}${given.data ? ` --data ${given.data}` : ''}${given.out ? ` --out ${given.out}` : ''} --resume`,
    });
  },
};
