/** What float32 leaves out, as large as its bound. */
import { describe, expect, it } from 'vitest';
import { getFormat } from '../../../../formats/registry.js';
import { run } from '../harness.js';
import { OUTPUTS, range } from './boundaries.js';

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
          const { wrong, undecided } = run({ weights, output, k, channels, rows: [lost], scaleBits: 16 });
          expect([weights, k, wrong]).toEqual([weights, k, 0]);
          expect(undecided.float32).toBeGreaterThan(0);
          expect(undecided.float32).toBeLessThan(channels.length);
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
        const { wrong, undecided } = run(test);
        expect(wrong).toBe(0);
        expect(undecided.float32).toBe(32);
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
      const { wrong, codes, undecided } = run({
        weights,
        output: 'fixed8q0',
        k: 4,
        channels,
        rows: [x],
        scaleBits: 16,
      });
      expect(wrong).toBe(0);
      expect(codes).toEqual([0, 1, 2, 2, 2, 3, 4, 4, 4]);
      expect(undecided.float32).toBe(undefined);
    }
  });
});
