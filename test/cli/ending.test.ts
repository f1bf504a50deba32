import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  begin,
  expectEarlySignalEnds,
  expectPluginEnds,
  expectSignalEnds,
  expectUnreadIsFinished,
  sweepsOfFile,
} from './endings.js';
import { complaintOf, performed } from './in-process.js';
import { cheetah, MAIN } from './run-cheetah.js';

const sweeps = sweepsOfFile();

describe('output that nobody reads', () => {
  it('does not stop a sweep when it is closed', () => {
    expectUnreadIsFinished(sweeps, 'both', '2>&1 | head -1');
  });

  it('ends a command that only prints, without a word', () => {
    const line = `yes 1.5 | "$0" "$1" encode posit8es1 | head -2; exit "\${PIPESTATUS[1]}"`;
    const ran = spawnSync('bash', ['-c', line, process.execPath, MAIN], { encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout.split('\n')[0]).toBe('input,code,value,error,event');
  });
});

describe('a plugin that goes wrong', () => {
  it.each([
    ['process.exit(0);', /process\.exit\(0\)/, 1],
    [
      "setTimeout(() => { throw new Error('late'); }, 0); await new Promise((r) => setTimeout(r, 1e6));",
      /late/,
      1,
    ],
    ['await new Promise(() => {});', /never comes/, 1],
  ])('%s is one line and a failing exit code', (code, line, exitCode) => {
    expectPluginEnds(sweeps, code, line, exitCode);
  });
});

describe.skipIf(process.platform !== 'linux')('a machine that has too little', () => {
  it.each([
    ['-n 32', ['encode', 'posit8es1', '1'], /^cheetah: too many files are open; allow more \(ulimit -n\)\n$/],
    ['-n 32', ['sweep', 'SPEC'], /^cheetah: too many files are open; allow more \(ulimit -n\)\n$/],
    [
      '-v 5500000',
      ['sweep', 'SPEC', '--out', 'OUT'],
      /\ncheetah: there is too little memory [^\n]*\(ulimit -v unlimited\)[^\n]*\n$/,
    ],
  ])('ulimit %s is said in one line by %s', (limit, args, line) => {
    const { folder, small } = sweeps;
    const named = args.map((arg) => (arg === 'SPEC' ? small : arg === 'OUT' ? join(folder, 'low.csv') : arg));
    const ran = spawnSync(
      'bash',
      ['-c', `ulimit ${limit}; exec "$0" "$@"`, process.execPath, MAIN, ...named],
      {
        encoding: 'utf8',
      },
    );
    expect(ran.stderr).toMatch(line);
    expect(ran.stderr).not.toMatch(/internal error|^\s+at /m);
    expect(ran.status).toBe(1);
  });
});

describe('signals', () => {
  it('SIGINT ends a sweep with words, its exit code and what is kept', async () => {
    await expectSignalEnds(sweeps, 'SIGINT', 130);
  });

  it('an early SIGINT, while a command still loads, has its words too', async () => {
    await expectEarlySignalEnds(sweeps, 'SIGINT', 130);
  });
});

describe('a command that computes in one go', () => {
  it('ends at once on Ctrl-C, a notebook’s endless loop too', async () => {
    const { folder } = sweeps;
    const file = join(folder, 'loop.ts');
    writeFileSync(file, "// %% a\nprocess.stderr.write('begun\\n');\nfor (;;);\n");
    const running = begin('notebook', 'run', file, '--out', join(folder, 'loop'));
    await running.said(/begun/);
    running.child.kill('SIGINT');
    await running.end();
    expect(running.child.signalCode).toBe('SIGINT');
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

  it('keeps its CSV while --fresh is on its way, stopped or killed', async () => {
    const { folder, endless, whole } = sweeps;
    const out = join(folder, 'kept.csv');
    writeFileSync(out, whole);
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const running = begin('sweep', endless, '--out', out, '--fresh');
      await running.said(/points and the float32 baseline/);
      running.child.kill(signal);
      const { err } = await running.end();
      if (signal === 'SIGINT') expect(err).toMatch(/kept\.csv stays as it was|rows are kept; go on/);
      expect(readFileSync(out, 'utf8')).toBe(whole);
    }
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

  it('flows to standard output alone', () => {
    const { folder, small, whole } = sweeps;
    const ran = cheetah(['sweep', small, '--out', '/dev/stdout', '--quiet'], { cwd: folder });
    expect(ran.out).toBe(whole);
  });

  it('is left alone by a second sweep into the same journal while the first runs', async () => {
    const { folder, small, endless } = sweeps;
    const out = join(folder, 'shared.csv');
    const first = begin('sweep', endless, '--out', out);
    await first.said(/points and the float32 baseline/);
    for (const mode of [[], ['--resume'], ['--fresh']]) {
      expect(await complaintOf(['sweep', endless, '--out', out, ...mode])).toBe(
        `cheetah: ${join(folder, 'shared.journal')} is in use by process ${first.child.pid}; wait until it ends, or write elsewhere with --out FILE`,
      );
    }
    first.child.kill('SIGKILL');
    await first.end();
    expect((await performed(['sweep', small, '--out', out, '--fresh'])).code).toBe(0);
  });
});
