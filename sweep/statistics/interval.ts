/** What every 95 % interval shares. */

/** The 97.5 % point of the normal distribution, for two-sided 95 % intervals (Φ⁻¹(0.975), to float64). */
export const NORMAL_975 = 1.959963984540054;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The smallest interval that contains both: `interval`, nowhere narrower than `other`. NaN in a bound of either gives
 * NaN in that bound.
 */
export function atLeast(interval: Interval, other: Interval): Interval {
  return { low: Math.min(interval.low, other.low), high: Math.max(interval.high, other.high) };
}
