/** A command line from its words to its command. Only the file of the command asked for is loaded. */
import { UserError } from '../errors.js';
import { didYouMean } from '../near.js';
import '../platform/kernel-files.js';
import { packageVersion } from '../platform/version.js';
import { COMMANDS } from './commands.js';
import { beginCommand } from './ending.js';

/** Index of the command's name among the arguments, or −1. */
function commandIndex(argv: readonly string[]): number {
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument === '--plugin' || argument === '--max-parameters') i++;
    else if (!argument.startsWith('-')) return i;
  }
  return -1;
}

/** Whether one of these options stands among the arguments, before a `--`. */
function asks(argv: readonly string[], ...options: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((argument) => options.includes(argument));
}

/**
 * Help, the version and words for the shell are answered without the parser, which takes longest to load. Throws
 * UserError for a command line that cannot be, and what the command throws.
 */
export async function runCommand(argv: readonly string[]): Promise<void> {
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
    beginCommand(entry.kind);
    const { perform } = await import('./perform.js');
    await perform(await entry.load(), argv);
  }
}
