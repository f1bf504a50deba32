/**
 * An error the user can mend: one line that says what was given, what is allowed and what to do. The command
 * line prints its message alone and exits with 1; anything else is a fault of ours and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}
