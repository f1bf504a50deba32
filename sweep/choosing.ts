/**
 * How a point settles what it leaves open, such as the fraction bits of `fixed8`: candidates run over the validation
 * images (run-images.ts) in the point's own dataflow, and the one with most images right is chosen. A sweep on one thread
 * and on many asks the same `Search`, so that both choose the same.
 */
import { uniformAssignment } from '../quantizers/assignment.js';
import type { Point } from './point.js';
import type { Candidate } from './run-images.js';

/** A candidate that was tried, and how many of the images that choose it got right. */
export interface Seen {
  readonly candidate: Candidate;
  readonly right: number;
}

export interface Chosen {
  readonly candidate: Candidate;
  readonly right: number | undefined;
}

export interface Search {
  /** Candidates to try next; none where `seen`, those tried so far in the order they were asked for, is enough to choose. */
  next(seen: readonly Seen[]): readonly Candidate[];
  /** The candidate whose row the point gets, and how many of those images it had right, where it was tried. */
  choose(seen: readonly Seen[]): Chosen;
}

/** Nothing is open: the point as it is. */
function settled(candidate: Candidate): Search {
  return { next: () => [], choose: () => ({ candidate, right: undefined }) };
}

/** Every candidate is tried once; of those with most images right the first. */
export function bestOf(candidates: readonly Candidate[]): Search {
  return {
    next: (seen) => (seen.length === 0 ? candidates : []),
    choose: (seen) => seen.reduce((best, one) => (one.right > best.right ? one : best)),
  };
}

/** How a point settles what it leaves open. */
export function searchOf({ format: choice }: Point): Search {
  switch (choice.kind) {
    case 'given':
      return settled(choice);
    case 'best':
      return bestOf(
        choice.candidates.map((format) => ({ label: format.name, assignment: uniformAssignment(format) })),
      );
    default:
      return choice satisfies never;
  }
}
