import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { MAIN } from '../cli/run-cheetah.js';
import { faultOfRun, halfWritten } from './fault.js';
import type { Range, Said } from './fuzz-worker.js';
import { Cases, KINDS } from './kinds.js';

const SEED = Number(process.env.CHEETAH_FUZZ_SEED ?? 1);
const INPUTS = Number(process.env.CHEETAH_FUZZ_INPUTS ?? 20_000);
/** One input in so many goes through the command line. */
const THROUGH_MAIN = 100;
const THREADS = 2;
/** A case that takes longer hangs, in milliseconds. */
const WATCHDOG = 20_000;
const LIMITS = { maxOldGenerationSizeMb: 300, maxYoungGenerationSizeMb: 48 };

const homes: string[] = [];
const faults: string[] = [];
/** How often each kind was read and refused. */
const seen = new Map<string, number>();
afterAll(() => {
  if (faults.length === 0) for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** All that is needed to see it again: the seed, the number and the first bytes. */
function report(index: number, fault: string, home: string): void {
  const folder = join(home, `case-${index}`);
  const files = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  const bytes = files
    .filter((file) => file.isFile())
    .map(({ name }) => `${name}: ${readFileSync(join(folder, name)).subarray(0, 300).toString('base64')}`);
  faults.push(`seed ${SEED}, case ${index}, ${fault}\n${folder}\n${bytes.join('\n')}`);
}

/** Runs the cases of a range in one thread; resolves with the first case that was not begun when the thread ended. */
function runThread(range: Range): Promise<number> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./fuzz-thread.mjs', import.meta.url), {
      workerData: range,
      resourceLimits: LIMITS,
    });
    let home = '';
    let running: number | undefined;
    let next = range.from;
    let watchdog: NodeJS.Timeout | undefined;
    worker.on('message', (said: Said) => {
      clearTimeout(watchdog);
      if (said.kind === 'ready') {
        home = said.home;
        homes.push(home);
      } else if (said.kind === 'begun') {
        running = said.index;
        next = said.index + range.step;
        watchdog = setTimeout(() => {
          report(said.index, `it hangs for ${WATCHDOG} ms`, home);
          running = undefined;
          void worker.terminate();
        }, WATCHDOG);
      } else {
        running = undefined;
        seen.set(said.what, (seen.get(said.what) ?? 0) + 1);
        if (said.fault !== undefined) report(said.index, said.fault, home);
      }
    });
    worker.on('error', (error) => {
      if (running === undefined) {
        faults.push(`case ${next} could not be made: ${error.stack}`);
        next = range.to;
      } else report(running, `its thread ended: ${error.message}`, home);
    });
    worker.on('exit', () => {
      clearTimeout(watchdog);
      resolve(next);
    });
  });
}

async function runRange(range: Range): Promise<void> {
  for (let from = range.from; from < range.to && faults.length < 100; )
    from = await runThread({ ...range, from });
}

function runMain(args: readonly string[]): Promise<{ code: number | null; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: WATCHDOG,
    });
    let err = '';
    child.stderr.on('data', (piece: Buffer) => {
      err += piece.toString();
    });
    child.on('close', (code) => resolve({ code, err }));
  });
}

/** Inputs beyond those of the threads, so that no case is tried twice. */
async function runMains(): Promise<void> {
  const cases = new Cases(SEED);
  homes.push(cases.home);
  const count = Math.ceil(INPUTS / THROUGH_MAIN);
  for (let i = 0; i < count; i++) {
    const index = INPUTS + i * (THROUGH_MAIN + 1);
    const { kind, folder, subject } = await cases.make(index);
    const ran = await runMain(subject.args(folder));
    const fault = faultOfRun(ran) ?? halfWritten(folder);
    const what = `main ${kind} ${ran.code}`;
    seen.set(what, (seen.get(what) ?? 0) + 1);
    if (fault !== undefined) report(index, fault, cases.home);
    else rmSync(folder, { recursive: true });
  }
}

describe('changed inputs', () => {
  it(`${INPUTS} of them are read or refused in one line, without a hang, a crash or half a file`, async () => {
    const range = { seed: SEED, to: INPUTS, step: THREADS };
    const threads = Array.from({ length: THREADS }, (_, from) => runRange({ ...range, from }));
    await Promise.all([...threads, runMains()]);
    expect(faults.join('\n\n')).toBe('');
    // a fuzzer whose inputs are all refused, or all read, looks at nothing
    for (const { name } of KINDS) {
      expect(seen.get(`${name} read`), name).toBeGreaterThan(0);
      expect(seen.get(`${name} refused`), name).toBeGreaterThan(0);
    }
  });
});
