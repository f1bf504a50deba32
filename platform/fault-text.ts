/** What went wrong, for a person, in one line: on the command line and in the report of a worker alike. */
import { inspect } from 'node:util';
import { USED_UP, UserError } from '../errors.js';
import { oneLine } from '../one-line.js';

/** The same with what can be used up while workers start and run, by the codes of the system and of Node. */
const REASONS: Readonly<Record<string, string>> = {
  ...USED_UP,
  EAGAIN: 'no more threads can be started; allow more (ulimit -u), or fewer workers',
  ERR_MEMORY_ALLOCATION_FAILED: USED_UP.ENOMEM,
  ERR_WORKER_OUT_OF_MEMORY: 'a worker ran out of memory; start fewer workers, or allow more memory',
  ERR_WORKER_INIT_FAILED: 'a worker could not start; start fewer workers, or allow more memory and files',
};

/** Buffers and WebAssembly memories that cannot be allocated throw an error without a code; their messages tell. */
const NO_MEMORY = /could not allocate memory|allocation failed|Out of memory/i;

/** `internal`: a fault of ours or of a plugin, whose stack says more. */
export interface Fault {
  readonly kind: 'known' | 'internal';
  readonly text: string;
  readonly stack: string;
}

/**
 * What to tell of `error`: a UserError's own message; what is used up (memory, files, threads); the file of a system
 * error; of anything else its message and the line of code it comes from.
 */
export function faultOf(error: unknown): Fault {
  const fault: NodeJS.ErrnoException = error instanceof Error ? error : new Error(inspect(error));
  const { path, code, message, stack = '' } = fault;
  const known = (text: string): Fault => ({ kind: 'known', text, stack });
  if (error instanceof UserError) return known(message);
  const first = oneLine(message.split('\n')[0]!);
  const usedUp =
    REASONS[code ?? ''] ??
    (error instanceof RangeError && NO_MEMORY.test(message) ? USED_UP.ENOMEM : undefined);
  if (usedUp !== undefined) return known(usedUp);
  if (typeof path === 'string' && code !== undefined) {
    return known(`${oneLine(path)} cannot be used (${first}); check its place and your rights`);
  }
  // file and folder are enough, and tell nothing of the machine
  const place = /([^/\\\s(]+[/\\][^/\\]+:\d+):\d+\)?$/m.exec(stack)?.[1];
  return { kind: 'internal', text: `internal error: ${first}${place ? ` (${place})` : ''}`, stack };
}
