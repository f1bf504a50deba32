/** Names near to one that was mistyped, for one-line messages. */

/** Insertions, deletions, replacements and swaps of neighbours that turn a into b (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const columns = b.length + 1;
  let before = new Uint16Array(columns);
  let above = Uint16Array.from({ length: columns }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = new Uint16Array(columns);
    row[0] = i;
    for (let j = 1; j < columns; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, above[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, before[j - 2]! + 1);
      }
      row[j] = least;
    }
    before = above;
    above = row;
  }
  return above[columns - 1]!;
}

/**
 * Up to `most` of the allowed names nearest to `given`, nearest first, ties in the given order; names further
 * off than a third of their length and two more are left out. Text beyond 64 characters is not compared.
 */
export function nearNames(given: string, allowed: Iterable<string>, most = 3): string[] {
  const text = given.slice(0, 64).toLowerCase();
  return [...allowed]
    .map((name) => ({ name, distance: editDistance(text, name.slice(0, 64).toLowerCase()) }))
    .filter(({ name, distance }) => distance <= 2 + name.length / 3 && distance < name.length)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ name }) => name);
}

/** `; did you mean a or b?`, or nothing when no name is near. */
export function didYouMean(given: string, allowed: Iterable<string>): string {
  const near = nearNames(given, allowed);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}
