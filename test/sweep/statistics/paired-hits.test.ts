import { describe, expect, it } from 'vitest';
import { compare } from '../../../sweep/statistics/paired-hits.js';

describe('compare', () => {
  it('counts who gets which image right; −1 is wrong', () => {
    const labels = Uint8Array.of(0, 1, 2, 3, 0);
    const predictions = Int32Array.of(0, 1, 0, -1, 0);
    const baseline = Int32Array.of(0, 0, 2, 3, 0);
    expect(compare(predictions, baseline, labels)).toEqual({
      right: 3,
      baselineRight: 4,
      onlyFirst: 1,
      onlyBaseline: 2,
    });
  });
});
