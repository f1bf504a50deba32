import { describe, expect, it } from 'vitest';
import { wilson } from '../../../sweep/statistics/wilson.js';

describe('wilson', () => {
  // the roots of (share − p)² = z²·p·(1 − p)/trials, solved with 30 decimals
  it.each([
    [8, 10, 0.490162471537, 0.943317848545],
    [0, 10, 0, 0.2775327998629],
    [10, 10, 0.722467200137, 1],
    [9876, 10000, 0.985236160886, 0.989589363903],
    [50, 100, 0.403831530366, 0.596168469634],
  ])('%i of %i is %f to %f', (right, trials, low, high) => {
    const interval = wilson(right, trials);
    expect(interval.low).toBeCloseTo(low, 11);
    expect(interval.high).toBeCloseTo(high, 11);
  });

  it('is the whole range without trials', () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it('contains the share and shrinks with trials', () => {
    for (const trials of [10, 100, 1000]) {
      const { low, high } = wilson(trials * 0.7, trials);
      expect(low).toBeLessThan(0.7);
      expect(high).toBeGreaterThan(0.7);
    }
    expect(wilson(700, 1000).high).toBeLessThan(wilson(7, 10).high);
  });
});
