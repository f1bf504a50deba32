/** What is wrong with a command line, in one line of ours: the parser's own words are for programmers. */
import type { Argv } from 'yargs';
import { UserError } from '../errors.js';
import { didYouMean } from '../near.js';
import { dashed } from './command-facts.js';
import { renamedOptions } from './renamed-options.js';

/** Methods that yargs has but does not declare. */
interface Known {
  getOptions(): {
    readonly key: Readonly<Record<string, unknown>>;
    readonly number: readonly string[];
    readonly string: readonly string[];
  };
  getInternalMethods(): {
    getUsageInstance(): { getUsage(): readonly (readonly [string, string])[] };
    getCommandInstance(): { getCommands(): readonly string[] };
  };
}

/** An option as it stands among the arguments: `--seed 3`, `--seed=3`, `-x edp`; its name without dashes. */
interface Given {
  readonly name: string;
  readonly value: string | undefined;
}

function givenOptions(argv: readonly string[]): Given[] {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  return own.flatMap((text, i): Given[] => {
    const found = /^(?:--([a-z][\w-]*)|-([a-z]))(?:=(.*))?$/is.exec(text);
    if (!found) return [];
    return [{ name: found[1] ?? found[2]!, value: found[3] ?? own[i + 1] }];
  });
}

/** Throws UserError for an option that is given twice, unless it is one of `repeatable` (`--plugin`). */
export function refuseRepeats(argv: readonly string[], repeatable: ReadonlySet<string>): void {
  const seen = new Set<string>();
  for (const { name } of givenOptions(argv)) {
    const option = dashed(name.replace(/^no-/, ''));
    if (seen.has(option)) throw new UserError(`option ${option} is given more than once; give it once`);
    if (!repeatable.has(option)) seen.add(option);
  }
}

/** Throws UserError for an option without the value it needs, and for text where a number belongs. */
export function refuseValues(argv: readonly string[], parsed: object, parser: Argv): void {
  const values = parsed as Readonly<Record<string, unknown>>;
  const { number, string } = (parser as unknown as Known).getOptions();
  for (const { name, value } of givenOptions(argv)) {
    const empty = values[name] === undefined || values[name] === '';
    if (empty && (string.includes(name) || number.includes(name))) {
      throw new UserError(`option ${dashed(name)} needs a value`);
    }
    if (number.includes(name) && Number.isNaN(values[name])) {
      throw new UserError(`option ${dashed(name)} takes a number, not '${value ?? ''}'`);
    }
  }
}

/** The parser's complaint as one of our lines, with near names for what does not exist. */
export function complaint(message: string, argv: readonly string[], parser: Argv): string {
  const known = parser as unknown as Known;
  const options = Object.keys(known.getOptions().key).filter((key) => key.length > 1);
  const given = givenOptions(argv);
  const unknown = (name: string): string => {
    if (given.some((option) => option.name === name)) {
      const now = renamedOptions(name, options).map(dashed).join(' or ');
      if (now !== '') return `option ${dashed(name)} is called ${now}; write ${now}`;
      return `option ${dashed(name)} is unknown${didYouMean(dashed(name), options.map(dashed)) || HELP}`;
    }
    const actions = known.getInternalMethods().getCommandInstance().getCommands();
    const near = didYouMean(name, actions);
    return `argument '${name}' is ${actions.length > 0 ? `unknown; use ${anyOf(actions)}${near}` : `one too many${HELP}`}`;
  };
  let found = /^Unknown (?:arguments?|commands?): (.+)$/.exec(message);
  if (found) return unknown(found[1]!.split(', ')[0]!);
  found = /^Missing required arguments?: (.+)$/.exec(message);
  if (found) {
    const stray = given.find(({ name }) => name.length > 1 && !options.includes(name.replace(/^no-/, '')));
    return stray ? unknown(stray.name) : `option ${dashed(found[1]!.split(', ')[0]!)} is missing${HELP}`;
  }
  found = /^Not enough arguments following: (.+)$/.exec(message);
  if (found) return `option ${dashed(found[1]!)} needs a value`;
  found = /^Arguments (\S+) and (\S+) are mutually exclusive$/.exec(message);
  if (found)
    return `options ${dashed(found[1]!)} and ${dashed(found[2]!)} exclude each other; give one of them`;
  if (message.startsWith('Not enough non-option arguments')) {
    const usage = known.getInternalMethods().getUsageInstance().getUsage()[0]?.[0];
    const shape = usage?.replace(/\n.*/s, '').replace(/^\$0/, 'cheetah');
    return `arguments are missing; ${shape ? `give them as in \`${shape}\`` : '--help lists them'}`;
  }
  found = /Argument: (\S+), Given: "?(.*?)"?, Choices: (.+)$/s.exec(message);
  if (found) {
    const [, name, value, list] = found as unknown as [string, string, string, string];
    const choices = list.split(', ').map((choice) => choice.replace(/^"|"$/g, ''));
    const what = given.some((option) => option.name === name) ? dashed(name) : name;
    return `${what} '${value}' is unknown; use ${anyOf(choices)}${didYouMean(value, choices)}`;
  }
  return message.replace(/\s*\n\s*/g, ' ');
}

const HELP = '; --help lists what is allowed';

/** `a, b or c`. */
function anyOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)!}`;
}
