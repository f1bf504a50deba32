import { describe, expect, it } from 'vitest';
import {
  type DifferenceVerdict,
  differenceVerdict,
  MARGIN,
  verdictInWords,
} from '../../../sweep/statistics/verdict.js';

describe('differenceVerdict', () => {
  it.each<[number, number, number | undefined, DifferenceVerdict]>([
    [0.001, 0.02, 0.01, 'better'],
    [-0.02, -0.001, 0.01, 'worse'],
    [-0.004, -0.001, 0.01, 'worse-within-margin'],
    [-0.004, 0.02, 0.01, 'not-worse-by-margin'],
    [-0.02, 0.02, 0.01, 'not-decided'],
    // p is too large
    [0.001, 0.02, 0.05, 'not-worse-by-margin'],
    [-0.02, -0.001, 0.05, 'not-decided'],
    [-0.004, -0.001, 0.05, 'not-worse-by-margin'],
    // no p
    [0.001, 0.02, undefined, 'not-worse-by-margin'],
    [-0.02, -0.001, undefined, 'not-decided'],
    // bounds on the lines
    [0, 0.02, 0, 'not-worse-by-margin'],
    [-0.02, 0, 0, 'not-decided'],
    [-0.005, -0.001, 0, 'worse'],
    [-0.005, 0.02, 0, 'not-decided'],
    [Number.NaN, Number.NaN, 0, 'not-decided'],
  ])('%f to %f with p = %s is %s', (low, high, p, expected) => {
    expect(differenceVerdict({ low, high }, p)).toBe(expected);
  });

  it('exchanging the two never leaves both better, and better turns into worse', () => {
    const bounds = [-0.02, -0.005, -0.004, -0.001, 0, 0.001, 0.004, 0.02];
    for (const low of bounds) {
      for (const high of bounds.filter((bound) => bound >= low)) {
        for (const p of [0.01, 0.2, undefined]) {
          const one = differenceVerdict({ low, high }, p);
          const other = differenceVerdict({ low: -high, high: -low }, p);
          expect(one === 'better').toBe(other === 'worse' || other === 'worse-within-margin');
        }
      }
    }
  });

  it('a wider margin only rules out more', () => {
    const interval = { low: -0.008, high: -0.002 };
    expect(differenceVerdict(interval, 0.001)).toBe('worse');
    expect(differenceVerdict(interval, 0.001, 0.01)).toBe('worse-within-margin');
    expect(differenceVerdict(interval, 0.3)).toBe('not-decided');
    expect(differenceVerdict(interval, 0.3, 0.01)).toBe('not-worse-by-margin');
  });
});

describe('verdictInWords', () => {
  it('says the margin in points', () => {
    const words: Record<DifferenceVerdict, string> = {
      better: 'better',
      worse: 'worse',
      'worse-within-margin': 'worse, by less than 0.5',
      'not-worse-by-margin': 'no worse by 0.5',
      'not-decided': 'not decided',
    };
    for (const [verdict, text] of Object.entries(words)) {
      expect(verdictInWords(verdict as DifferenceVerdict)).toBe(text);
    }
    expect(MARGIN).toBe(0.005);
    expect(verdictInWords('worse-within-margin', 0.01)).toBe('worse, by less than 1');
    expect(verdictInWords('not-worse-by-margin', 0.0057)).toBe('no worse by 0.57');
  });
});
