/** What int8 and int16 leave out, as large as their bounds. */
import { describe, expect, it } from 'vitest';
import { getFormat } from '../../../../formats/registry.js';
import { run } from '../harness.js';
import { OUTPUTS, range } from './boundaries.js';

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

  it('activations with residuals, all of one sign: the bound is reached', () => {
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
