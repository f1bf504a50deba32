/** When a point is called one of the front of accuracy and cost. */
import type { SummaryRow } from '../sweep/summary/columns.js';

/** Share of draws from which on it is called so. */
export const SURE = 0.95;

export function isOnFront({ frontProbability }: SummaryRow): boolean {
  return frontProbability !== undefined && frontProbability >= SURE;
}
