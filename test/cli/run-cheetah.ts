/** Runs the built command line, as a user does. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, watch } from 'node:fs';
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

/**
 * Starts it and sends a signal once `happened`, which is asked at every change below `folder` and every line of
 * progress; resolves when it has ended. No signal is sent to one that ends before.
 */
export function cheetahUntil(
  args: readonly string[],
  { folder, happened }: { readonly folder: string; readonly happened: () => boolean },
  signal: NodeJS.Signals,
): Promise<Ran> {
  mkdirSync(folder, { recursive: true });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const look = (): void => {
      if (!child.killed && happened()) child.kill(signal);
    };
    const watcher = watch(folder, { recursive: true }, look);
    // a folder that goes while it is watched
    watcher.on('error', () => undefined);
    let out = '';
    let err = '';
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString();
      look();
    });
    child.on('close', (code) => {
      watcher.close();
      resolve({ code, out, err });
    });
  });
}
