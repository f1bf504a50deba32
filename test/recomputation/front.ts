/** The probability of being on the front, docs/statistics.md, "The front". */
import { DRAWS } from './draws.js';
import { normalOf } from './random.js';

/** A line that has accuracies by draw, an energy-delay product and σ. */
export interface Contender {
  /** Network, data set and cost source. */
  readonly group: string;
  readonly accuracies: readonly number[];
  readonly edp: number;
  readonly sigma: number;
  readonly unit: string;
}

/** By contender the share of draws in which none of its group is at least as good in both and better in one. */
export function frontShares(contenders: readonly Contender[]): number[] {
  const normals = new Map<string, number[]>();
  for (const { unit } of contenders) {
    if (!normals.has(unit))
      normals.set(
        unit,
        Array.from({ length: DRAWS }, (_, d) => normalOf(unit, d)),
      );
  }
  const counts = contenders.map(() => 0);
  for (let draw = 0; draw < DRAWS; draw++) {
    const drawn = contenders.map(({ group, accuracies, edp, sigma, unit }) => ({
      group,
      accuracy: accuracies[draw]!,
      product: edp * Math.exp(sigma * normals.get(unit)![draw]!),
    }));
    for (const [i, one] of drawn.entries()) {
      const beaten = drawn.some(
        ({ group, accuracy, product }) =>
          group === one.group &&
          accuracy >= one.accuracy &&
          product <= one.product &&
          (accuracy !== one.accuracy || product !== one.product),
      );
      if (!beaten) counts[i]!++;
    }
  }
  return counts.map((count) => count / DRAWS);
}
