/** Draws in the shapes the writer needs, by sums and products of uniform ones: no logarithm, no sine. */
import type { Stream } from '../../arithmetic/philox.js';

/** Uniform in [low, high). */
export function between(stream: Stream, low: number, high: number): number {
  return low + (high - low) * stream.uniform();
}

/**
 * Bell-shaped around 0 with standard deviation `spread`, never beyond ±2.45 of it: the sum of two uniform draws
 * (triangular, variance 1/6).
 */
export function around(stream: Stream, spread: number): number {
  return (stream.uniform() + stream.uniform() - 1) * 2.449489742783178 * spread;
}

/** An index with probability in proportion to its weight. */
export function weighted(stream: Stream, weights: readonly number[]): number {
  let left = stream.below(weights.reduce((sum, weight) => sum + weight, 0));
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return weights.length - 1;
}
