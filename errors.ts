import { oneLine } from './one-line.js';

/**
 * An error the user can mend: one line that says what was given, what is allowed and what to do. The command
 * line prints its message alone and exits with 1; anything else is a fault of ours and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  /** What is shown of names, cells and paths is escaped and cut here, so that the message is one line whatever they hold. */
  constructor(message: string) {
    super(oneLine(message));
  }
}

/** Throws UserError where `given` is no whole number from `least` to `most`. `what` shows it: `--count 0.5`. */
export function requireWhole(
  what: string,
  given: number,
  least: number,
  most = Number.POSITIVE_INFINITY,
): void {
  if (Number.isInteger(given) && given >= least && given <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new UserError(`${what}; give a whole number ${range}`);
}

/** What is used up on this machine, by the system's code, and how to have more of it. */
export const USED_UP = {
  EMFILE: 'too many files are open; allow more (ulimit -n)',
  ENFILE: 'too many files are open on this machine; close some',
  ENOMEM: 'there is too little memory; allow more (ulimit -v)',
} as const;

/** What the system's codes mean to a person who wanted a file written. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space or choose another place',
  EDQUOT: 'the quota is used up; free some space or choose another place',
  EACCES: 'there is no right to write there; choose another place',
  EPERM: 'there is no right to write there; choose another place',
  EROFS: 'the file system is read-only; choose another place',
  EISDIR: 'it is a directory; give the name of a file',
  ENOTDIR: 'a part of its path is a file; choose another place',
  EEXIST: 'a part of its path is a file; choose another place',
  ENOENT: 'its directory cannot be made; choose another place',
  ENAMETOOLONG: 'the name is too long; choose a shorter one',
  ...USED_UP,
  EPIPE: 'its reader has gone; start it again',
  EFBIG: 'it would be larger than is allowed; raise the limit (ulimit -f)',
};

/** The one line for a file or directory that the system would not let us write. */
export function cannotWrite(path: string, error: unknown): UserError {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const reason = REASONS[code ?? ''] ?? `${code ?? message}; choose another place`;
  return new UserError(`${path} cannot be written: ${reason}`);
}
