/** What is being measured, on stderr: one line that is rewritten on a terminal, a line now and then elsewhere. */

export interface Progress {
  /** `done` from 0 to 1. */
  say(what: string, done: number): void;
  end(): void;
}

/** Milliseconds between two plain lines. */
const QUIET = 10_000;

export function progressOn(stream: NodeJS.WriteStream): Progress {
  let last = '';
  let spoken = Number.NEGATIVE_INFINITY;
  return {
    say(what, done) {
      const line = `${what} ${Math.round(100 * done)} %`;
      if (stream.isTTY) stream.write(`\r\u001b[2K${line.slice(0, Math.max(20, stream.columns - 1))}`);
      else if (what !== last || performance.now() - spoken > QUIET) {
        stream.write(`${line}\n`);
        spoken = performance.now();
      }
      last = what;
    },
    end() {
      if (stream.isTTY && last !== '') stream.write('\r\u001b[2K');
      last = '';
    },
  };
}
