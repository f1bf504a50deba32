/** Exact tests and the correction of many. */

/**
 * Binomial coefficients as integers: of n images that one of two alone has right, at least as uneven a split as this one,
 * to 12 digits.
 */
export function mcnemar(gained: number, lost: number): number {
  const n = gained + lost;
  let coefficient = 1n;
  let sum = 0n;
  for (let i = 0; i <= Math.min(gained, lost); i++) {
    sum += coefficient;
    coefficient = (coefficient * BigInt(n - i)) / BigInt(i + 1);
  }
  const scaled = (2n * sum * 10n ** 320n) / 2n ** BigInt(n);
  return scaled >= 10n ** 320n ? 1 : Number(`${scaled}e-320`);
}

/** Masses start from here, so that a p of 1e-300 is made of normal numbers. */
const SCALE = 2 ** 900;

/**
 * The share of all signs for which |Σ ± d| ≥ |Σ d|, where Σ ± d = 2·(sum of the sizes with +) − (sum of all sizes): the masses
 * of the first, image by image, each half in and half out. All terms are positive; m images leave a relative error below
 * m·2^-52.
 */
export function signFlips(differences: readonly number[]): number {
  const sizes = differences.filter((d) => d !== 0).map(Math.abs);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const seen = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  const masses = new Float64Array(all + 1);
  masses[0] = SCALE;
  let reach = 0;
  for (const size of sizes) {
    reach += size;
    for (let at = reach; at >= size; at--) masses[at] = masses[at]! / 2 + masses[at - size]! / 2;
    for (let at = 0; at < size; at++) masses[at]! /= 2;
  }
  let outside = 0;
  for (let at = 0; at <= all; at++) if (Math.abs(2 * at - all) >= seen) outside += masses[at]!;
  return Math.min(1, outside / SCALE);
}

/** Holm's: the k-th smallest of m times m − k + 1, then the largest of these up to each, at most 1. */
export function corrected(ps: readonly number[]): number[] {
  const sorted = ps.toSorted((a, b) => a - b);
  return ps.map((p) => {
    let largest = 0;
    for (const [k, other] of sorted.entries()) {
      if (other <= p) largest = Math.max(largest, (ps.length - k) * other);
    }
    return Math.min(1, largest);
  });
}

/** docs/statistics.md, "Words". `low`, `high`: of row − float32, in percentage points. */
export function wordsFor(low: number, high: number, p: number): string {
  if (low > 0 && p < 0.05) return 'better';
  if (high < 0 && p < 0.05) return low > -0.5 ? 'worse, by less than 0.5' : 'worse';
  return low > -0.5 ? 'no worse by 0.5' : 'not decided';
}
