/** `cheetah notebook run`: TypeScript files cut by // %% lines. */
import type { Argv, CommandModule } from 'yargs';
import { SPEC_FIELDS, TRAINING_FIELDS } from '../sweep/fields.js';
import { fieldOptions } from './field-options.js';
import { DATA_OPTION } from './table-options.js';

interface RunArguments {
  file: string;
  out: string;
  trainImages: number | undefined;
  testImages: number | undefined;
  data: string | undefined;
  dataset: string | undefined;
}

const runCommand: CommandModule<object, RunArguments> = {
  command: 'run <file>',
  describe: 'run a notebook; write an HTML page and a Markdown file of what it shows',
  builder: (parser) =>
    parser
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'TypeScript file cut by // %% lines',
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        default: 'results/notebooks',
        describe: 'directory to write to',
      })
      .options(
        fieldOptions([TRAINING_FIELDS.trainImages, SPEC_FIELDS.testImages], 'parser', {
          trainImages: { default: 'none', otherwise: "the notebook's own" },
          testImages: { default: 'none', otherwise: "the notebook's own" },
        }),
      )
      .options(DATA_OPTION)
      .option('dataset', {
        type: 'string',
        requiresArg: true,
        describe: "data set instead of the notebook's own",
      }) as unknown as Argv<RunArguments>,
  handler: async ({ file, out, trainImages, testImages, data, dataset }) => {
    const [{ runNotebook }, { terminalStyle }, { requireWhole, UserError }] = await Promise.all([
      import('../report/notebook/run.js'),
      import('../report/terminal.js'),
      import('../errors.js'),
    ]);
    for (const [option, count] of Object.entries({
      '--train-images': trainImages,
      '--test-images': testImages,
    })) {
      if (count !== undefined) requireWhole(`${option} ${count}`, count, 1);
    }
    const { files, error } = await runNotebook(file, {
      out,
      style: terminalStyle(process.stdout),
      print: (text) => process.stdout.write(text),
      ...(trainImages === undefined ? {} : { trainImages }),
      ...(testImages === undefined ? {} : { testImages }),
      ...(data === undefined ? {} : { data }),
      ...(dataset === undefined ? {} : { dataset }),
    });
    process.stdout.write(`\nwrote ${files.slice(0, 2).join(', ')}\n`);
    if (error !== undefined) throw new UserError(error);
  },
};

export const notebookCommand: CommandModule = {
  command: 'notebook',
  describe: 'notebooks in plain TypeScript',
  builder: (parser) =>
    parser
      .command(runCommand)
      .demandCommand(1, 'notebook needs to know what to do; use `cheetah notebook run FILE`')
      .example('$0 notebook run experiments/choosing-a-format-for-lenet.ts', 'write results/notebooks/'),
  handler: () => {},
};
