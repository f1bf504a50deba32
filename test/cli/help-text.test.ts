import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import yargs, { type CommandModule } from 'yargs';
import { type CommandFacts, commandFacts, GLOBAL_OPTIONS, switches } from '../../cli/command-facts.js';
import { COMMANDS } from '../../cli/commands.js';
import { factsOf, helpText, programFacts } from '../../cli/help-text.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const modules = await Promise.all(COMMANDS.map(({ load }) => load()));
const inner = (facts: CommandFacts): CommandFacts[] => [facts, ...facts.commands.flatMap(inner)];
const all = modules.flatMap((module) => inner(commandFacts(module)));

/** What the parser itself knows, by the ways it does not type. */
interface Known {
  getOptions(): {
    readonly key: Readonly<Record<string, unknown>>;
    readonly choices: Readonly<Record<string, readonly string[]>>;
    readonly default: Readonly<Record<string, unknown>>;
    readonly number: readonly string[];
    readonly boolean: readonly string[];
    readonly demandedOptions: Readonly<Record<string, unknown>>;
  };
}

describe('help', () => {
  it.each(modules.map((module) => [String(module.command), module] as const))(
    'of %s tells every option as the parser has it',
    (_, module: CommandModule) => {
      const parser = yargs().help(false).version(false);
      const facts = commandFacts(module);
      if (typeof module.builder === 'function') void module.builder(parser);
      const known = (parser as unknown as Known).getOptions();
      const own = [...facts.positionals, ...facts.options.slice(0, -Object.keys(GLOBAL_OPTIONS).length)];
      expect(own.flatMap((option) => switches(option).map((name) => name.replace(/^-+/, ''))).sort()).toEqual(
        Object.keys(known.key).sort(),
      );
      for (const { name, takes } of own) {
        expect(takes.choices).toEqual(known.choices[name]);
        expect(takes.default, name).toEqual(known.default[name]);
        expect(takes.type === 'number', name).toBe(known.number.includes(name));
        expect(takes.type === 'boolean', name).toBe(known.boolean.includes(name));
        if (facts.options.some((option) => option.name === name)) {
          expect(takes.demandOption === true, name).toBe(name in known.demandedOptions);
        }
      }
    },
  );

  it.each(all.map((facts) => [facts.path.join(' '), facts] as const))(
    'of %s fits its width, except examples, which can be copied',
    (_, facts) => {
      for (const width of [60, 80, 110]) {
        const lines = helpText(facts, width).split('\n');
        for (const [command] of facts.examples) {
          expect(lines).toContain(`  ${command}`);
          expect(command).toMatch(/(^|\| |<\()cheetah /);
        }
        const rest = lines.filter((line) => !facts.examples.some(([command]) => line === `  ${command}`));
        for (const { takes } of [...facts.options, ...facts.positionals]) {
          const words = (takes.describe ?? '').split(' ');
          for (const word of words) expect(rest.join('\n')).toContain(word);
        }
        if (width === 110) for (const line of rest) expect([...line].length, line).toBeLessThanOrEqual(width);
      }
      expect(helpText(facts, 110)).not.toMatch(/\$0|undefined|\u00a0/);
    },
  );

  it('says type, choices, default and what is required', async () => {
    const help = helpText(await factsOf(['evaluate', 'posit8es1']), 110).split('\n');
    expect(help[0]).toBe('cheetah evaluate <format>');
    expect(help).toContain(
      '      --seed                seed of calibration order and stochastic rounding [number] [default: 0]',
    );
    expect(help).toContain('  -h, --help                show this help');
    const plot = helpText(await factsOf(['plot']), 110);
    expect(plot).toMatch(/-x {5,}what .* \[one of edp, energy, delay, bits\] \[default: edp\]\n/);
    expect(helpText(await factsOf(['data', 'fetch', 'mnist']), 110)).toMatch(/--to .*\[required\]\n/);
  });

  it('shows the actions of a command, and what an unknown action could have been', async () => {
    const data = helpText(await factsOf(['data']), 110);
    for (const action of ['data list', 'data fetch <set>', 'data show <set>']) {
      expect(data).toContain(`  cheetah ${action} `);
    }
    expect(helpText(await factsOf(['data', 'lsit']), 110)).toBe(data);
    expect(helpText(programFacts(), 110)).toContain('  cheetah sweep ');
  });

  it('loads no package, for the parser alone takes longer than all else', () => {
    const seen = new Set<string>();
    const packages = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      const text = readFileSync(join(root, path), 'utf8');
      for (const [, names, target] of text.matchAll(/^(?:import|export) ([^;]*?from )?'([^']+)';/gm)) {
        if (names?.startsWith('type ')) continue;
        if (target!.startsWith('.')) visit(posix.join(posix.dirname(path), target!.replace(/js$/, 'ts')));
        else if (!target!.startsWith('node:')) packages.add(`${path}: ${target}`);
      }
    };
    for (const { name } of COMMANDS) visit(`cli/${name}.ts`);
    for (const file of ['main', 'run-command', 'help-text', 'completion-words']) visit(`cli/${file}.ts`);
    expect([...packages]).toEqual([]);
    expect(seen).toContain('cli/command-facts.ts');
    // a file a command, and 23 that they share
    expect(seen.size).toBeLessThan(COMMANDS.length + 24);
  });
});
