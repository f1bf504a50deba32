/** Which processes of this machine are still there. */
import { readFileSync } from 'node:fs';

/** Whether a process with this number is running, also one of another user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * When a process began, in clock ticks since the machine did (Linux: field 22 of /proc/PID/stat), so that another
 * process that later got its number can be told from it; 'unknown' elsewhere.
 */
export function startOf(pid: number): string {
  try {
    // the second field, a name in parentheses, may itself hold blanks and parentheses
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
