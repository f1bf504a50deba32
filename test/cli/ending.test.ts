import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cheetah, MAIN } from './run-cheetah.js';

const SPEC = `name: small
dataset: strokes
testImages: 40
network: mlp4
training: { epochs: 1, trainImages: 100 }
format: [posit6es1, affine6]
quantizer: linear
calibrationImages: 20
`;
/** Long enough that no test sees its end. */
const ENDLESS = SPEC.replace('name: small', 'name: endless').replace('epochs: 1', 'epochs: 10000');

let folder = '';
let small = '';
let endless = '';
let whole = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cheetah-ending-'));
  small = join(folder, 'small.yaml');
  endless = join(folder, 'endless.yaml');
  writeFileSync(small, SPEC);
  writeFileSync(endless, ENDLESS);
  const out = join(folder, 'whole.csv');
  expect(cheetah(['sweep', small, '--out', out]).code).toBe(0);
  whole = readFileSync(out, 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Running {
  readonly child: ChildProcess;
  /** Resolves once it has said something that matches. */
  said(pattern: RegExp): Promise<void>;
  /** Its exit code and all it said. */
  end(): Promise<{ code: number | null; err: string }>;
}

function begin(...args: string[]): Running {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const closed = once(child, 'close');
  let err = '';
  child.stderr.on('data', (piece: Buffer) => {
    err += piece.toString();
  });
  return {
    child,
    async said(pattern) {
      while (!pattern.test(err)) {
        if (child.exitCode !== null) throw new Error(`ended without saying ${pattern}: ${err}`);
        await Promise.race([once(child.stderr, 'data'), closed]);
      }
    },
    async end() {
      const [code] = await closed;
      return { code: code as number | null, err };
    },
  };
}

describe('output that nobody reads', () => {
  it.each([
    ['stderr', '2>&1 >/dev/null | true'],
    ['stdout', '2>/dev/null | true'],
    ['both', '2>&1 | head -1'],
  ])('a closed %s does not stop a sweep', (name, redirection) => {
    const out = join(folder, `${name}.csv`);
    const line = `"$0" "$1" sweep "$2" --out "$3" ${redirection}; exit "\${PIPESTATUS[0]}"`;
    const ran = spawnSync('bash', ['-c', line, process.execPath, MAIN, small, out]);
    expect(ran.status).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(whole);
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
    ['process.exit(7);', /process\.exit\(7\)/, 7],
    [
      "setTimeout(() => { throw new Error('late'); }, 0); await new Promise((r) => setTimeout(r, 1e6));",
      /late/,
      1,
    ],
    ["Promise.reject(new Error('unheard')); await new Promise((r) => setTimeout(r, 1e6));", /unheard/, 1],
    ['await new Promise(() => {});', /never comes/, 1],
    ["throw new Error('at once');", /at once/, 1],
  ])('%s is one line and a failing exit code', (code, line, exitCode) => {
    const plugin = join(folder, 'plugin.mjs');
    writeFileSync(plugin, code);
    const out = join(folder, 'plugged', 'x.csv');
    const ran = cheetah(['sweep', small, '--plugin', plugin, '--out', out]);
    expect(ran.err).toMatch(/^cheetah: [^\n]*\n$/);
    expect(ran.err).toMatch(line);
    expect(ran.code).toBe(exitCode);
    expect(readdirSync(folder)).not.toContain('plugged');
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
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends a sweep with words, exit code %i and what is kept', async (signal, code) => {
    const out = join(folder, signal, 'x.csv');
    const running = begin('sweep', endless, '--out', out);
    await running.said(/points and the float32 baseline/);
    running.child.kill(signal);
    const ended = await running.end();
    expect(ended.err).toMatch(/stopped: 0 of 3 rows are kept; go on with `cheetah sweep .*--resume`\n$/);
    expect(ended.code).toBe(code);
    expect(readdirSync(join(folder, signal, 'x.journal'))).not.toContain('.lock');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('an early %s, while a command still loads, has its words too', async (signal, code) => {
    const plugin = join(folder, 'slow.mjs');
    writeFileSync(
      plugin,
      "process.stderr.write('loading\\n'); await new Promise((r) => setTimeout(r, 1e6));",
    );
    const running = begin('sweep', small, '--plugin', plugin);
    await running.said(/loading/);
    running.child.kill(signal);
    expect(await running.end()).toEqual({ code, err: 'loading\nstopped before the work was done\n' });
  });
});

describe('a command that computes in one go', () => {
  it('ends at once on Ctrl-C, a notebook’s endless loop too', async () => {
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
  it('is printed again, and only --fresh does it again', () => {
    const out = join(folder, 'again.csv');
    const first = cheetah(['sweep', small, '--out', out]);
    const manifest = readFileSync(join(folder, 'again.manifest.json'));
    const again = cheetah(['sweep', small, '--out', out]);
    expect(again.code).toBe(0);
    expect(again.out).toContain('3 rows are there');
    expect(again.out).toContain('--fresh to do them again');
    expect(again.out.split('\n\n')[0]).toBe(first.out.split('\n\n')[0]);
    expect(readFileSync(join(folder, 'again.manifest.json'))).toEqual(manifest);
    rmSync(out);
    expect(cheetah(['sweep', small, '--out', out, '--resume']).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(whole);
    expect(cheetah(['sweep', small, '--out', out, '--fresh']).out).toContain('made in');
  });

  it('keeps its CSV while --fresh is on its way, stopped or killed', async () => {
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

  it('does not replace a file that no sweep wrote, its own spec among them', () => {
    const mine = join(folder, 'mine.csv');
    writeFileSync(mine, 'a,b\n1,2\n');
    const spec = join(folder, 'self.yaml');
    writeFileSync(spec, SPEC);
    for (const out of [mine, spec]) {
      const before = readFileSync(out, 'utf8');
      const ran = cheetah(['sweep', spec, '--out', out]);
      expect(ran.err).toMatch(/is there and is no CSV that a sweep wrote; give another --out/);
      expect(ran.code).toBe(1);
      expect(readFileSync(out, 'utf8')).toBe(before);
    }
  });

  it('flows to standard output alone', () => {
    const ran = cheetah(['sweep', small, '--out', '/dev/stdout', '--quiet'], { cwd: folder });
    expect(ran.out).toBe(whole);
  });

  it('is left alone by a second sweep into the same journal while the first runs', async () => {
    const out = join(folder, 'shared.csv');
    const first = begin('sweep', endless, '--out', out);
    await first.said(/points and the float32 baseline/);
    for (const mode of [[], ['--resume'], ['--fresh']]) {
      const second = cheetah(['sweep', endless, '--out', out, ...mode]);
      expect(second.err).toBe(
        `cheetah: ${join(folder, 'shared.journal')} is in use by process ${first.child.pid}; wait until it ends, or write elsewhere with --out FILE\n`,
      );
      expect(second.code).toBe(1);
    }
    first.child.kill('SIGKILL');
    await first.end();
    expect(cheetah(['sweep', small, '--out', out, '--fresh']).code).toBe(0);
  });
});
