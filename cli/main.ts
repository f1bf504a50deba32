#!/usr/bin/env node
/**
 * The command line. Only the file of the command asked for is loaded, so that help answers at once. A UserError
 * is one line on stderr and exit code 1; anything else is a fault of ours and keeps its stack.
 */
import { cannotWrite, UserError } from '../errors.js';
import { didYouMean } from '../near.js';
import { packageVersion } from '../sweep/version.js';
import { COMMANDS } from './commands.js';

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

/** Index of the command's name among the arguments, or −1. */
function commandIndex(argv: readonly string[]): number {
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument === '--plugin') i++;
    else if (!argument.startsWith('-')) return i;
  }
  return -1;
}

/** Whether one of these options stands among the arguments, before a `--`. */
function asks(argv: readonly string[], ...options: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((argument) => options.includes(argument));
}

/** Help, the version and words for the shell are answered without the parser, which takes longest to load. */
async function run(argv: readonly string[]): Promise<void> {
  if (argv[0] === 'completion' && argv[1] === 'words') {
    const { completionWords } = await import('./completion-words.js');
    for (const word of await completionWords(argv.slice(argv[2] === '--' ? 3 : 2))) console.log(word);
    return;
  }
  const index = commandIndex(argv);
  const asked = argv[index];
  const entry = COMMANDS.find(({ name }) => name === asked);
  if (asked !== undefined && entry === undefined) {
    const names = COMMANDS.map(({ name }) => name);
    throw new UserError(
      `command '${asked}' is unknown${didYouMean(asked, names)} (commands: ${names.join(', ')})`,
    );
  }
  if (argv.length === 0 || asks(argv, '--help', '-h')) {
    const width = Math.min(110, process.stdout.columns ?? 110);
    const { factsOf, helpText } = await import('./help-text.js');
    console.log(helpText(await factsOf(argv.slice(index < 0 ? argv.length : index)), width));
  } else if (asks(argv, '--version')) {
    console.log(packageVersion());
  } else if (entry === undefined) {
    throw new UserError(`no command given; use one of ${COMMANDS.map(({ name }) => name).join(', ')}`);
  } else {
    const { perform } = await import('./perform.js');
    await perform(await entry.load(), argv);
  }
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
