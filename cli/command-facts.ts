/**
 * What a command takes, read from its definition without loading the parser. Help and completion need no more, and
 * they must answer sooner than the parser is loaded.
 */
import type { Argv, CommandModule, Options, PositionalOptions } from 'yargs';

/** An option or a positional argument, as the command defines it. */
export interface ArgumentFacts {
  readonly name: string;
  /** Its definition, as yargs takes it. */
  readonly takes: Options | PositionalOptions;
}

export interface CommandFacts {
  /** `cheetah data fetch <set>`. */
  readonly usage: string;
  /** The words that lead to it: `data`, `fetch`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly positionals: readonly ArgumentFacts[];
  readonly options: readonly ArgumentFacts[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly epilog: readonly string[];
  readonly commands: readonly CommandFacts[];
}

/** Options of every command; `--plugin` and its file may stand before the command's name. */
export const GLOBAL_OPTIONS = {
  plugin: {
    type: 'string',
    array: true,
    nargs: 1,
    requiresArg: true,
    describe: 'file that registers formats of your own (repeatable)',
  },
  'max-parameters': {
    type: 'number',
    requiresArg: true,
    describe: 'most parameters that a network may have [default: 16777216]',
  },
  quiet: { type: 'boolean', describe: 'print no progress and no notes on stderr, only errors' },
  help: { type: 'boolean', alias: 'h', describe: 'show this help' },
  version: { type: 'boolean', describe: 'show the version' },
} as const satisfies Readonly<Record<string, Options>>;

/** `$0` stands for the program's name in the texts of a command. */
const named = (text: string): string => text.replaceAll('$0', 'cheetah');

/** The facts of a command; `above` are the words that lead to it. */
export function commandFacts(module: CommandModule, above: readonly string[] = []): CommandFacts {
  const shape = String(module.command);
  const path = [...above, shape.split(' ')[0]!];
  const positionals: ArgumentFacts[] = [];
  const options: ArgumentFacts[] = [];
  const examples: [string, string][] = [];
  const epilog: string[] = [];
  const commands: CommandFacts[] = [];
  let usage = named(['$0', ...above, shape].join(' '));
  let description = String(module.describe ?? '');
  const recorded: Readonly<Record<string, (...given: never[]) => unknown>> = {
    positional: (name: string, takes: PositionalOptions) => positionals.push({ name, takes }),
    option: (name: string, takes: Options) => options.push({ name, takes }),
    options: (all: Readonly<Record<string, Options>>) =>
      options.push(...Object.entries(all).map(([name, takes]) => ({ name, takes }))),
    example: (command: string, meaning: string) => examples.push([named(command), meaning]),
    epilog: (text: string) => epilog.push(named(text)),
    command: (inner: CommandModule) => commands.push(commandFacts(inner, path)),
    usage: (text: string) => {
      const [first = '', ...rest] = named(text).split('\n\n');
      usage = first;
      description = rest.join('\n\n');
    },
  };
  // what concerns parsing alone (conflicts, demandCommand, …) is passed over
  const recorder: Argv = new Proxy({} as Argv, {
    get:
      (_, method: string) =>
      (...given: never[]) => {
        recorded[method]?.(...given);
        return recorder;
      },
  });
  if (typeof module.builder === 'function') void module.builder(recorder);
  const all = Object.entries(GLOBAL_OPTIONS).map(([name, takes]): ArgumentFacts => ({ name, takes }));
  return {
    usage,
    path,
    description,
    positionals,
    examples,
    epilog,
    commands,
    options: [...options, ...all],
  };
}

/** `-x`, `--seed`. */
export function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** Its name and its other names, as they are typed; the short ones first. */
export function switches({ name, takes }: ArgumentFacts): string[] {
  const aliases = 'alias' in takes ? [takes.alias ?? []].flat() : [];
  return [name, ...aliases].sort((a, b) => a.length - b.length).map(dashed);
}
