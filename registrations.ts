/** How often something was registered in this process: a plugin does it at least once. */
let count = 0;

/** Called by every registry that takes what a user made. */
export function countRegistration(): void {
  count++;
}

export function registrationCount(): number {
  return count;
}
