/** What went wrong, for a person, in one line. */
import { UserError } from '../errors.js';
import { oneLine } from '../one-line.js';

/**
 * A user's error as it is; of a system error its file; anything else with the place it comes from, and with its
 * stack below where CHEETAH_TRACE is set.
 */
export function complaintLine(error: unknown): string {
  if (error instanceof UserError) return `cheetah: ${error.message}`;
  const { path, code, message, stack }: NodeJS.ErrnoException =
    error instanceof Error ? error : new Error(String(error));
  const first = oneLine(message.split('\n')[0]!);
  if (typeof path === 'string' && code !== undefined) {
    return `cheetah: ${oneLine(path)} cannot be used (${first}); check its place and your rights`;
  }
  // the last two names of a path say enough, and none of the machine
  const place = /([^/\\\s(]+[/\\][^/\\]+:\d+):\d+\)?$/m.exec(stack ?? '')?.[1];
  const trace = process.env.CHEETAH_TRACE ? `\n${stack}` : '; CHEETAH_TRACE=1 shows the stack';
  return `cheetah: internal error: ${first}${place ? ` (${place})` : ''}${trace}`;
}
