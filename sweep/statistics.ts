/** How sure an accuracy is. Everything here is + − × ÷ and square roots: the same digits on any machine. */

/** The 97.5 % point of the normal distribution, for two-sided 95 % intervals (Φ⁻¹(0.975), to float64). */
const NORMAL_975 = 1.959963984540054;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's 95 % score interval of a share (Wilson, JASA 22, 1927). `successes` of `trials`, 0 ≤ successes ≤
 * trials; no trials give 0 to 1.
 */
export function wilson(successes: number, trials: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const z2 = NORMAL_975 * NORMAL_975;
  const share = successes / trials;
  const centre = share + z2 / (2 * trials);
  const half = NORMAL_975 * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  const whole = 1 + z2 / trials;
  return {
    low: successes === 0 ? 0 : Math.max(0, (centre - half) / whole),
    high: successes === trials ? 1 : Math.min(1, (centre + half) / whole),
  };
}

/**
 * McNemar's exact two-sided p: of the images that only one of two classifiers gets right, `onlyFirst` and
 * `onlySecond`, how likely a split at least this uneven is when both are equally good:
 * min(1, 2·Σ_{i ≤ min} C(n, i) / 2^n). The sum is exact (BigInt); only the quotient is rounded, down, to
 * 60 bits and then to float64. No images that differ give 1.
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  let term = 1n;
  let sum = 1n;
  for (let i = 1; i <= fewer; i++) {
    term = (term * BigInt(n - i + 1)) / BigInt(i);
    sum += term;
  }
  const twice = 2n * sum;
  if (twice >= 1n << BigInt(n)) return 1;
  const shift = Math.max(0, twice.toString(2).length - 60);
  let p = Number(twice >> BigInt(shift));
  for (let exponent = shift - n; exponent < 0; exponent++) p /= 2;
  return p;
}

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
