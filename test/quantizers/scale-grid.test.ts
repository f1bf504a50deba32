import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ceilLog2,
  eighthPower,
  isPowerOfTwo,
  leastEighth,
  powerNotBelow,
} from '../../quantizers/scale-grid.js';

/** x as integer · 2^-1200, so that eighth powers can be compared as integers. */
function scaled(x: number): bigint {
  let shift = 0;
  let rest = x;
  while (!Number.isInteger(rest)) {
    rest *= 2;
    shift++;
  }
  return BigInt(rest) << BigInt(1200 - shift);
}

describe('scales 2^(k/8)', () => {
  it('is the float64 nearest to the real root: both midpoints to its neighbours lie on the right sides', () => {
    const bits = new BigUint64Array(1);
    const float = new Float64Array(bits.buffer);
    for (let k = -600; k <= 600; k++) {
      const x = eighthPower(k);
      float[0] = x;
      bits[0]! += 1n;
      const above = float[0]!;
      bits[0]! -= 2n;
      const below = float[0]!;
      const power = 1n << BigInt(8 * 1201 + k);
      const high = scaled(x) + scaled(above);
      const low = scaled(x) + scaled(below);
      if (k % 8 === 0) expect(x).toBe(2 ** (k / 8));
      else expect(low ** 8n < power && power < high ** 8n, `k = ${k}`).toBe(true);
    }
  });

  it('finds the least k whose scale times the factor reaches the target, exactly', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-40, max: 1e40, noNaN: true }),
        fc.constantFrom(1, 127, 2 ** 28, 2 ** -7, 240, 2 ** 120),
        (target, factor) => {
          const k = leastEighth(target, factor);
          // Both sides scaled by a power of two, as integers.
          const reaches = (each: number) =>
            scaled(eighthPower(each)) * scaled(factor) >= scaled(target) << 1200n;
          expect(reaches(k)).toBe(true);
          expect(reaches(k - 1)).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
    expect(leastEighth(1, 1)).toBe(0);
    expect(leastEighth(2, 1)).toBe(8);
    expect(leastEighth(2.0000000000000004, 1)).toBe(9);
  });

  it('rounds powers of two up, and logarithms too', () => {
    const third = { numerator: 1n, denominator: 3n };
    expect(powerNotBelow(third)).toBe(0.5);
    expect(powerNotBelow({ numerator: 3n, denominator: 12n })).toBe(0.25);
    expect(powerNotBelow({ numerator: (1n << 60n) + 1n, denominator: 1n << 60n })).toBe(2);
    expect(ceilLog2(127, 1)).toBe(7);
    expect(ceilLog2(128, 1)).toBe(7);
    expect(ceilLog2(2 ** 480, 2 ** -480)).toBe(960);
    expect([0.5, 3, 1, 0, 6].map(isPowerOfTwo)).toEqual([true, false, true, false, false]);
  });
});
