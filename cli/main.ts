#!/usr/bin/env node
/**
 * The command line. Only the file of the command asked for is loaded, so that help answers at once. A UserError
 * is one line on stderr and exit code 1; anything else is a fault of ours and keeps its stack.
 */
import yargs, { type Argv } from 'yargs';
import { UserError } from '../errors.js';
import { didYouMean } from '../near.js';
import { packageVersion } from '../sweep/version.js';
import { COMMANDS } from './commands.js';

/** A reader that closes the pipe early (`| head`) has what it wanted: stop, and say nothing. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
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

/** yargs knows every option it was given but does not type the way to ask. */
interface Known {
  getOptions(): { key: Record<string, unknown>; hiddenOptions: readonly string[] };
}

/** The parser's complaint as one of our lines, with near names for options that do not exist. */
function complaint(message: string, parser: Argv): string {
  const unknown = /^Unknown arguments?: (.+)$/.exec(message);
  if (!unknown) return message.replace(/\s*\n\s*/g, ' ');
  const given = unknown[1]!.split(', ')[0]!;
  const known = Object.keys((parser as unknown as Known).getOptions().key).filter((key) => key.length > 1);
  return `argument '${given}' is unknown${didYouMean(given, known) || '; --help lists what is allowed'}`;
}

function globals(parser: Argv): Argv {
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
      throw error ?? new UserError(complaint(message, parser));
    });
}

async function run(argv: readonly string[]): Promise<void> {
  const index = commandIndex(argv);
  if (index < 0) {
    const parser = globals(yargs()).usage('$0 <command>: number formats for neural networks, and their cost');
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
  await globals(yargs())
    .wrap(Math.min(110, process.stdout.columns ?? 110))
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
  if (error instanceof UserError) process.stderr.write(`cheetah: ${error.message}\n`);
  else process.stderr.write(`cheetah: internal error: ${(error as Error)?.stack ?? String(error)}\n`);
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  report(error);
  process.exitCode = process.exitCode || 1;
}
