/** Exponents and codes of Yao et al. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { getFormat } from '../../formats/registry.js';
import { calibrate } from '../../quantizers/calibrate.js';
import { Histogram } from '../../quantizers/histogram.js';
import { parseQuantizer } from '../../quantizers/quantizer.js';
import { yaoCode, yaoExponent } from '../../quantizers/yao.js';

const YAO = parseQuantizer('linear:yao');

describe('equations (6) and (7)', () => {
  it.each([
    [0.999, 8, 7, 127],
    [1, 8, 6, 64],
    [1.5, 8, 6, 96],
    [127.4, 8, 0, 127],
    [200, 8, -1, 100],
    [0.5, 8, 7, 64],
    [0.001, 8, 16, 66],
    [3, 4, 1, 6],
    [0.999, 16, 15, 32735],
    [0, 8, 38, 0],
  ])('|x|max %d in %i bits has exponent %i, and is %i', (largest, bits, exponent, code) => {
    expect(yaoExponent(largest, bits)).toBe(exponent);
    expect(yaoCode(largest, exponent, bits)).toBe(code);
  });

  it('clamps what rounds to 2^(R − 1), keeps −2^(R − 1), and rounds ties away from 0', () => {
    expect(yaoCode(0.9999, 7, 8)).toBe(127);
    expect(yaoCode(-0.9999, 7, 8)).toBe(-128);
    expect([yaoCode(2.5, 0, 8), yaoCode(-2.5, 0, 8), yaoCode(0.5, 0, 8), yaoCode(-0.5, 0, 8)]).toEqual([
      3, -3, 1, -1,
    ]);
  });

  it('put the largest magnitude into [2^(R − 2), 2^(R − 1)], but for a carry', () => {
    const stream = new Stream(4, 'weights');
    for (let i = 0; i < 5000; i++) {
      const bits = 4 + stream.below(13);
      const largest = (0.5 + stream.uniform()) * 2 ** (stream.below(30) - 12);
      const scaled = largest * 2 ** yaoExponent(largest, bits);
      // rounding to a multiple of 2^-P may carry into the next bit
      const p = largest >= 2 ** (bits - 1) ? 0 : largest >= 1 ? bits - 1 : 31;
      const carry = 2 ** (yaoExponent(largest, bits) - p - 1);
      expect(scaled).toBeGreaterThanOrEqual(2 ** (bits - 2) - carry);
      expect(scaled).toBeLessThanOrEqual(2 ** (bits - 1));
    }
  });

  it('are the quantizer linear:yao, of pow2int alone', () => {
    const histogram = Histogram.of('x', Float32Array.of(-0.3, 0.7));
    const { scales } = calibrate(histogram, getFormat('pow2int8'), 'activations', YAO);
    expect([...scales]).toEqual([2 ** -7]);
    expect(() => calibrate(histogram, getFormat('posit8es1'), 'weights', YAO)).toThrow(
      /posit8es1 does not go with quantizer 'linear:yao': .* pow2int<n>/,
    );
  });
});
