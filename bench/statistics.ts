/** Middle, ends and ratios of repeated measurements. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** The middle value; of an even number of values the mean of the middle two. NaN for none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** NaN values are measurements that were not taken. */
export function spreadOf(values: readonly number[]): Spread {
  const taken = values.filter((value) => !Number.isNaN(value));
  return {
    median: median(taken),
    min: taken.length === 0 ? Number.NaN : Math.min(...taken),
    max: taken.length === 0 ? Number.NaN : Math.max(...taken),
    count: taken.length,
  };
}

/**
 * How many times as fast as `other` it was, from the times each took in the same rounds: the ratio is taken round
 * by round, so that what slows the machine for a while slows both.
 */
export function speedRatio(times: readonly number[], other: readonly number[]): Spread {
  return spreadOf(times.map((time, round) => (other[round] ?? Number.NaN) / time));
}
