/** Which layer hurts most. */
import type { Difference } from './difference.js';

interface Ranked {
  readonly lost: Pick<Difference, 'secondRight'>;
  readonly sqnr: number;
}

/** The worst first: fewest images right with the layer narrow; of equals the lower SQNR, then the order given. */
export function byLoss<Layer extends Ranked>(layers: readonly Layer[]): Layer[] {
  return [...layers].sort(
    (a, b) => a.lost.secondRight - b.lost.secondRight || (a.sqnr < b.sqnr ? -1 : a.sqnr > b.sqnr ? 1 : 0),
  );
}
