/** The line on stderr with which a command that failed ends. */
import { faultOf } from '../platform/fault-text.js';

/** Where CHEETAH_TRACE is set, an internal error's stack follows on lines of its own. */
export function complaintLine(error: unknown): string {
  const { kind, text, stack } = faultOf(error);
  if (kind === 'known') return `cheetah: ${text}`;
  return `cheetah: ${text}${process.env.CHEETAH_TRACE ? `\n${stack}` : '; CHEETAH_TRACE=1 shows the stack'}`;
}
