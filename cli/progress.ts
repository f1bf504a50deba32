/**
 * Progress on stderr: a bar with the time left on a terminal, a plain line now and then anywhere else, so that
 * stdout stays clean for tables and pipes.
 */
import { createRequire } from 'node:module';
import type { SingleBar } from 'cli-progress';
import { SILENCE, type SweepProgress } from '../sweep/progress.js';
import { isQuiet, tell } from './notes.js';

/** Milliseconds between plain lines. */
const BETWEEN_LINES = 5000;

/** `1 min 20 s`, `35 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** A bar on a terminal. cli-progress is loaded when the first bar begins. */
function barProgress(): SweepProgress {
  let bar: SingleBar | undefined;
  const end = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    note(text) {
      end();
      tell(text);
    },
    begin(what, total, done = 0) {
      end();
      const { SingleBar, Presets } = createRequire(import.meta.url)(
        'cli-progress',
      ) as typeof import('cli-progress');
      bar = new SingleBar(
        {
          format: `${what} {bar} {value}/{total}, {eta_formatted} left{detail}`,
          barsize: 30,
          hideCursor: true,
          stream: process.stderr,
          etaBuffer: 20,
        },
        Presets.shades_classic,
      );
      bar.start(total, done, { detail: '' });
    },
    reach(done, detail) {
      bar?.update(done, { detail: detail === undefined ? '' : `; ${detail}` });
    },
    end,
  };
}

/** Lines at the beginning, at the end and at most every five seconds between. */
function lineProgress(): SweepProgress {
  let counting:
    | { what: string; total: number; first: number; started: number; said: number; done: number }
    | undefined;
  const say = (detail?: string): void => {
    if (!counting) return;
    const { what, total, first, started, done } = counting;
    const elapsed = performance.now() - started;
    const left =
      done > first && done < total ? `, ${duration((elapsed / (done - first)) * (total - done))} left` : '';
    process.stderr.write(`${what} ${done}/${total}${left}${detail === undefined ? '' : `; ${detail}`}\n`);
    counting.said = performance.now();
  };
  return {
    note: tell,
    begin(what, total, done = 0) {
      counting = { what, total, first: done, started: performance.now(), said: performance.now(), done };
    },
    reach(done, detail) {
      if (!counting) return;
      counting.done = done;
      if (done >= counting.total || performance.now() - counting.said >= BETWEEN_LINES) say(detail);
    },
    end() {
      counting = undefined;
    },
  };
}

export function terminalProgress(): SweepProgress {
  if (isQuiet()) return SILENCE;
  return process.stderr.isTTY ? barProgress() : lineProgress();
}
