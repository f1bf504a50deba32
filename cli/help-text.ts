/** The help of a command, from its facts. Examples are never broken into lines, so that they can be copied. */
import { length, wrap } from '../report/wrap.js';
import { type ArgumentFacts, type CommandFacts, commandFacts, switches } from './command-facts.js';
import { COMMANDS } from './commands.js';

/** A left column wider than this leaves too little for the right one; its text then starts on the next line. */
const LEFT_MOST = 32;

/** Stands for a blank at which a line must not be broken, until all lines are made. */
const NO_BREAK = '\u00a0';

/** Two columns under a title, the right one broken into lines of `width`. */
function columns(
  title: string,
  rows: readonly (readonly [left: string, right: string])[],
  width: number,
): string[] {
  if (rows.length === 0) return [];
  const left = Math.min(LEFT_MOST, Math.max(...rows.map(([text]) => length(text))));
  const margin = ' '.repeat(left + 4);
  const lines = rows.flatMap(([name, text]) => {
    const [first = '', ...rest] = wrap(text, Math.max(20, width - left - 4));
    const start =
      length(name) > left ? [`  ${name}`, `${margin}${first}`] : [`  ${name.padEnd(left)}  ${first}`];
    return [...start.map((line) => line.trimEnd()), ...rest.map((line) => `${margin}${line}`)];
  });
  return ['', title, ...lines];
}

/** `[number]`, `[default: 0]`, `[required]`: what a description leaves open; none is broken into lines. */
function remarks({ takes }: ArgumentFacts): string[] {
  const { type, choices, demandOption, default: value } = takes;
  const list = Array.isArray(value) ? value.join(' ') : value;
  return [
    ...(type === 'number' ? [type] : []),
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(demandOption ? ['required'] : []),
    ...(list === undefined || list === '' || list === false ? [] : [`default: ${String(list)}`]),
  ].map((remark) => `[${remark}]`.replaceAll(' ', NO_BREAK));
}

/** A default that the description states itself stands behind the remarks, as one that the parser knows does. */
function described(facts: ArgumentFacts): string {
  const text = facts.takes.describe ?? facts.takes.description ?? facts.takes.desc ?? '';
  const [, meaning = '', stated = ''] = /^(.*?) ?(\[default: [^\]]*\])?$/s.exec(text) ?? [];
  return [meaning, ...remarks(facts), stated.replaceAll(' ', NO_BREAK)]
    .filter((text) => text !== '')
    .join(' ');
}

/** Long names stand below each other, where some have a short one before them. */
function switchColumn(option: ArgumentFacts): string {
  const names = switches(option);
  return `${names[0]!.startsWith('--') ? '    ' : ''}${names.join(', ')}`;
}

function paragraphs(text: string, width: number): string[] {
  return text === '' ? [] : ['', ...text.split('\n').flatMap((line) => brokenLine(line, width))];
}

/** Lines that are indented are laid out by hand and stay as they are. */
function brokenLine(line: string, width: number): string[] {
  return line.startsWith(' ') ? [line] : wrap(line, width);
}

/** The whole help, without a newline at its end. */
export function helpText(facts: CommandFacts, width: number): string {
  const examples = facts.examples.flatMap(([command, meaning]) => [`  # ${meaning}`, `  ${command}`]);
  return [
    facts.usage,
    ...paragraphs(facts.description, width),
    ...columns(
      'Commands:',
      facts.commands.map(({ usage, description }) => [usage, description.split('\n')[0]!]),
      width,
    ),
    ...columns(
      'Arguments:',
      facts.positionals.map((facts) => [facts.name, described(facts)]),
      width,
    ),
    ...columns(
      'Options:',
      facts.options.map((option) => [switchColumn(option), described(option)]),
      width,
    ),
    ...(examples.length === 0 ? [] : ['', 'Examples:', ...examples]),
    ...facts.epilog.flatMap((text) => paragraphs(text, width)),
  ]
    .join('\n')
    .replaceAll(NO_BREAK, ' ');
}

/** The program itself as a command: what `cheetah --help` shows. Only the commands' names and summaries are known. */
export function programFacts(): CommandFacts {
  const program = commandFacts({
    command: '',
    describe: 'number formats for neural networks, and their cost',
    handler: () => {},
  });
  return {
    ...program,
    usage: 'cheetah <command>',
    path: [],
    epilog: ['cheetah <command> --help says more about each.'],
    commands: COMMANDS.map(({ name, summary }) => ({
      ...program,
      usage: `cheetah ${name}`,
      path: [name],
      description: summary,
    })),
  };
}

/** The facts of the command that `words` lead to; words that lead no further are passed over. */
export async function factsOf(words: readonly string[]): Promise<CommandFacts> {
  const entry = COMMANDS.find(({ name }) => name === words[0]);
  if (entry === undefined) return programFacts();
  let facts = commandFacts(await entry.load());
  for (const word of words.slice(1)) {
    const inner = facts.commands.find(({ path }) => path.at(-1) === word);
    if (inner !== undefined) facts = inner;
  }
  return facts;
}
