/** How sure it is that a row is on the front of accuracy and cost. */
import { exp } from '../../arithmetic/elementary.js';
import { normalDraws } from './unit-draws.js';

export interface UncertainRow {
  /** Rows of one group compete: those of one network and data set, and of one cost source. */
  readonly group: string;
  /** Accuracies by draw, as `resampleAccuracies` gives; undefined where none is known. */
  readonly accuracies: Float64Array | undefined;
  /** Energy-delay product, pJ·ns, above 0; undefined where nothing priced it. */
  readonly edp: number | undefined;
  /** σ, the standard deviation of the natural logarithm of the estimate, at least 0; undefined where unknown. */
  readonly logDeviation: number | undefined;
  /** Name of the unit's structure: estimates of one structure err together, those of two independently. */
  readonly structure: string;
}

/**
 * For each row the share, in 0 .. 1, of the draws in which it is on the front: no other row of its group has an accuracy at
 * least as high and an energy-delay product at most as large, one of the two strictly. A draw's product is edp·e^{σz}, with
 * one standard normal z for each structure and draw. Rows that are equal in both do not push each other off.
 *
 * A row without accuracies, edp or σ gets undefined and pushes no other off. A row alone in its group gets 1. Products that
 * overflow are equal, ∞. Throws RangeError where rows have different numbers of draws or none, an edp not above 0, or a
 * σ below 0 (NaN is neither).
 */
export function frontProbabilities(rows: readonly UncertainRow[]): (number | undefined)[] {
  const structures = new Map<string, Float64Array>();
  const groups = new Map<string, Competitor[]>();
  const competitors = rows.map((row) => competitorOf(row, structures));
  const draws = competitors.find((known) => known !== undefined)?.accuracies.length;
  for (const [i, competitor] of competitors.entries()) {
    if (!competitor) continue;
    if (competitor.accuracies.length !== draws || draws === 0) {
      throw new RangeError(
        `frontProbabilities: row ${i} has ${competitor.accuracies.length} draws; give every row the same number, at least 1`,
      );
    }
    const group = groups.get(rows[i]!.group);
    if (group) group.push(competitor);
    else groups.set(rows[i]!.group, [competitor]);
  }
  return competitors.map(
    (competitor, i) => competitor && shareOnFront(competitor, groups.get(rows[i]!.group)!),
  );
}

interface Competitor {
  readonly accuracies: Float64Array;
  readonly products: Float64Array;
}

function competitorOf(row: UncertainRow, structures: Map<string, Float64Array>): Competitor | undefined {
  const { accuracies, edp, logDeviation, structure } = row;
  if (accuracies === undefined || edp === undefined || logDeviation === undefined) return undefined;
  if (!(edp > 0 && logDeviation >= 0)) {
    throw new RangeError(
      `frontProbabilities: an energy-delay product of ${edp} with σ = ${logDeviation}; give one above 0, and σ of at least 0`,
    );
  }
  let z = structures.get(structure);
  if (z?.length !== accuracies.length) {
    z = normalDraws(structure, accuracies.length);
    structures.set(structure, z);
  }
  return { accuracies, products: z.map((normal) => edp * exp(logDeviation * normal)) };
}

function shareOnFront(one: Competitor, group: readonly Competitor[]): number {
  let onFront = 0;
  for (let draw = 0; draw < one.accuracies.length; draw++) {
    const accuracy = one.accuracies[draw]!;
    const product = one.products[draw]!;
    // a row never beats itself: nothing of it is strictly better
    const beaten = group.some(({ accuracies, products }) => {
      const otherAccuracy = accuracies[draw]!;
      const otherProduct = products[draw]!;
      return (
        otherAccuracy >= accuracy &&
        otherProduct <= product &&
        (otherAccuracy > accuracy || otherProduct < product)
      );
    });
    if (!beaten) onFront++;
  }
  return onFront / one.accuracies.length;
}
