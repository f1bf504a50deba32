/** What the tests of how a command ends share: two sweeps, a running process, and each check once for all its cases. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { performed } from './in-process.js';
import { cheetah, MAIN } from './run-cheetah.js';
import { writeSmallNetwork } from './small-network.js';

const SPEC = `name: small
dataset: strokes
testImages: 40
network: NETWORK
training: { epochs: 1, trainImages: 100 }
format: [posit6es1, affine6]
quantizer: linear
calibrationImages: 20
`;

export interface Sweeps {
  folder: string;
  /** Files of the two specs. */
  small: string;
  /** Long enough that no test sees its end. */
  endless: string;
  /** The CSV of the small one. */
  whole: string;
}

/** The sweeps of a test file, there once its tests begin. */
export function sweepsOfFile(): Sweeps {
  const sweeps: Sweeps = { folder: '', small: '', endless: '', whole: '' };
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cheetah-ending-'));
    const at = (name: string): string => join(folder, name);
    Object.assign(sweeps, { folder, small: at('small.yaml'), endless: at('endless.yaml') });
    writeFileSync(sweeps.small, SPEC.replace('NETWORK', writeSmallNetwork(folder)));
    writeFileSync(sweeps.endless, SPEC.replace('NETWORK', 'mlp4').replace('epochs: 1', 'epochs: 10000'));
    const ran = await performed(['sweep', sweeps.small, '--out', at('whole.csv')]);
    expect(ran.code, ran.err).toBe(0);
    sweeps.whole = readFileSync(at('whole.csv'), 'utf8');
  });
  afterAll(() => rmSync(sweeps.folder, { recursive: true, force: true }));
  return sweeps;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves once it has said something that matches. */
  said(pattern: RegExp): Promise<void>;
  /** Its exit code and all it said. */
  end(): Promise<{ code: number | null; err: string }>;
}

export function begin(...args: string[]): Running {
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

/** A sweep whose output bash redirects, so that nobody reads some of it, ends as any other. */
export function expectUnreadIsFinished({ folder, small, whole }: Sweeps, name: string, redirection: string) {
  const out = join(folder, `${name}.csv`);
  const line = `"$0" "$1" sweep "$2" --out "$3" ${redirection}; exit "\${PIPESTATUS[0]}"`;
  const ran = spawnSync('bash', ['-c', line, process.execPath, MAIN, small, out]);
  expect(ran.status).toBe(0);
  expect(readFileSync(out, 'utf8')).toBe(whole);
}

/** A plugin of this code ends the command with one line and an exit code, and nothing written. */
export function expectPluginEnds({ folder, small }: Sweeps, code: string, line: RegExp, exitCode: number) {
  const plugin = join(folder, 'plugin.mjs');
  writeFileSync(plugin, code);
  const out = join(folder, 'plugged', 'x.csv');
  const ran = cheetah(['sweep', small, '--plugin', plugin, '--out', out]);
  expect(ran.err).toMatch(/^cheetah: [^\n]*\n$/);
  expect(ran.err).toMatch(line);
  expect(ran.code).toBe(exitCode);
  expect(readdirSync(folder)).not.toContain('plugged');
}

/** A signal ends a running sweep with words, an exit code and what is kept. */
export async function expectSignalEnds({ folder, endless }: Sweeps, signal: NodeJS.Signals, code: number) {
  const out = join(folder, signal, 'x.csv');
  const running = begin('sweep', endless, '--out', out);
  await running.said(/points and the float32 baseline/);
  running.child.kill(signal);
  const ended = await running.end();
  expect(ended.err).toMatch(/stopped: 0 of 3 rows are kept; go on with `cheetah sweep .*--resume`\n$/);
  expect(ended.code).toBe(code);
  expect(readdirSync(join(folder, signal, 'x.journal'))).not.toContain('.lock');
}

/** A signal while a command still loads its plugin has its words too. */
export async function expectEarlySignalEnds({ folder, small }: Sweeps, signal: NodeJS.Signals, code: number) {
  const plugin = join(folder, 'slow.mjs');
  writeFileSync(plugin, "process.stderr.write('loading\\n'); await new Promise((r) => setTimeout(r, 1e6));");
  const running = begin('sweep', small, '--plugin', plugin);
  await running.said(/loading/);
  running.child.kill(signal);
  expect(await running.end()).toEqual({ code, err: 'loading\nstopped before the work was done\n' });
}
