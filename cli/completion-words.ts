/** What may stand where the cursor is on a command line, for the shell's completion. */
import { type ArgumentFacts, type CommandFacts, switches } from './command-facts.js';
import { factsOf } from './help-text.js';

/** Arguments whose values are names that this program knows. Others are not completed here; files are by the shell. */
const NAMES: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  format: formatNames,
  formats: formatNames,
  names: formatNames,
  activations: formatNames,
  'activation-format': formatNames,
  'output-format': formatNames,
  dataset: async () => (await import('../datasets/load.js')).datasetNames(),
  set: async () => (await import('../datasets/load.js')).datasetNames(),
  columns: columnNames,
  sort: columnNames,
  network: async () => (await import('../networks/zoo/registry.js')).networkNames(),
};

async function columnNames(): Promise<readonly string[]> {
  const { SUMMARY_COLUMNS } = await import('../sweep/summary/columns.js');
  return SUMMARY_COLUMNS.map(({ name }) => name);
}

async function formatNames(): Promise<readonly string[]> {
  const { listFormats } = await import('../formats/registry.js');
  return listFormats().flatMap(({ name, aliases }) => [name, ...aliases]);
}

async function valuesOf({ name, takes }: ArgumentFacts): Promise<readonly string[]> {
  return takes.choices?.map(String) ?? (await NAMES[name]?.()) ?? [];
}

/** The option that `word` names, where a value must follow it. */
function awaiting(facts: CommandFacts, word: string | undefined): ArgumentFacts | undefined {
  const option = facts.options.find((option) => word !== undefined && switches(option).includes(word));
  return option?.takes.type === 'boolean' ? undefined : option;
}

/** The words left without options and their values: the command, its action, its arguments. */
function plainWords(facts: CommandFacts, words: readonly string[]): string[] {
  return words.filter((word, i) => !word.startsWith('-') && awaiting(facts, words[i - 1]) === undefined);
}

/**
 * Words that may replace the last of `words`, which is typed in part or empty; `words` are what stands after the
 * program's name. None where a file is wanted, or a value of the user's own.
 */
export async function completionWords(words: readonly string[]): Promise<string[]> {
  const partial = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const facts = await factsOf(plainWords(await factsOf([]), before));
  const found = await candidates(facts, before, partial);
  return found.filter((word) => word.startsWith(partial));
}

async function candidates(
  facts: CommandFacts,
  before: readonly string[],
  partial: string,
): Promise<readonly string[]> {
  const option = awaiting(facts, before.at(-1));
  if (option !== undefined) return valuesOf(option);
  if (partial.startsWith('-')) {
    return facts.options
      .filter(
        (option) => option.takes.array === true || !switches(option).some((name) => before.includes(name)),
      )
      .flatMap(switches);
  }
  if (facts.commands.length > 0) return facts.commands.map(({ path }) => path.at(-1)!);
  const filled = plainWords(facts, before).length - facts.path.length;
  const positional = facts.positionals[Math.min(filled, facts.positionals.length - 1)];
  if (positional === undefined) return [];
  return filled >= facts.positionals.length && !positional.takes.array ? [] : valuesOf(positional);
}
