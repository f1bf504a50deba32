/** How many threads an option asks for. */
import { availableParallelism } from 'node:os';
import { requireWhole } from '../errors.js';

/** Most worker threads asked for. */
const MOST_THREADS = 256;

/** One thread a core unless a whole number from 1 on is given. */
export function threadCount(given: number | undefined): number {
  if (given === undefined) return availableParallelism();
  requireWhole(`--threads ${given}`, given, 1, MOST_THREADS);
  return given;
}
