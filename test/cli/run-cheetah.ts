/** Runs the built command line, as a user does. */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function cheetah(args: readonly string[], options: { input?: string; cwd?: string } = {}): Ran {
  const { CHEETAH_DATA: _, ...env } = process.env;
  const ran = spawnSync(process.execPath, [MAIN, ...args], {
    input: options.input ?? '',
    cwd: options.cwd,
    encoding: 'utf8',
    env,
    maxBuffer: 2 ** 26,
    timeout: 120_000,
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

/** Starts it and sends a signal after so many milliseconds, if it still runs; resolves when it has ended. */
export function cheetahUntil(
  args: readonly string[],
  milliseconds: number,
  signal: NodeJS.Signals,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString();
    });
    const timer = setTimeout(() => child.kill(signal), milliseconds);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, out, err });
    });
  });
}
