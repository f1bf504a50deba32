/** What counts as a fault of the program when it refuses an input. */
import { readdirSync } from 'node:fs';
import { UserError } from '../../errors.js';

/** What a message may have, and the name of the program before it. */
const LONGEST = 600 + 'cheetah: '.length;
/** Characters that paint, move or hide: written escaped or not at all. */
const HIDDEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u;

/** Why the error is a fault; undefined for one line that a user can mend. */
export function faultOfError(error: unknown): string | undefined {
  if (error instanceof UserError) return faultOfLine(error.message);
  return error instanceof Error ? `no UserError: ${error.stack}` : `no error: ${String(error)}`;
}

export function faultOfLine(line: string): string | undefined {
  if (HIDDEN.test(line)) return `a line that is none: ${JSON.stringify(line)}`;
  return line.length > LONGEST ? `a line of ${line.length} characters: ${line}` : undefined;
}

/** Names of files that were begun and not ended. */
export function halfWritten(folder: string): string | undefined {
  const left = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const found = left.filter((name) => name.endsWith('.tmp'));
  return found.length > 0 ? `half-written: ${found.join(', ')}` : undefined;
}

/** Why a command that ended so is at fault. */
export function faultOfRun({ code, err }: { code: number | null; err: string }): string | undefined {
  const lines = err.split('\n').slice(0, -1);
  const last = lines.at(-1) ?? '';
  if (code !== 0 && code !== 1) return `exit code ${code}: ${err}`;
  if (code === 1 && !last.startsWith('cheetah: ')) return `failed without a word of its own: ${err}`;
  if (/internal error|^\s+at |node:internal/m.test(err)) return `a stack or an internal error: ${err}`;
  return lines.map(faultOfLine).find((fault) => fault !== undefined);
}
