/** What float64 leaves out, as large as its bound, and sums that only the quire tells. */
import { describe, expect, it } from 'vitest';
import { getFormat } from '../../../../formats/registry.js';
import { run } from '../harness.js';
import { OUTPUTS, range } from './boundaries.js';

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
        weights: 'posit8es3',
        output,
        k,
        channels,
        rows: [lost(0.5, 2 ** -28)],
        scaleBits: 53,
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
