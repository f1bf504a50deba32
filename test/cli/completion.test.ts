import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands.js';
import { completionWords } from '../../cli/completion-words.js';
import { cheetah, MAIN } from './run-cheetah.js';

describe('words that complete a command line', () => {
  it.each([
    [['sw'], ['sweep']],
    [[''], COMMANDS.map(({ name }) => name)],
    [
      ['data', ''],
      ['list', 'fetch', 'show'],
    ],
    [['data', 'f'], ['fetch']],
    [['--plugin', 'mine.ts', 'ev'], ['evaluate']],
    [
      ['plot', 'x.csv', '-x', ''],
      ['edp', 'energy', 'delay', 'bits'],
    ],
    [
      ['formats', ''],
      ['list', 'show'],
    ],
    [
      ['formats', 'show', 'posit8es0', 'posit8es'],
      ['posit8es0', 'posit8es1', 'posit8es2'],
    ],
    [
      ['encode', 'float8e4m3f'],
      ['float8e4m3fn', 'float8e4m3fnuz'],
    ],
    [['evaluate', 'posit8es1', '--activations', 'bfloat1'], ['bfloat16']],
    [['evaluate', '--dataset', 'fashion'], ['fashion-mnist']],
    [['evaluate', '--network', 'lenet5', 'posit16es1'], ['posit16es1']],
    [
      ['data', 'fetch', 'mnist', '--to', 'data', '--'],
      ['--from', '--json', '--plugin', '--max-parameters', '--quiet', '--help', '--version'],
    ],
    // files, numbers and words of the user's own
    [['plot', 'results/'], []],
    [['train', '--epochs', ''], []],
    [['evaluate', 'posit8es1', ''], []],
    [['swep', 'x'], []],
  ])('%j: %j', async (words, found) => {
    expect(await completionWords(words)).toEqual(found);
  });
});

describe('cheetah completion', () => {
  // the shell finds the program by its name
  const program = `cheetah() { "${process.execPath}" "${MAIN}" "$@"; }`;

  it('completes in bash', () => {
    const script = `${program}
source <(cheetah completion bash)
COMP_WORDS=(cheetah data fe); COMP_CWORD=2; _cheetah cheetah; echo "\${COMPREPLY[@]}"
COMP_WORDS=(cheetah plot ""); COMP_CWORD=2; _cheetah cheetah; echo "\${#COMPREPLY[@]}"
complete -p cheetah`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toBe('fetch\n0\ncomplete -o default -F _cheetah cheetah\n');
  });

  it.skipIf(spawnSync('zsh', ['--version']).status !== 0)('completes in zsh', () => {
    const script = `${program}
compdef() { print -r -- "compdef $*"; }
compadd() { shift; print -r -- "$*"; }
_files() { print files; }
source <(cheetah completion zsh)
words=(cheetah data fe) CURRENT=3; _cheetah
words=(cheetah plot "") CURRENT=3; _cheetah`;
    const { stdout, stderr } = spawnSync('zsh', ['-fc', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toBe('compdef _cheetah cheetah\nfetch\nfiles\n');
  });

  it('writes the script of the shell asked for, and refuses others in one line', () => {
    expect(cheetah(['completion', 'zsh']).out).toMatch(/^#compdef cheetah\n/);
    const refused = cheetah(['completion', 'fish']);
    expect(refused.err).toMatch(/^cheetah: shell 'fish' is unknown; use bash or zsh[^\n]*\n$/);
    expect(refused.code).toBe(1);
  });
});
