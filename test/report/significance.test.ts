import { describe, expect, it } from 'vitest';
import { accuracyText } from '../../report/significance.js';
import { wilson } from '../../sweep/statistics/wilson.js';

const text = (right: number, images: number): string => {
  const { low, high } = wilson(right, images);
  return accuracyText({ accuracy: right / images, accuracyLow: low, accuracyHigh: high });
};

describe('an accuracy with its interval', () => {
  it.each([
    [20, 20, '100.00 [83.89, 100.00]'],
    [1, 1, '100.00 [20.65, 100.00]'],
    [0, 20, '0.00 [0.00, 16.11]'],
    [9861, 10_000, '98.61 [98.36, 98.82]'],
  ])('%i of %i: the ends as they are, none beyond 100 or below 0', (right, images, says) => {
    expect(text(right, images)).toBe(says);
  });

  it('without an interval is the share; without an accuracy n/a', () => {
    const none = { accuracyLow: undefined, accuracyHigh: undefined };
    expect(accuracyText({ accuracy: 0.5, ...none })).toBe('50.00');
    expect(accuracyText({ accuracy: undefined, ...none })).toBe('n/a');
  });
});
