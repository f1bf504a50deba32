/** What two classifiers get right of the same images, counted. */

export interface Comparison {
  readonly right: number;
  readonly baselineRight: number;
  /** Images only the first gets right, and only the baseline. */
  readonly onlyFirst: number;
  readonly onlyBaseline: number;
}

/** Counts both classifiers' hits on the same images; −1 predicts nothing and is wrong. */
export function compare(predictions: Int32Array, baseline: Int32Array, labels: Uint8Array): Comparison {
  let right = 0;
  let baselineRight = 0;
  let onlyFirst = 0;
  let onlyBaseline = 0;
  for (let i = 0; i < predictions.length; i++) {
    const first = predictions[i] === labels[i];
    const second = baseline[i] === labels[i];
    if (first) right++;
    if (second) baselineRight++;
    if (first && !second) onlyFirst++;
    if (second && !first) onlyBaseline++;
  }
  return { right, baselineRight, onlyFirst, onlyBaseline };
}
