/** Many comparisons in one table: p values that stay honest when several are read together. */

/**
 * Holm's step-down correction (Holm, Scandinavian Journal of Statistics 6, 1979, 65–70), in the order of `ps`. Of m
 * values sorted upwards the i-th (from 1) becomes the largest of (m − j + 1)·p_j over j ≤ i, at most 1. Calling better or
 * worse what is below 0.05 after it is wrong somewhere in the table with probability of at most 0.05, however the
 * comparisons hang together.
 *
 * Undefined stays undefined and is not counted in m. Equal p come out equal. Throws RangeError for a p outside 0 .. 1
 * and for NaN.
 */
export function holm(ps: readonly (number | undefined)[]): (number | undefined)[] {
  const known = ps.flatMap((p, at) => (p === undefined ? [] : [{ p, at }]));
  const wrong = known.find(({ p }) => !(p >= 0 && p <= 1));
  if (wrong) throw new RangeError(`holm: p = ${wrong.p} at index ${wrong.at}; give probabilities in 0 .. 1`);
  known.sort((a, b) => a.p - b.p);
  const adjusted = new Array<number | undefined>(ps.length).fill(undefined);
  let largest = 0;
  for (const [i, { p, at }] of known.entries()) {
    largest = Math.max(largest, Math.min(1, (known.length - i) * p));
    adjusted[at] = largest;
  }
  return adjusted;
}
