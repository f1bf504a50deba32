/** The rounding of s · c, by thresholds of every kind: sums one rounding away from a boundary. */
import { describe, expect, it } from 'vitest';
import { nextDown, nextUp } from '../../../../arithmetic/float64.js';
import type { Rounding } from '../../../../formats/format.js';
import { run } from '../harness.js';
import { nearMisses } from './boundaries.js';

const STOCHASTIC: Rounding = { mode: 'stochastic', policy: 'saturate', underflow: 'none' };

describe('s · c one rounding away from a boundary', () => {
  for (const [output, boundary, side] of [
    ['fixed8q0', 11.5, 'below'],
    ['fixed8q0', 10.5, 'above'],
    ['fixed8q0', 16.5, 'above'],
    ['fixed8q0', 17.5, 'below'],
    ['posit8es1', 2560, 'above'],
    ['fixed16q2', 16.125, 'above'],
    ['fixed16q2', 16.375, 'below'],
    ['posit32es2', 16 + 2 ** -24, 'above'],
    ['posit32es2, decoded', 16 + 2 ** -24, 'above'],
    ['fixed16q2, decoded', 16.125, 'above'],
    ['fixed16q2, decoded', 16.375, 'below'],
    // the float64 beside the boundary, missed towards it
    ['fixed8q0', nextDown(11.5), 'above'],
    ['fixed8q0', nextUp(10.5), 'below'],
    ['posit8es1', nextUp(2560), 'below'],
    ['posit32es2', nextUp(16 + 2 ** -24), 'below'],
    ['fixed32q0', nextDown(2 ** 27 + 1.5), 'above'],
  ] as const) {
    it(`${output}, just ${side} ${boundary}`, () => {
      const w = (p: number) => (p === 0 ? 1 : 0);
      const channels = nearMisses(boundary, side, 32).map((miss) => ({ ...miss, w }));
      expect(channels.length).toBe(32);
      const test = {
        weights: 'fixed8q0',
        output,
        k: 3,
        channels,
        rows: [(p: number) => (p === 1 ? 1 : 0)],
        scaleBits: 53,
      };
      expect(run(test).wrong).toBe(0);
      // 16-bit operands go to the float64 tier
      expect(run({ ...test, weights: 'fixed16q0' }).wrong).toBe(0);
    });
  }

  it('stochastic, whose boundaries move with the random word', () => {
    // the random word 2^31 puts the boundary between 11 and 12 at 11.5, the others at 11.25 and 11.75
    for (const [boundary, randomWord] of [
      [11.5, 0x80000000],
      [11.25, 0xc0000000],
      [11.75, 0x40000000],
    ] as const) {
      for (const side of ['below', 'above'] as const) {
        const channels = nearMisses(boundary, side, 16).map((miss) => ({ ...miss, w: () => 0 }));
        for (const output of ['fixed8q0', 'fixed16q0, decoded', 'fixed32q0']) {
          const test = {
            output,
            rounding: STOCHASTIC,
            randomWord,
            k: 3,
            channels,
            rows: [() => 1],
            scaleBits: 53,
          };
          for (const weights of ['fixed8q0', 'fixed16q0']) {
            const { wrong, codes } = run({ ...test, weights });
            expect([boundary, side, output, wrong]).toEqual([boundary, side, output, 0]);
            expect(new Set(codes)).toEqual(new Set([side === 'below' ? 11 : 12]));
          }
        }
      }
    }
  });
});
