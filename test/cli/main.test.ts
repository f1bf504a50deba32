import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands.js';
import { cheetah, MAIN } from './run-cheetah.js';

/** Processor time, which other work on the machine does not stretch; user and system, ms. */
function helpCost(args: readonly string[]): number {
  const probe =
    'data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write("cost "+(user+system)/1000)})';
  const { stderr } = spawnSync(process.execPath, ['--import', probe, MAIN, ...args], { encoding: 'utf8' });
  return Number(/cost ([\d.]+)/.exec(stderr)![1]);
}

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

  it.each(COMMANDS.map(({ name }) => name))('answers %s --help at once', (name) => {
    const { code, out } = cheetah([name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`cheetah ${name}`);
    const least = Math.min(helpCost([name, '--help']), helpCost([name, '--help']));
    expect(least).toBeLessThan(300);
  });

  it.each([
    [['swep'], /^cheetah: command 'swep' is unknown; did you mean sweep/],
    [['sweep', 'x.yaml', '--resum'], /^cheetah: argument 'resum' is unknown; did you mean resume/],
    [['sweep'], /^cheetah: .*positional|argument/],
    [['--plugin', 'missing.ts', 'formats'], /^cheetah: plugin 'missing.ts' does not exist/],
    [['--plugin', 'a.ts'], /^cheetah: no command given/],
  ])('refuses %j in one line', (args, message) => {
    const { code, out, err } = cheetah(args);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('says nothing when its reader has gone', () => {
    const script = `seq 1 50000 | "$0" "$1" encode posit8es1 | head -1`;
    const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, MAIN], { encoding: 'utf8' });
    expect(stdout).toBe('input,code,value,error,event\n');
    expect(stderr).toBe('');
  });
});
