/** What went wrong, for a person: one line for what they can mend, a stack for what they cannot. */
import { UserError } from '../errors.js';

export function complaintLine(error: unknown): string {
  if (error instanceof UserError) return `cheetah: ${error.message}`;
  const { path, code, message } = error as Partial<NodeJS.ErrnoException>;
  if (typeof path === 'string' && code !== undefined) {
    return `cheetah: ${path} cannot be used (${message}); check its place and your rights`;
  }
  return `cheetah: internal error: ${(error as Error)?.stack ?? String(error)}`;
}
