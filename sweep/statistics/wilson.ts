/** How sure an accuracy is. + − × ÷ and square roots alone: the same digits on any machine. */
import { type Interval, NORMAL_975 } from './interval.js';

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
