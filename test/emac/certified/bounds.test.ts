/**
 * Operands made so that the error a tier really makes carries its computed sum across a boundary: an error bound
 * made too small, dropped, or compared the wrong way certifies wrong codes here. Numbers in comments are the
 * relative sizes of the true error and of the bound.
 */
import { describe, expect, it } from 'vitest';
import { nextDown, nextUp, toRational } from '../../../arithmetic/float64.js';
import { defineFormat } from '../../../formats/define.js';
import type { Rounding } from '../../../formats/format.js';
import { getFormat, registerFormat } from '../../../formats/registry.js';
import { run } from './harness.js';

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const STOCHASTIC: Rounding = { mode: 'stochastic', policy: 'saturate', underflow: 'none' };

/** One of every way codes are rounded: bytes and computed codes, thresholds of words, one by one. */
const OUTPUTS = ['fixed8q0', 'fixed16q0', 'posit32es2', 'fixed16q0, decoded', 'fixed32q0, decoded'] as const;

/**
 * (b, s) with b · s just below `boundary`, or just above, and RN53(b · s) = boundary; those that miss it by most
 * first.
 */
function nearMisses(boundary: number, side: 'below' | 'above', count: number): { b: bigint; s: number }[] {
  const found: { b: bigint; s: number; miss: number }[] = [];
  for (let b = 2 ** 29 + 1; b < 2 ** 29 + 4000; b += 2) {
    const s = boundary / b;
    if (s * b !== boundary) continue;
    // s·b − boundary, over the product of both denominators
    const [p, q] = [toRational(s), toRational(boundary)];
    const difference = p.numerator * BigInt(b) * q.denominator - q.numerator * p.denominator;
    if (difference === 0n || difference < 0n !== (side === 'below')) continue;
    const miss = Number((difference << 90n) / (p.denominator * q.numerator));
    found.push({ b: BigInt(b), s, miss: Math.abs(miss) });
  }
  return found.sort((p, q) => q.miss - p.miss).slice(0, count);
}

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

  it('stochastic, whose boundaries move with the draw', () => {
    // the draw 2^31 puts the boundary between 11 and 12 at 11.5, the others at 11.25 and 11.75
    for (const [boundary, draw] of [
      [11.5, 0x80000000],
      [11.25, 0xc0000000],
      [11.75, 0x40000000],
    ] as const) {
      for (const side of ['below', 'above'] as const) {
        const channels = nearMisses(boundary, side, 16).map((miss) => ({ ...miss, w: () => 0 }));
        for (const output of ['fixed8q0', 'fixed16q0, decoded', 'fixed32q0']) {
          const test = { output, rounding: STOCHASTIC, draw, k: 3, channels, rows: [() => 1], scaleBits: 53 };
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

describe('what int8 leaves out', () => {
  it('biases finer than the products: the bound is reached', () => {
    // products of 4096; the boundary 1/2 at 2427, which biases from 2048 on pass by being rounded to 4096
    const w = (p: number) => (p === 0 ? 64 : 0);
    const channels = range(64).map((i) => ({ w, b: BigInt(2048 + 6 * i), s: 27 / 2 ** 17 }));
    for (const output of OUTPUTS) {
      const { wrong } = run({
        weights: 'fixed8q0',
        output,
        k: 3,
        channels,
        rows: [() => 64, () => 0],
        scaleBits: 16,
      });
      expect(wrong).toBe(0);
    }
  });
});

describe('what int16 leaves out, as large as its bound', () => {
  // one large weight or activation that meets a zero makes the others lose bits
  const k = 256;
  // the boundary 512 lies between exact and computed for biases of 2 to 129
  const biases = range(256).map((i) => i - 60);

  it('activations with rests, all of one sign: the bound is reached', () => {
    // 2^14 fits int16 only at 2^0: 1.5 becomes 2, off by one half in each of 255
    const x = (p: number) => (p === 0 ? 2 ** 14 : 1.5);
    const w = (p: number) => (p === 0 ? 0 : 1);
    for (const activations of ['posit8es2', 'float8e5m2']) {
      // computed 510, exact 382.5; the bound is the error, 127.5
      for (const output of OUTPUTS) {
        const weights = 'fixed8q1';
        const step = getFormat(weights).facts.lsbExponent + getFormat(activations).facts.lsbExponent;
        const channels = biases.map((b) => ({ w, b: BigInt(b) << BigInt(-step), s: 2 ** -10 }));
        const test = { weights, activations, output, k, channels, rows: [x], scaleBits: 16 };
        expect(run(test).wrong).toBe(0);
      }
    }
  });

  it('the same with weights', () => {
    const w = (p: number) => (p === 0 ? 2 ** 14 : 1.5);
    const x = (p: number) => (p === 0 ? 0 : 1);
    for (const weights of ['posit8es2', 'float8e5m2']) {
      const activations = 'fixed8q1';
      const step = getFormat(activations).facts.lsbExponent + getFormat(weights).facts.lsbExponent;
      for (const output of OUTPUTS) {
        const channels = biases.map((b) => ({ w, b: BigInt(b) << BigInt(-step), s: 2 ** -10 }));
        const { wrong } = run({ weights, activations, output, k, channels, rows: [x], scaleBits: 16 });
        expect(wrong).toBe(0);
      }
    }
  });

  it('biases finer than the integers', () => {
    // 2^14 · 2^14 leave no room for the 2^-8 of a bias
    for (const output of OUTPUTS) {
      const step = 2 * getFormat('posit8es2').facts.lsbExponent;
      const one = 1n << BigInt(-step);
      const channels = range(257).map((i) => ({
        w: () => 2 ** 14,
        b: (BigInt(i - 128) * one) / 64n + one / 2n + (BigInt(i & 7) * one) / 128n,
        s: 1,
      }));
      const rows = [() => 0, (p: number) => (p === 0 ? 2 ** 14 : p === 1 ? -(2 ** 14) : 0)];
      expect(run({ weights: 'posit8es2', output, k: 4, channels, rows, scaleBits: 16 }).wrong).toBe(0);
    }
  });
});

describe('what float32 leaves out', () => {
  it('half a unit lost at every step of a chunk: nearly all of γ is used', () => {
    // computed 1 a chunk, exact 1 + 31 · 2^-24; ‖w‖ · ‖x‖ is 1 + 31 · 2^-24 a chunk, the bound 32 · 2^-24 of it
    const lost = (p: number) => (p % 32 === 0 ? 1 : 2 ** -12);
    for (const weights of ['posit8es2', 'float16', 'posit16es1', 'fixed16q12', 'bfloat16']) {
      const unit = 1n << BigInt(-2 * getFormat(weights).facts.lsbExponent - 24);
      for (const [k, s] of [
        [32, 2.5],
        [64, 1.25],
      ] as const) {
        // b takes the boundary 2.5 to every place between computed and exact
        const channels = range(40 * (k / 32)).map((i) => ({ w: lost, b: BigInt(-i) * unit, s }));
        for (const output of OUTPUTS.filter((name) => name.startsWith('fixed'))) {
          const { wrong, open } = run({ weights, output, k, channels, rows: [lost], scaleBits: 16 });
          expect([weights, k, wrong]).toEqual([weights, k, 0]);
          expect(open.float32).toBeGreaterThan(0);
          expect(open.float32).toBeLessThan(channels.length);
        }
      }
    }
  });

  it('operands that float32 would make subnormal count as nothing: the bound is reached', () => {
    // the largest bfloat16 that is no multiple of 2^-63, by 2^56: computed 0, exact and bound k · 255 / 256
    const k = 16;
    const tiny = () => 255 * 2 ** -64;
    const large = () => 2 ** 56;
    const unit = 1n << BigInt(-2 * getFormat('bfloat16').facts.lsbExponent);
    // the boundary 1/2 is 32 of these: those of 16.25 to 31.25 lie below it and get the code above it
    const channels = (w: () => number) =>
      range(64).map((i) => ({ w, b: BigInt(i) * unit + unit / 4n, s: 2 ** -6 }));
    for (const [w, x] of [
      [tiny, large],
      [large, tiny],
    ] as const) {
      for (const output of OUTPUTS.filter((name) => name.startsWith('fixed'))) {
        const test = { weights: 'bfloat16', output, k, channels: channels(w), rows: [x], scaleBits: 16 };
        const { wrong, open } = run(test);
        expect(wrong).toBe(0);
        expect(open.float32).toBe(32);
      }
    }
  });

  it('products below float32', () => {
    // exact 8, computed 0
    const w = () => 2 ** -75;
    const channels = range(8).map((i) => ({ w, b: 0n, s: 2 ** (140 + i) }));
    for (const output of ['fixed8q0', 'posit16es1', 'posit8es0', 'posit16es1, decoded'])
      expect(run({ weights: 'bfloat16', output, k: 8, channels, rows: [w], scaleBits: 16 }).wrong).toBe(0);
  });

  it('products beyond float32, whose sum is small', () => {
    for (const weights of ['bfloat16', 'posit16es3', 'posit8es4']) {
      const w = (p: number) => (p < 2 ? 2 ** 64 : 1);
      const x = (p: number) => (p === 0 ? 2 ** 64 : p === 1 ? -(2 ** 64) : 1);
      const channels = range(9).map((i) => ({ w, b: 0n, s: i / 4 + 0.25 }));
      const { wrong, codes, open } = run({
        weights,
        output: 'fixed8q0',
        k: 4,
        channels,
        rows: [x],
        scaleBits: 16,
      });
      expect(wrong).toBe(0);
      expect(codes).toEqual([0, 1, 2, 2, 2, 3, 4, 4, 4]);
      expect(open.float32).toBe(undefined);
    }
  });
});

describe('what float64 leaves out', () => {
  /** Products of 2^-53 that are lost one by one beside a 1 (ties to even), in both lanes of the repair's sum. */
  const k = 1026;
  const lost = (one: number, tiny: number) => (p: number) => (p < 2 ? one : tiny);

  it('the repair of 8-bit formats: half of γ is used', () => {
    // computed 1, exact 1 + 2^10 · 2^-54
    const step = 2 * getFormat('posit8es3').facts.lsbExponent;
    const unit = 1n << BigInt(-step - 54);
    for (const output of OUTPUTS) {
      const channels = range(65).map((i) => ({
        w: lost(1, 2 ** -26),
        b: BigInt(-16 * i) * unit,
        s: output === 'posit32es2' ? 1 + 2 ** -28 : 2.5,
      }));
      const { wrong, codes } = run({
        ...{ weights: 'posit8es3', output, k, channels },
        ...{ rows: [lost(0.5, 2 ** -28)], scaleBits: 53 },
      });
      expect(wrong).toBe(0);
      expect(codes.length).toBe(65);
    }
  });

  it('partial sums from 2^53 steps on, in the repair', () => {
    // 2^54 steps, each further step lost, and a bias that leaves those alone
    const w = (p: number) => (p === 0 ? 2 ** -16 : 2 ** -48);
    const x = (p: number) => (p === 0 ? 2 ** -26 : 2 ** -48);
    const cancelling = (p: number) => (p === 1 ? -(2 ** -16) : w(p));
    const both = (p: number) => (p === 1 ? 2 ** -26 : x(p));
    const channels = [0n, 1n, -1n].map((i) => ({ w, b: i - 2n ** 54n, s: 2 ** 80 }));
    channels.push({ w: cancelling, b: 0n, s: 2 ** 80 });
    for (const output of ['posit8es1', 'fixed8q0', 'posit32es2']) {
      const test = { weights: 'posit8es3', output, k: 8, channels, rows: [x, both], scaleBits: 16 };
      expect(run(test).wrong).toBe(0);
    }
  });

  it('2^53 steps and one, which float64 drops: s times what is left is an exact tie', () => {
    for (const [weights, large, tiny] of [
      ['posit8es3', 2 ** -17, 2 ** -48],
      ['float16', 2 ** 3, 2 ** -24],
    ] as const) {
      const step = tiny * tiny;
      const w = (p: number) => (p === 0 ? large : p === 2 ? tiny : 0);
      const x = (p: number) => (p === 0 ? (2 ** 53 * step) / large : p === 2 ? tiny : 0);
      const channels = [2.5, 4.5].map((tie) => ({ w, b: 0n, s: tie / (2 ** 53 * step) }));
      for (const output of OUTPUTS.filter((name) => name.startsWith('fixed'))) {
        const { wrong, codes } = run({ weights, output, k: 8, channels, rows: [x], scaleBits: 16 });
        expect(wrong).toBe(0);
        expect(codes).toEqual([3, 5]);
      }
    }
  });

  it('sums of more than 53 bits, one step from a boundary', () => {
    for (const output of OUTPUTS.filter((name) => name.startsWith('fixed'))) {
      for (const [weights, steps] of [
        ['posit8es3', 97n],
        ['posit16es2', 113n],
      ] as const) {
        const bias = [1n, -1n, 0n].map((i) => 2n ** steps + i);
        const w = (p: number) => (p === 0 ? 1 : 0);
        const channels = bias.flatMap((b) => [1.25, 1.75].map((s) => ({ w, b, s })));
        const test = { weights, output, k: 2, channels, rows: [(p: number) => p], scaleBits: 16 };
        const { wrong, codes } = run(test);
        expect(wrong).toBe(0);
        expect(codes).toEqual([3, 4, 2, 3, 2, 4]);
      }
    }
  });

  it('the first stage of 16-bit formats: nearly all of γ is used', () => {
    // computed 1, exact 1 + 1024 · 2^-53 ; ‖w‖ · ‖x‖ is nearly 1
    for (const format of ['posit16es3', 'bfloat16']) {
      const step = 2 * getFormat(format).facts.lsbExponent;
      const unit = 1n << BigInt(-step - 53);
      for (const output of OUTPUTS) {
        const channels = range(65).map((i) => ({
          w: (p: number) => (p === 0 ? 1 : 2 ** -26),
          b: BigInt(-16 * i) * unit,
          s: output === 'posit32es2' ? 1 + 2 ** -28 : 2.5,
        }));
        const rows = [(p: number) => (p === 0 ? 1 : 2 ** -27)];
        expect(run({ weights: format, output, k: 1025, channels, rows, scaleBits: 53 }).wrong).toBe(0);
      }
    }
  });

  it('a bias that float64 rounds, and a sum that cancels it', () => {
    for (const format of ['posit16es2', 'posit8es3', 'bfloat16']) {
      const { lsbExponent } = getFormat(format).facts;
      const c = 1n << BigInt(-2 * lsbExponent);
      for (const output of ['posit8es2', 'posit16es2', 'posit32es2', 'float8e4m3']) {
        const channels = range(33).flatMap((i) =>
          [1, 0.7].map((s) => ({ w: () => 1, b: -c + BigInt(i - 16), s })),
        );
        const test = { weights: format, output, k: 1, channels, rows: [() => 1], scaleBits: 53 };
        expect(run(test).wrong).toBe(0);
      }
    }
  });
});

describe('the edges of what is exact', () => {
  it('31 bits of sum by 23 bits of s are one bit too many for float64', () => {
    // s · c = 17 · 2^49 + 1 and 71 · 2^47 − 1: beside 8.5 and 35.5, where float64 rounds to the boundary
    for (const [significand, shift, c, products] of [
      [7063385, 50, 1354895593, 20000],
      [6090213, 48, 1640724499, 40000],
    ] as const) {
      const channels = [{ w: () => 127, b: BigInt(c - products * 127 * 127), s: significand * 2 ** -shift }];
      for (const output of OUTPUTS.filter((name) => name.startsWith('fixed'))) {
        const test = { weights: 'fixed8q0', output, k: products, channels, rows: [() => 127] };
        const { wrong, codes, counts } = run({ ...test, scaleBits: 23 });
        expect(wrong).toBe(0);
        expect(codes).toEqual([shift === 50 ? 9 : 35]);
        expect(counts.reference).toBe(0);
        // the same sum as a bias: int8 takes it too
        const alone = [{ w: (p: number) => 1 - p, b: BigInt(c), s: significand * 2 ** -shift }];
        const small = run({ ...test, k: 2, channels: alone, rows: [(p: number) => p], scaleBits: 23 });
        expect([small.wrong, small.codes]).toEqual([0, codes]);
      }
    }
  });

  it('ties of 16-bit outputs, whose boundaries lie inside the buckets of the thresholds', () => {
    const channels = range(64).map((i) => ({ w: () => 1, b: BigInt(2051 + 2 * i), s: 1 }));
    const activations = 'fixed8q1';
    const rows = [() => 0, () => 0.5, () => -0.5];
    for (const output of ['fixed16q0', 'posit16es0', 'float16e6m9', 'posit16es2', 'posit16es2, decoded'])
      expect(
        run({ weights: 'fixed8q0', activations, output, k: 2, channels, rows, scaleBits: 16 }).wrong,
      ).toBe(0);
  });

  it('a bias takes a sum beyond int32', () => {
    const channels = [1, -1].map((sign) => ({ w: () => 127, b: BigInt(sign) * 500_000_000n, s: 2 ** -25 }));
    const test = { weights: 'fixed8q0', output: 'fixed8q0', k: 120_000, channels, scaleBits: 16 };
    const { wrong, codes } = run({ ...test, rows: [() => 127, () => -127] });
    expect(wrong).toBe(0);
    expect(codes).toEqual([73, 43, 256 - 43, 256 - 73]);
  });

  it('products below float64: the sign of a sum survives any s', () => {
    for (const s of [2 ** -500, 2 ** -200, 2 ** -100, 1, 2 ** 500]) {
      const { minPositive: tiny, max } = getFormat('posit32es4').facts;
      const channels = [tiny, -tiny, max, -max].map((weight) => ({ w: () => weight, b: 0n, s }));
      const biased = channels.map((c) => ({ ...c, b: -1n }));
      for (const output of ['posit8es1', 'posit16es2', 'posit32es4', 'float8e4m3', 'posit32es4, decoded']) {
        const test = {
          weights: 'posit32es4',
          output,
          k: 2,
          rows: [() => tiny, () => 0, () => -1, () => max, (p: number) => (p ? tiny : 0)],
        };
        expect(run({ ...test, channels: [...channels, ...biased], scaleBits: 16 }).wrong).toBe(0);
      }
    }
  });

  it('K = 65,536: sums near 2^31, and sums that cancel to one step', () => {
    const k = 65536;
    const channels = range(8).map((i) => ({
      w: (p: number) => (p % 2 ? 1 : i < 4 ? 1 : -1),
      b: BigInt(i),
      s: 0.5,
    }));
    const rows = [() => 127, (p: number) => (p === 7 ? 126 : 127)];
    for (const output of ['fixed8q0', 'fixed32q0'])
      expect(run({ weights: 'fixed8q0', output, k, channels, rows, scaleBits: 16 }).wrong).toBe(0);
    const tiny = getFormat('posit8es2').facts.minPositive;
    const { max } = getFormat('posit8es2').facts;
    const x = (p: number) => (p === 9 ? tiny : p === 8 ? 0 : max);
    const cancelling = [0n, 1n, -1n, -2n].map((b) => ({
      ...{ b, s: 1 },
      w: (p: number) => (p === 9 ? tiny : p % 2 ? max : -max),
    }));
    const even = (p: number) => (p === 11 ? 0 : x(p));
    for (const output of ['posit8es2', 'posit16es2'])
      expect(
        run({ weights: 'posit8es2', output, k, channels: cancelling, rows: [even], scaleBits: 16 }).wrong,
      ).toBe(0);
  });
});

describe('a format known by its decode alone', () => {
  registerFormat(
    defineFormat({ name: 'decode12', family: 'decode', bits: 12, decode: (code) => (code ^ 2048) - 2048 }),
  );

  it('exact ties inside the buckets of its thresholds, and sums beside them', () => {
    const rows = range(60).map((i) => () => 127 - 2 * i);
    for (const [factor, bias] of [
      [0.5, 0n],
      [0.25, 1n],
      [2 ** -16 + 0.5, 0n],
    ] as const) {
      const channels = range(20).map((i) => ({
        w: (p: number) => (p === 0 ? 57 - 3 * i : 0),
        b: bias,
        s: factor,
      }));
      const test = { weights: 'fixed8q0', output: 'decode12', k: 2, channels, rows, scaleBits: 53 };
      expect(run(test).wrong).toBe(0);
      expect(run({ ...test, scaleBits: 17 }).wrong).toBe(0);
    }
  });
});
