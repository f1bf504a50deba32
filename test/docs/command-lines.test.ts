import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CommandFacts, commandFacts, switches } from '../../cli/command-facts.js';
import { COMMANDS } from '../../cli/commands.js';
import { programFacts } from '../../cli/help-text.js';

const root = join(import.meta.dirname, '../..');

const modules = await Promise.all(COMMANDS.map(({ load }) => load()));
const program: CommandFacts = {
  ...programFacts(),
  commands: modules.map((module) => commandFacts(module)),
};

const inner = (facts: CommandFacts): CommandFacts[] => [facts, ...facts.commands.flatMap(inner)];

/** The words of a shell command from its first one to a pipe, a redirection, a comment or the end. */
function shellWords(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/'[^']*'|"[^"]*"|[^\s'"|;&()]+|[|;&()]/g)) {
    if (/^[|;&()#>]/.test(word) || word === '<') break;
    words.push(word.replace(/^(['"])(.*)\1$/, '$2'));
  }
  return words;
}

/** The words after `cheetah`, of every call of it in a line of a shell. */
function callsIn(line: string): string[][] {
  return line
    .split(/(?:^|[|(`;] *|then: |npx )cheetah (?=\S)/)
    .slice(1)
    .map(shellWords);
}

/** What stands for a name or number of the reader's own: `FORMAT`, `<set>`. */
const isPlaceholder = (word: string): boolean => /^(?:[A-Z]+|<.*>)$/.test(word);

/** What a call has that its command does not take; what follows an unknown option or command cannot be judged. */
function complaints(words: readonly string[]): string[] {
  const found: string[] = [];
  let facts = program;
  let arguments_ = 0;
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (/^--?[a-z]/.test(word)) {
      const [name = '', value] = word.split('=');
      // the help of an option says where it may be denied
      const denied = facts.options.find(
        (option) => name === `--no-${option.name}` && option.takes.describe?.includes(name),
      );
      if (denied !== undefined) continue;
      const option = facts.options.find((option) => switches(option).includes(name));
      if (option === undefined) return [...found, `no option ${name}`];
      if (option.takes.type !== 'boolean') {
        const given = value ?? left.shift();
        if (given === undefined) found.push(`${name} needs a value`);
        else if (option.takes.type === 'number' && !isPlaceholder(given) && Number.isNaN(Number(given)))
          found.push(`${name} takes a number, not ${given}`);
        else if (option.takes.choices?.includes(given) === false) found.push(`${name} ${given}`);
      }
    } else if (facts.commands.length > 0) {
      const next = facts.commands.find(({ path }) => path.at(-1) === word);
      if (next === undefined) return isPlaceholder(word) ? [] : [...found, `no command ${word}`];
      facts = next;
    } else {
      const at = facts.positionals[arguments_] ?? facts.positionals.findLast(({ takes }) => takes.array);
      if (at === undefined) found.push(`argument ${word} is one too many`);
      else if (at.takes.choices?.includes(word) === false) found.push(`${at.name} ${word}`);
      arguments_++;
    }
  }
  return found;
}

/** The lines of code of a Markdown text, those of its blocks and those between backticks. */
function codeOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```\w*\n(.*?)^```/gms)].flatMap(([, block]) => block!.split('\n'));
  const spans = [...markdown.replace(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g)].map(([, span]) => span!);
  return [...blocks, ...spans];
}

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
]
  .filter((name) => name.endsWith('.md'))
  .map((name) => [name, codeOf(readFileSync(join(root, name), 'utf8'))] as const);

const helps = inner(program).map(
  (facts) => [['cheetah', ...facts.path].join(' '), [...facts.examples.flat(), ...facts.epilog]] as const,
);

/** Calls with what is wrong with them. */
const wrong = (lines: readonly string[]): string[] =>
  lines.flatMap(callsIn).flatMap((call) => complaints(call).map((text) => `${call.join(' ')}: ${text}`));

describe('every command line takes only what its command takes', () => {
  it.each(pages)('in %s', (_, lines) => {
    expect(wrong(lines)).toEqual([]);
  });

  it.each(helps)('in the help of %s', (_, lines) => {
    expect(wrong(lines)).toEqual([]);
  });

  it('in more than a few places', () => {
    expect(pages.flatMap(([, lines]) => lines.flatMap(callsIn)).length).toBeGreaterThan(25);
    expect(helps.flatMap(([, lines]) => lines.flatMap(callsIn)).length).toBeGreaterThan(20);
  });

  it.each([
    ['npx cheetah layers --formats int8', 'no option --formats'],
    ['cheetah plot a.csv --no-title --no-units', 'no option --no-units'],
    ['echo 1 | cheetah encode posit8es1 --jsn | head', 'no option --jsn'],
    ['cheetah data fetsh mnist --to data', 'no command fetsh'],
    ['cheetah sweep a.yaml b.yaml # two', 'argument b.yaml is one too many'],
    ['source <(cheetah completion fish)', 'shell fish'],
    ['cheetah plot a.csv -x area', '-x area'],
    ['cheetah train --epochs', '--epochs needs a value'],
    ['cheetah train --epochs five', '--epochs takes a number, not five'],
  ])('so %s would be seen', (line, complaint) => {
    expect(wrong([line])).toEqual([expect.stringContaining(complaint)]);
  });
});
