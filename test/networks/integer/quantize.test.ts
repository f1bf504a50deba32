import { describe, expect, it } from 'vitest';
import type { IntegerTensor } from '../../../networks/integer/graph.js';
import { joined } from '../../../networks/integer/join.js';
import { averageOf } from '../../../networks/integer/pool.js';
import { joinedCode, quantized } from '../../../networks/integer/quantize.js';
import { Random } from './random-graph.js';

const step = { name: 'step' };

/** One float32 operation after another, in a cell of memory. */
const cell = new Float32Array(1);
function float(x: number): number {
  cell[0] = x;
  return cell[0]!;
}

/** std::round. */
function away(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) < 0.5 ? whole : whole + Math.sign(x);
}

/** n / 2^149 is the float32. */
const scaled = (x: number): bigint => {
  let [value, shift] = [x, 149];
  while (!Number.isInteger(value)) {
    value *= 2;
    shift--;
  }
  return BigInt(value) << BigInt(shift);
};

describe('concat of uint8', () => {
  it('is ConcatenationWithScaling: a float32 product and sum, whatever the mode', () => {
    const random = new Random(81);
    let other = 0;
    for (let pair = 0; pair < 300; pair++) {
      const [from, to] = [0, 1].map(() => random.tensor([4], 'uint8', random.scale(0.1))) as [
        IntegerTensor,
        IntegerTensor,
      ];
      const code = joinedCode(step, from, to, 'gemmlowp');
      const integer = quantized(step, from, to, 'gemmlowp');
      const scale = float(from.scale * float(1 / to.scale));
      const offset = float(-from.zeroPoint * scale);
      for (let x = 0; x < 256; x++) {
        const value = away(float(float(x * scale) + offset)) + to.zeroPoint;
        const wanted = Math.max(Math.min(255, value), 0);
        if (code(x) !== wanted)
          throw new Error(`${x} of ${JSON.stringify([from, to])}: ${code(x)}, not ${wanted}`);
        other += Number(integer(x) !== wanted);
      }
      expect(joinedCode(step, from, to, 'exact')(77)).toBe(code(77));
    }
    // integers round some of them otherwise, which is why the name matters
    expect(other).toBeGreaterThan(0);
  });
});

describe('quantizing floats', () => {
  it('rounds the float32 quotient away from 0, clamps, and takes NaN for 0', () => {
    const random = new Random(82);
    const to = random.tensor([4], 'int8', 0.25);
    const code = quantized(step, { ...to, type: 'float32' }, to, 'gemmlowp');
    for (let i = -4000; i <= 4000; i++) {
      const value = i / 128;
      expect(code(value)).toBe(Math.max(Math.min(127, away(value / 0.25) + to.zeroPoint), -128));
    }
    expect([Number.NaN, 1e38, -1e38, Number.POSITIVE_INFINITY].map(code)).toEqual([
      to.zeroPoint,
      127,
      -128,
      127,
    ]);
  });
});

describe('an exact residual add', () => {
  it('is the nearest even integer of the rational sum, scales far apart too', () => {
    const random = new Random(83);
    let ties = 0;
    for (let triple = 0; triple < 400; triple++) {
      const near = random.one([0.1, 0.1, 2 ** -20]);
      const one = random.tensor([4], 'int8', random.scale(0.1));
      const two = random.tensor([4], 'int8', triple % 4 === 0 ? one.scale : random.scale(near));
      const out = random.tensor([4], 'int8', triple % 4 === 0 ? 2 * one.scale : random.scale(0.1));
      const clamp = { least: -1e6, most: 1e6 };
      const add = { kind: 'add', name: 'step', inputs: [0, 1], output: 2, clamp } as const;
      const code = joined(add, [one, two], out, 'exact');
      for (let i = 0; i < 50; i++) {
        const [a, b] = [random.code('int8'), random.code('int8')];
        const sum =
          scaled(one.scale) * BigInt(a - one.zeroPoint) + scaled(two.scale) * BigInt(b - two.zeroPoint);
        const unit = scaled(out.scale);
        const floor = sum / unit - (sum % unit < 0n ? 1n : 0n);
        const twice = 2n * (sum - floor * unit);
        const up = twice > unit || (twice === unit && floor % 2n !== 0n);
        ties += Number(twice === unit);
        expect(code(a, b)).toBe(Number(floor) + Number(up) + out.zeroPoint);
      }
    }
    expect(ties).toBeGreaterThan(1000);
  });
});

describe('a mean of codes', () => {
  it('is rounded half away from 0, of unsigned codes up', () => {
    for (let count = 1; count <= 12; count++) {
      for (let sum = -60; sum <= 60; sum++) {
        expect(averageOf(sum, count, 'int8') + 0).toBe(away(sum / count) + 0);
        if (sum >= 0) expect(averageOf(sum, count, 'uint8')).toBe(Math.floor(sum / count + 0.5));
      }
    }
  });
});
