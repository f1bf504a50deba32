/** The command line of the benches. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';

export interface Options {
  readonly quick: boolean;
  readonly wholeEpochs: boolean;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly prototype: string | undefined;
  readonly data: string | undefined;
  readonly only: readonly string[];
}

/** Reads the command line; `--help` prints and ends. */
export async function readOptions(argv: readonly string[], sections: readonly string[]): Promise<Options> {
  const given = await yargs(hideBin([...argv]))
    .scriptName('npm run bench --')
    .usage('$0 [options]\n\nSpeed of the exact engine beside other engines, as ratios measured in one run.')
    .options({
      quick: {
        type: 'boolean',
        default: false,
        describe: 'minutes: fewer formats, shapes and rounds',
      },
      'whole-epochs': {
        type: 'boolean',
        default: false,
        describe: 'train whole epochs too, beside those scaled from some batches (some 10 min)',
      },
      json: { type: 'boolean', default: false, describe: 'print everything as JSON instead of tables' },
      out: {
        type: 'string',
        describe: 'directory for CSV files, machine.json and summary.md [default: none written]',
        requiresArg: true,
      },
      prototype: {
        type: 'string',
        describe:
          "folder of an earlier prototype's gemm.ts and round.ts, measured beside (or set BENCH_PROTOTYPE)",
        requiresArg: true,
      },
      data: {
        type: 'string',
        describe: 'directory of data sets (or set CHEETAH_DATA); the built-in images without',
        requiresArg: true,
      },
      only: {
        type: 'string',
        array: true,
        choices: sections,
        default: [] as string[],
        describe: 'only these sections',
      },
    })
    .example('npm run bench -- --quick', 'the table in minutes')
    .example('npm run bench -- --out results/bench --data data', 'everything, on real images, into files')
    .version(false)
    .strict()
    .parseAsync();
  return {
    quick: given.quick,
    wholeEpochs: given.wholeEpochs,
    json: given.json,
    only: given.only,
    out: given.out,
    prototype: given.prototype ?? (process.env.BENCH_PROTOTYPE || undefined),
    data: given.data ?? (process.env.CHEETAH_DATA || undefined),
  };
}
