import { describe, expect, it } from 'vitest';
import { toNumber } from '../../../arithmetic/float64.js';
import { dyadic } from '../../../arithmetic/rational.js';
import { biasUnits } from '../../../emac/layer/bias.js';
import { multiplierOf } from '../../../emac/layer/layer.js';
import { NEAREST_EVEN, type OverflowPolicy } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import type { Encoding } from '../../../quantizers/encoding.js';

function encoding(format: string, scale: number, policy: OverflowPolicy = 'saturate'): Encoding {
  return {
    format: getFormat(format),
    rounding: { ...NEAREST_EVEN, policy },
    zeroPoint: 0,
    range: 'full',
    granularity: { kind: 'tensor' },
    scales: Float64Array.of(scale),
  };
}

const units = (bias: number, weights: Encoding, activations: Encoding, choice: 'accumulator' | 'format') => {
  const randomKey = { seed: 0, tensor: 0, image: 0 };
  return biasUnits({ name: 'd', bias: Float32Array.of(bias), randomKey }, weights, activations, choice)[0];
};

describe('biasUnits', () => {
  it('of a quantized bias are its code over scale_x, a tie to even, whatever scale_w is', () => {
    for (const scale of [0.1, 1 / 3, 0.7, 1.1, 1 / 49, 3 / 49]) {
      for (const [code, expected] of [
        [1, 0n],
        [3, 2n],
        [5, 2n],
        [7, 4n],
        [-5, -2n],
        [-3, -2n],
      ] as const) {
        expect(units(code * scale, encoding('affine4s', scale), encoding('affine4', 2), 'format')).toBe(
          expected,
        );
      }
    }
  });

  it('of a bias that is not quantized are bias / (scale_w · scale_x), a tie to even', () => {
    expect(units(2.5, encoding('affine4s', 0.5), encoding('affine4', 2), 'accumulator')).toBe(2n);
    expect(units(3.5, encoding('fixed8q3', 1), encoding('fixed8q2', 64), 'accumulator')).toBe(2n);
  });

  it('a bias that is not finite, or that the policy makes so, is one line', () => {
    const x = encoding('float8e4m3', 1);
    expect(() => units(Number.NaN, x, x, 'accumulator')).toThrow(/bias of layer 'd': element 0 is NaN/);
    for (const policy of ['infinity', 'nan'] as const) {
      expect(() => units(1000, encoding('float8e4m3', 1, policy), x, 'format')).toThrow(
        `bias of layer 'd': element 0, 1000, is beyond float8e4m3 under policy ${policy}; use policy saturate, or bias accumulator`,
      );
    }
  });
});

it('a multiplier outside 2^±512 is refused by every step that has one', () => {
  expect(() => multiplierOf("step 'sum'", dyadic(1n, -513), 1, 16)).toThrow(
    "step 'sum': its multiplier is 2^-513; keep scales so that it is within 2^±512",
  );
  expect(toNumber(multiplierOf('', dyadic(1n, -512), 1, 16))).toBe(2 ** -512);
});
