/** What went wrong, for a person, in one line. */
import { inspect } from 'node:util';
import { UserError } from '../errors.js';
import { oneLine } from '../one-line.js';

/** What is used up, by the codes of the system and of Node. */
const USED_UP: Readonly<Record<string, string>> = {
  EMFILE: 'too many files are open; allow more (ulimit -n)',
  ENFILE: 'too many files are open on this machine; close some',
  ENOMEM: 'there is too little memory; allow more (ulimit -v)',
  EAGAIN: 'no more threads can be started; allow more (ulimit -u), or fewer workers',
  ERR_MEMORY_ALLOCATION_FAILED: 'there is too little memory; allow more (ulimit -v)',
  ERR_WORKER_OUT_OF_MEMORY: 'a worker ran out of memory; start fewer workers, or allow more memory',
  ERR_WORKER_INIT_FAILED: 'a worker could not start; start fewer workers, or allow more memory and files',
};

/** Buffers and WebAssembly memories say it without a code. */
const NO_MEMORY = /could not allocate memory|allocation failed|Out of memory/i;

/**
 * A user's error as it is; what of the machine is used up; of a system error its file; anything else with the place it comes from, and with its
 * stack below where CHEETAH_TRACE is set.
 */
export function complaintLine(error: unknown): string {
  if (error instanceof UserError) return `cheetah: ${error.message}`;
  const { path, code, message, stack }: NodeJS.ErrnoException =
    error instanceof Error ? error : new Error(inspect(error));
  const first = oneLine(message.split('\n')[0]!);
  const usedUp =
    USED_UP[code ?? ''] ??
    (error instanceof RangeError && NO_MEMORY.test(message) ? USED_UP.ENOMEM : undefined);
  if (usedUp !== undefined) return `cheetah: ${usedUp}`;
  if (typeof path === 'string' && code !== undefined) {
    return `cheetah: ${oneLine(path)} cannot be used (${first}); check its place and your rights`;
  }
  // the last two names of a path say enough, and none of the machine
  const place = /([^/\\\s(]+[/\\][^/\\]+:\d+):\d+\)?$/m.exec(stack ?? '')?.[1];
  const trace = process.env.CHEETAH_TRACE ? `\n${stack}` : '; CHEETAH_TRACE=1 shows the stack';
  return `cheetah: internal error: ${first}${place ? ` (${place})` : ''}${trace}`;
}
