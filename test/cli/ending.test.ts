import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectPluginEnds, expectSignalEnds, sweepsOfFile } from './endings.js';
import { complaintOf, performed } from './in-process.js';
import { MAIN } from './run-cheetah.js';

const sweeps = sweepsOfFile();

describe('output that nobody reads', () => {
  it('ends a command that only prints, without a word', () => {
    const line = `yes 1.5 | "$0" "$1" encode posit8es1 | head -2; exit "\${PIPESTATUS[1]}"`;
    const ran = spawnSync('bash', ['-c', line, process.execPath, MAIN], { encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout.split('\n')[0]).toBe('input,code,value,error,event');
  });
});

describe('a plugin that goes wrong', () => {
  it.each([['process.exit(0);', /process\.exit\(0\)/, 1]])(
    '%s is one line and a failing exit code',
    (code, line, exitCode) => {
      expectPluginEnds(sweeps, code, line, exitCode);
    },
  );
});

describe('signals', () => {
  it('SIGINT ends a sweep with words, its exit code and what is kept', async () => {
    await expectSignalEnds(sweeps, 'SIGINT', 130);
  });
});

describe('a finished sweep', () => {
  it('is printed again, and only --fresh does it again', async () => {
    const { folder, small, whole } = sweeps;
    const out = join(folder, 'again.csv');
    const first = await performed(['sweep', small, '--out', out]);
    const manifest = readFileSync(join(folder, 'again.manifest.json'));
    const again = await performed(['sweep', small, '--out', out]);
    expect(again.code).toBe(0);
    expect(again.out).toContain('3 rows are there');
    expect(again.out).toContain('--fresh to do them again');
    expect(again.out.split('\n\n')[0]).toBe(first.out.split('\n\n')[0]);
    expect(readFileSync(join(folder, 'again.manifest.json'))).toEqual(manifest);
    rmSync(out);
    expect((await performed(['sweep', small, '--out', out, '--resume'])).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(whole);
    expect((await performed(['sweep', small, '--out', out, '--fresh'])).out).toContain('made in');
  });

  it('does not replace a file that no sweep wrote, its own spec among them', async () => {
    const { folder } = sweeps;
    const mine = join(folder, 'mine.csv');
    writeFileSync(mine, 'a,b\n1,2\n');
    const spec = join(folder, 'self.yaml');
    copyFileSync(sweeps.small, spec);
    for (const out of [mine, spec]) {
      const before = readFileSync(out, 'utf8');
      expect(await complaintOf(['sweep', spec, '--out', out])).toMatch(
        /is there and is no CSV that a sweep wrote; give another --out/,
      );
      expect(readFileSync(out, 'utf8')).toBe(before);
    }
  });
});
