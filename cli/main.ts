#!/usr/bin/env node
/**
 * The command line. Only the file of the command asked for is loaded, so that help answers at once. A UserError
 * is one line on stderr and exit code 1; anything else is a fault of ours and keeps its stack.
 */
import yargs, { type Argv } from 'yargs';
import { cannotWrite, UserError } from '../errors.js';
import { didYouMean } from '../near.js';
import { packageVersion } from '../sweep/version.js';
import { COMMANDS } from './commands.js';
import { complaint, refuseRepeats, refuseValues } from './complaints.js';

/** A reader that closes the pipe early (`| head`) has what it wanted: stop, and say nothing. */
for (const [name, stream] of [
  ['standard output', process.stdout],
  ['standard error', process.stderr],
] as const) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    report(cannotWrite(name, error));
    process.exit(1);
  });
}

/** Global options that take a value; they may stand before the command. */
const VALUED = new Set(['--plugin']);

/** Index of the command's name among the arguments, or −1. */
function commandIndex(argv: readonly string[]): number {
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    if (VALUED.has(argument)) i++;
    else if (!argument.startsWith('-')) return i;
  }
  return -1;
}

function globals(parser: Argv, argv: readonly string[]): Argv {
  return parser
    .scriptName('cheetah')
    .option('plugin', {
      type: 'string',
      array: true,
      nargs: 1,
      requiresArg: true,
      describe: 'file that registers formats of your own (repeatable)',
    })
    .version(packageVersion())
    .help()
    .alias('help', 'h')
    .strict()
    .showHelpOnFail(false)
    .exitProcess(false)
    .fail((message, error) => {
      // yargs throws some of its complaints and says the others
      if (error && error.name !== 'YError') throw error;
      throw new UserError(complaint(message ?? error.message, argv, parser));
    });
}

async function run(argv: readonly string[]): Promise<void> {
  const index = commandIndex(argv);
  if (index < 0) {
    const parser = globals(yargs(), argv).usage(
      '$0 <command>: number formats for neural networks, and their cost',
    );
    for (const { name, summary } of COMMANDS) parser.command(name, summary);
    const width = Math.min(110, process.stdout.columns ?? 110);
    parser.wrap(width).epilog('cheetah <command> --help says more about each.');
    const text = await parser.getHelp();
    if (argv.some((argument) => argument === '--version')) console.log(packageVersion());
    else if (argv.every((argument) => argument === '--help' || argument === '-h')) console.log(text);
    else throw new UserError(`no command given; use one of ${COMMANDS.map(({ name }) => name).join(', ')}`);
    return;
  }
  const asked = argv[index]!;
  const found = COMMANDS.find(({ name }) => name === asked);
  if (!found) {
    const names = COMMANDS.map(({ name }) => name);
    throw new UserError(
      `command '${asked}' is unknown${didYouMean(asked, names)} (commands: ${names.join(', ')})`,
    );
  }
  const command = await found.load();
  refuseRepeats(argv, VALUED);
  const parser = yargs();
  await globals(parser, argv)
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .middleware((parsed) => refuseValues(argv, parsed, parser), true)
    .middleware(async ({ plugin }) => {
      const files = plugin as string[] | undefined;
      if (!files?.length) return;
      const { loadPlugins } = await import('../formats/plugin.js');
      await loadPlugins(files);
    })
    .command(command)
    .parseAsync([...argv]);
}

/** What went wrong, for a person: one line for what they can mend, a stack for what they cannot. */
function report(error: unknown): void {
  const { path, code, message } = error as Partial<NodeJS.ErrnoException>;
  if (error instanceof UserError) process.stderr.write(`cheetah: ${error.message}\n`);
  else if (typeof path === 'string' && code !== undefined) {
    process.stderr.write(`cheetah: ${path} cannot be used (${message}); check its place and your rights\n`);
  } else process.stderr.write(`cheetah: internal error: ${(error as Error)?.stack ?? String(error)}\n`);
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  report(error);
  process.exitCode = process.exitCode || 1;
}
