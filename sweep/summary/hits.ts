/** Which test images a point has right, seed by seed, from the predictions of a sweep. */
import type { Predictions } from '../predictions.js';

/** [seed][image]: 1 where right, 0 where not; seeds in ascending order. */
export type Hits = readonly Uint8Array[];

/** By image: 1 where the class is the label. */
export function rightOf(classes: Int32Array, labels: Int32Array): Uint8Array {
  return Uint8Array.from(labels, (label, i) => (classes[i] === label ? 1 : 0));
}

/** Of each run of the predictions, by the rows of the CSV it made. */
export function hitsByRow({ runs, labels }: Predictions): ReadonlyMap<number, Uint8Array> {
  const hits = new Map<number, Uint8Array>();
  for (const { rows, classes } of runs) {
    const right = rightOf(classes, labels);
    for (const row of rows) hits.set(row, right);
  }
  return hits;
}

/** By image, over the seeds: how often the first is right minus how often the second is. */
export function signedDifferences(a: Hits, b: Hits): Int32Array {
  const result = new Int32Array(a[0]!.length);
  for (const [s, bits] of a.entries()) {
    for (let i = 0; i < bits.length; i++) result[i]! += bits[i]! - b[s]![i]!;
  }
  return result;
}

/** Images that only one of the two gets right, as means over the seeds. */
export function onlyOne(a: Hits, b: Hits): readonly [onlyFirst: number, onlySecond: number] {
  let first = 0;
  let second = 0;
  for (const [s, bits] of a.entries()) {
    for (let i = 0; i < bits.length; i++) {
      if (bits[i]! > b[s]![i]!) first++;
      if (bits[i]! < b[s]![i]!) second++;
    }
  }
  return [first / a.length, second / a.length];
}
