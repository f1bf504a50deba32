/** The Pareto front: what nothing else beats in both cost and accuracy. */

export interface Candidate {
  /** Smaller is better. */
  readonly cost: number;
  /** Larger is better. */
  readonly accuracy: number;
}

/**
 * The candidates that no other is at least as good as in both and better in one, by ascending cost. Of equals
 * the first stays.
 */
export function paretoFront<C extends Candidate>(candidates: readonly C[]): C[] {
  const sorted = [...candidates].sort((a, b) => a.cost - b.cost || b.accuracy - a.accuracy);
  const front: C[] = [];
  for (const candidate of sorted) {
    const best = front.at(-1);
    if (!best || candidate.accuracy > best.accuracy) front.push(candidate);
  }
  return front;
}
