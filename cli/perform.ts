/** A command line parsed by its command's definition, and carried out. */
import yargs, { type Argv, type CommandModule } from 'yargs';
import { UserError } from '../errors.js';
import { GLOBAL_OPTIONS } from './command-facts.js';
import { complaint, refuseRepeats, refuseValues } from './complaints.js';
import { setLoudness } from './notes.js';

function parserOf(argv: readonly string[]): Argv {
  const parser = yargs();
  return parser
    .scriptName('cheetah')
    .option('plugin', GLOBAL_OPTIONS.plugin)
    .option('max-parameters', GLOBAL_OPTIONS['max-parameters'])
    .option('quiet', GLOBAL_OPTIONS.quiet)
    .help(false)
    .version(false)
    .strict()
    .showHelpOnFail(false)
    .exitProcess(false)
    .fail((message, error) => {
      // yargs hands over some complaints as errors of its own, others as text
      if (error && error.name !== 'YError') throw error;
      throw new UserError(complaint(message ?? error.message, argv, parser));
    });
}

/** Throws UserError, one line, for arguments the command does not take; what the command throws passes through. */
export async function perform(command: CommandModule, argv: readonly string[]): Promise<void> {
  refuseRepeats(argv, new Set(['--plugin', '--layer', '--rows']));
  const parser = parserOf(argv);
  await parser
    .middleware((parsed) => refuseValues(argv, parsed, parser), true)
    .middleware(({ quiet }) => {
      if (quiet === true) setLoudness('quiet');
    })
    .middleware(async ({ maxParameters }) => {
      if (maxParameters === undefined) return;
      const { allowParameters } = await import('../networks/shapes.js');
      allowParameters(maxParameters as number);
    })
    .middleware(async ({ plugin }) => {
      const files = plugin as string[] | undefined;
      if (!files?.length) return;
      const { loadPlugins } = await import('../input/plugin.js');
      // what a plugin prints while it loads must not get into the command's output
      const { log, info } = console;
      console.log = console.error;
      console.info = console.error;
      try {
        await loadPlugins(files);
      } finally {
        console.log = log;
        console.info = info;
      }
    })
    .command(command)
    .parseAsync([...argv]);
}
