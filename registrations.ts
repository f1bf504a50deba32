import { UserError } from './errors.js';

/**
 * How many formats, operators, datasets, … were registered in this process; a plugin that does not raise it has
 * registered nothing.
 */
let count = 0;

/** Called by every registry that takes what a user made. */
export function countRegistration(): void {
  count++;
}

export function registrationCount(): number {
  return count;
}

/** The one line for a name that a registry has already; `what` says of which kind, `format` or `operator`. */
export function alreadyRegistered(what: string, name: string): UserError {
  return new UserError(`${what} '${name}' is already registered; choose another name`);
}
