/** The line that a command ends with where it fails. */
import { faultOf } from '../platform/fault-text.js';

/** Of an internal error the stack stands below where CHEETAH_TRACE is set. */
export function complaintLine(error: unknown): string {
  const { kind, text, stack } = faultOf(error);
  if (kind === 'known') return `cheetah: ${text}`;
  return `cheetah: ${text}${process.env.CHEETAH_TRACE ? `\n${stack}` : '; CHEETAH_TRACE=1 shows the stack'}`;
}
