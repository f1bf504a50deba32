import { describe, expect, it } from 'vitest';
import { cyclesOf, loopCycles, timeRatio } from '../../../emac/cost/skipping.js';

const NO_POINTS = { weights: 0, activations: 0 };

describe('skipping zero operands', () => {
  it('saves a fifth of the time with half of the activations zero and 95 % of it in loops', () => {
    // T/T0 = 1 - p_a s_a / c f = 1 - 0.5 * 3 / 7 * 0.95
    const loop = loopCycles('values', NO_POINTS);
    const turns = { turns: 1000, zeroActivations: 500, zeroWeights: 0 };
    const [before, after] = [cyclesOf(turns, loop, 'none'), cyclesOf(turns, loop, 'zeros')];
    expect([before, after]).toEqual([7000, 5500]);
    expect(timeRatio(before, after, 0.95)).toBeCloseTo(1 - (0.5 * 3 * 0.95) / 7, 14);
  });

  it('saves two cycles where the weight alone is zero', () => {
    const turns = { turns: 10, zeroActivations: 0, zeroWeights: 4 };
    expect(cyclesOf(turns, loopCycles('codes', { weights: 3, activations: 7 }), 'zeros')).toBe(62);
  });

  it.each([
    ['values', { weights: 0, activations: 0 }, [7, 3, 2]],
    ['values', { weights: 0, activations: -128 }, [8, 3, 2]],
    ['values', { weights: 9, activations: 0 }, [8, 4, 2]],
    ['values', { weights: 9, activations: 9 }, [9, 4, 2]],
    ['codes', { weights: 9, activations: 9 }, [7, 3, 2]],
  ] as const)('%s with zero points %o', (form, points, [whole, afterActivation, afterWeight]) => {
    expect(loopCycles(form, points)).toEqual({ whole, afterActivation, afterWeight });
  });

  it('without loops saves nothing', () => {
    expect(timeRatio(0, 0, 0.5)).toBe(1);
  });

  it.each([0, -1, 1.01, Number.NaN])('refuses a share of %d', (share) => {
    expect(() => timeRatio(1, 1, share)).toThrow('use more than 0, at most 1');
  });
});
