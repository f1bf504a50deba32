import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands.js';
import { complaintOf } from './in-process.js';
import { cheetah, MAIN } from './run-cheetah.js';

describe('cheetah', () => {
  it('lists every command', () => {
    const { code, out } = cheetah(['--help']);
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS) {
      expect(out).toContain(name);
      expect(out.replace(/\s+/g, ' ')).toContain(summary);
    }
  });

  it('without a word shows the same', () => {
    expect(cheetah([])).toEqual(cheetah(['--help']));
  });

  it('prints the version of the package', () => {
    const file = fileURLToPath(new URL('../../package.json', import.meta.url));
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    expect(cheetah(['--version']).out.trim()).toBe(version);
    expect(cheetah(['sweep', '--version']).out.trim()).toBe(version);
  });

  it.each(COMMANDS.map(({ name }) => name))('answers %s --help', (name) => {
    const { code, out } = cheetah([name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`cheetah ${name}`);
  });

  it.each([
    [['swep'], /^cheetah: command 'swep' is unknown; did you mean sweep/],
    [['sweep', 'x.yaml', '--resum'], /^cheetah: option --resum is unknown; did you mean --resume/],
    [['sweep'], /^cheetah: arguments are missing; give them as in `cheetah sweep <spec>`/],
    [['data', 'fetch'], /^cheetah: arguments are missing; give them as in `cheetah data fetch <set>`/],
    [['data', 'fetch', 'mnist'], /^cheetah: option --to is missing/],
    [['data', 'lsit'], /^cheetah: argument 'lsit' is unknown; use list, fetch or show; did you mean list/],
    [
      ['evaluate', 'posit8es1', '--wieghts', 'm'],
      /^cheetah: option --wieghts is unknown; did you mean --weights/,
    ],
    [['explain', 'posit8es1', '1', '2'], /^cheetah: argument '2' is one too many/],
    [['formats', 'shwo'], /^cheetah: action 'shwo' is unknown; use list or show; did you mean show/],
    [['plot', 'x.csv', '-x', 'cost'], /^cheetah: -x 'cost' is unknown; use edp, energy, delay or bits/],
    [['plot', 'x.csv', '-x', 'edp', '-x', 'bits'], /^cheetah: option -x is given more than once/],
    [
      ['encode', 'posit8es1', '--mode=up', '--mode=up', '1'],
      /^cheetah: option --mode is given more than once/,
    ],
    [['encode', 'posit8es1', '1', '--seed'], /^cheetah: option --seed needs a value/],
    [['encode', 'posit8es1', '1', '--seed', 'x'], /^cheetah: option --seed takes a number, not 'x'/],
    [['train', '--epochs'], /^cheetah: option --epochs needs a value/],
    [['start', '--out'], /^cheetah: option --out needs a value/],
    [['layers', '--json', '--csv'], /^cheetah: options --json and --csv exclude each other/],
    [['--plugin', 'missing.ts', 'formats'], /^cheetah: .*missing\.ts.* does not exist/],
    [['--plugin', 'a.ts'], /^cheetah: no command given/],
  ])('refuses %j in one line', async (args, message) => {
    const line = await complaintOf(args);
    expect(line).toMatch(message);
    expect(line).not.toContain('\n');
  });

  it('fails with what it refuses on standard error alone', () => {
    const { code, out, err } = cheetah(['sweep', 'x.yaml', '--resum']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^cheetah: option --resum is unknown; did you mean --resume[^\n]*\n$/);
  });

  it.skipIf(!existsSync('/dev/full'))('says in one line that its output cannot be written', () => {
    const script = 'exec "$0" "$1" formats > /dev/full';
    const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, MAIN], { encoding: 'utf8' });
    expect(stderr).toMatch(/^cheetah: standard output cannot be written: the disk is full.*\n$/);
    expect(status).toBe(1);
  });

  it('says nothing when its reader has gone', () => {
    const script = `seq 1 50000 | "$0" "$1" encode posit8es1 | head -1`;
    const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, MAIN], { encoding: 'utf8' });
    expect(stdout).toBe('input,code,value,error,event\n');
    expect(stderr).toBe('');
  });
});
