import { describe, expect, it } from 'vitest';
import {
  busyCycles,
  cyclesOfDot,
  cyclesOfLayer,
  digitBitsOf,
  type Requantizer,
  type RequantizerNeed,
  requantizerOf,
  roundCyclesOf,
} from '../../../emac/unit/requantizer.js';

const need: RequantizerNeed = {
  multiplier: 'multiply',
  scaleBits: 16,
  width: 26,
  shortestK: 14,
  output: 'integer',
};
const loop = { kind: 'loop', lanes: 1 } as const;

/** One clock after the other: when a dot product may start, when its last is done; shares nothing with the formulas. */
function simulatedLayer(k: number, dots: number, busy: number, roundCycles: number): number {
  let clock = 0;
  for (let dot = 0; dot < dots; dot++) {
    let taken = 0;
    while (taken < k || taken < busy || taken === 0) {
      clock += 1;
      taken += 1;
    }
  }
  // product register, sum, requantizer, round
  for (const stage of [1, 1, busy, roundCycles]) clock += stage;
  return clock;
}

describe('the requantizer of a unit', () => {
  it('is none for s = 1, a shift for a power of two', () => {
    expect(requantizerOf({ ...need, multiplier: 'none' }, loop)).toEqual({ kind: 'none' });
    expect(requantizerOf({ ...need, multiplier: 'shift' }, loop)).toEqual({ kind: 'shift' });
  });

  it('is a loop of 2, 4 or 8 bits, by the shortest dot product', () => {
    // W = 26: 13 + 1, 7 + 1 and 4 + 1 cycles
    expect([1000, 14, 13, 8, 7, 5, 4, 0].map((k) => digitBitsOf(26, k))).toEqual([2, 2, 4, 4, 8, 8, 8, 8]);
    expect(requantizerOf(need, loop)).toEqual({ kind: 'loop', digitBits: 2, digits: 13, roundCycles: 2 });
    expect(requantizerOf({ ...need, shortestK: 8 }, loop)).toMatchObject({ digitBits: 4, digits: 7 });
    expect(requantizerOf(need, { kind: 'parallel', lanes: 4 })).toEqual({
      kind: 'parallel',
      scaleBits: 16,
      lanes: 4,
    });
  });

  it('takes the measured cycles: 2 and 8 bits of the six units that were built', () => {
    const cycles = (width: number, shortestK: number) =>
      busyCycles(requantizerOf({ ...need, width, shortestK }, loop));
    const widths = [26, 46, 36, 60, 108, 32];
    expect(widths.map((width) => cycles(width, 1000))).toEqual([14, 24, 19, 31, 55, 17]);
    expect(widths.map((width) => cycles(width, 1))).toEqual([5, 7, 6, 9, 15, 5]);
  });

  it('rounds in two cycles as measured: fixed8, float8e4m3, posit8es0, affine8, not posit8es1 and es2', () => {
    const measured = [
      ['integer', 26, 2],
      ['gradual', 46, 2],
      ['tapered', 36, 2],
      ['tapered', 60, 1],
      ['tapered', 108, 1],
      ['integer', 32, 2],
    ] as const;
    for (const [kind, width, cycles] of measured) expect(roundCyclesOf(kind, width)).toBe(cycles);
  });
});

describe('cycles', () => {
  const loops: Requantizer = { kind: 'loop', digitBits: 8, digits: 4, roundCycles: 1 };

  it('of a dot product are max(K, 1) + 3 without a loop, + ⌈W/r⌉ + 1 with one, + 1 where the round takes two', () => {
    for (const k of [0, 1, 7, 100]) {
      expect(cyclesOfDot(k, { kind: 'none' })).toBe(Math.max(k, 1) + 3);
      expect(cyclesOfDot(k, { kind: 'shift' })).toBe(Math.max(k, 1) + 3);
      expect(cyclesOfDot(k, loops)).toBe(Math.max(k, 1) + 4 + 4);
      expect(cyclesOfDot(k, { ...loops, roundCycles: 2 })).toBe(Math.max(k, 1) + 4 + 4 + 1);
      expect(cyclesOfDot(k, { kind: 'parallel', scaleBits: 16, lanes: 1 })).toBe(Math.max(k, 1) + 5);
    }
  });

  it('of a layer are those of a clock that is counted', () => {
    const all: Requantizer[] = [
      { kind: 'none' },
      loops,
      { ...loops, roundCycles: 2 },
      { kind: 'parallel', scaleBits: 16, lanes: 3 },
    ];
    const busy = [0, 5, 5, 6];
    const rounds = [1, 1, 2, 1];
    for (const [i, requantizer] of all.entries()) {
      for (const k of [0, 1, 4, 5, 6, 30]) {
        for (const [outputs, units] of [
          [1, 1],
          [7, 1],
          [7, 3],
          [6, 3],
        ] as const) {
          const dots = Math.floor((outputs + units - 1) / units);
          expect(cyclesOfLayer({ k, outputs }, units, requantizer)).toBe(
            simulatedLayer(k, dots, busy[i]!, rounds[i]!),
          );
        }
      }
    }
    expect(cyclesOfLayer({ k: 30, outputs: 0 }, 2, loops)).toBe(0);
  });
});
