/**
 * The further cases of what `ending.test.ts` has one of each: every pipe, every way to go wrong, every signal; and what takes
 * processes of its own: too little memory, endless loops, sweeps that are stopped or run twice at once.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
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
  it.each([
    ['both', '2>&1 | head -1'],
    ['stderr', '2>&1 >/dev/null | true'],
    ['stdout', '2>/dev/null | true'],
  ])('a closed %s does not stop a sweep', (name, redirection) => {
    expectUnreadIsFinished(sweeps, name, redirection);
  });
});

describe('a plugin that goes wrong', () => {
  it.each([
    ['process.exit(7);', /process\.exit\(7\)/, 7],
    ["Promise.reject(new Error('unheard')); await new Promise((r) => setTimeout(r, 1e6));", /unheard/, 1],
    [
      "setTimeout(() => { throw new Error('late'); }, 0); await new Promise((r) => setTimeout(r, 1e6));",
      /late/,
      1,
    ],
    ['await new Promise(() => {});', /never comes/, 1],
    ["throw new Error('at once');", /at once/, 1],
  ])('%s is one line and a failing exit code', (code, line, exitCode) => {
    expectPluginEnds(sweeps, code, line, exitCode);
  });
});

describe('signals', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends a sweep with words, exit code %i and what is kept', async (signal, code) => {
    await expectSignalEnds(sweeps, signal, code);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('an early %s, while a command still loads, has its words too', async (signal, code) => {
    await expectEarlySignalEnds(sweeps, signal, code);
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
