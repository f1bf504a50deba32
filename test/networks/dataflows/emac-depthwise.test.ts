/** Depthwise layers, whose channels are taken all at once, against the reference: every output of random codes. */
import { describe, expect, it } from 'vitest';
import type { Rounding } from '../../../formats/format.js';
import { type DepthwiseCase, fillInput, layerOf, tiersOfChecked } from './depthwise-layers.js';

const SAME = [6, 7, 3, 3, 1, 1, 1, 1, 1, 1, 6, 7];
const STRIDED = [7, 6, 3, 3, 2, 2, 0, 1, 1, 1, 4, 3];
const DILATED = [9, 8, 2, 3, 1, 2, 1, 0, 3, 2, 8, 2];
const ONE_PIXEL = [3, 4, 1, 1, 1, 1, 0, 0, 1, 1, 3, 4];
const WIDE = [5, 6, 5, 5, 1, 1, 2, 2, 1, 1, 5, 6];
const DOWN: Rounding = { mode: 'down', policy: 'saturate', underflow: 'none' };

describe('all channels at once give the codes of the reference', () => {
  it.each<[string, DepthwiseCase]>([
    ['posit8es1, in two slices', { format: 'posit8es1', channels: 9, window: SAME, spread: 3 }],
    [
      'posit8es1, per channel, strided',
      { format: 'posit8es1', channels: 16, window: STRIDED, spread: 1, granularity: 'channel', scale: 0.7 },
    ],
    ['posit6es1, 5 × 5', { format: 'posit6es1', channels: 3, window: WIDE, spread: 2, activation: 'relu' }],
    [
      'float8e4m3fn, dilated',
      { format: 'float8e4m3fn', channels: 8, window: DILATED, spread: 20, weightScale: 0.01 },
    ],
    [
      'float8e4m3fn, s of 53 bits',
      {
        format: 'float8e4m3fn',
        channels: 5,
        window: SAME,
        spread: 9,
        choices: { scaleBits: 53 },
        scale: 0.9,
      },
    ],
    [
      'float6e3m2f, relu6',
      { format: 'float6e3m2f', channels: 7, window: SAME, spread: 2, activation: 'relu6' },
    ],
    [
      'fixed8, all codes, a power of two',
      { format: 'fixed8q0', channels: 17, window: STRIDED, spread: 'all codes', weightScale: 0.015625 },
    ],
    [
      'fixed8, rounded down',
      { format: 'fixed8q5', channels: 2, window: ONE_PIXEL, spread: 'all codes', rounding: DOWN },
    ],
    [
      'affine8 with zero points, all codes',
      {
        format: 'affine8',
        weights: 'affine8s',
        channels: 10,
        window: SAME,
        spread: 'all codes',
        zeroPoint: 37,
        weightScale: 0.01,
        activation: 'relu6',
      },
    ],
    [
      'affine8, s of 53 bits, per channel',
      {
        format: 'affine8',
        weights: 'affine8s',
        channels: 4,
        window: DILATED,
        spread: 60,
        zeroPoint: 128,
        weightScale: 0.01,
        choices: { scaleBits: 53 },
        granularity: 'channel',
      },
    ],
    [
      'pow2int8, half of the sums ties',
      {
        format: 'pow2int8',
        channels: 8,
        window: SAME,
        spread: 2,
        weightScale: 0.25,
        output: 'fixed8q0',
        scale: 4,
      },
    ],
    [
      'pow2val6 by float8e5m2 to posit8es0',
      {
        format: 'pow2val6',
        weights: 'float6e2m3f',
        output: 'posit8es0',
        channels: 6,
        window: SAME,
        spread: 0.2,
      },
    ],
  ])('%s', (_, one) => {
    expect([...tiersOfChecked(one)]).toEqual(['int16']);
  });
});

describe('what int32 cannot hold goes to an engine a channel', () => {
  it('channels whose weights range too far, all codes of a posit, NaR among them', () => {
    const far: DepthwiseCase = {
      format: 'posit8es2',
      channels: 6,
      window: SAME,
      spread: 2,
      weightScale: 0.3,
    };
    expect(tiersOfChecked(far).size).toBeGreaterThan(1);
    expect(tiersOfChecked({ ...far, spread: 'all codes' })).toContain('reference');
    expect(tiersOfChecked({ ...far, format: 'posit8es1', spread: 'all codes' })).toContain('reference');
  });

  it('sums and biases beyond int32, sums of the widest posits', () => {
    const layer = { format: 'affine8', weights: 'affine8s', channels: 4, window: SAME, spread: 40 } as const;
    tiersOfChecked({ ...layer, biases: 1e7, weightScale: 0.001 });
    const wide = { format: 'posit8es4', channels: 3, window: SAME, spread: 'all codes' } as const;
    expect(tiersOfChecked(wide).size).toBeGreaterThan(1);
  });

  it('infinities', () => {
    expect(
      tiersOfChecked({ format: 'float8e5m2', channels: 4, window: SAME, spread: 'all codes' }),
    ).toContain('reference');
  });

  it('stochastic rounding, whose words are keyed by element, is no matter of thresholds', () => {
    const rounding: Rounding = { mode: 'stochastic', policy: 'saturate', underflow: 'none' };
    const { mac, input, output } = layerOf({
      format: 'fixed8q4',
      channels: 3,
      window: SAME,
      spread: 1,
      rounding,
    });
    fillInput({ format: 'fixed8q4', channels: 3, window: SAME, spread: 1 }, input, 1);
    mac.run(1, 0);
    const first = [...output.codes(1)];
    mac.run(1, 1);
    expect([...output.codes(1)]).not.toEqual(first);
    mac.run(1, 0);
    expect([...output.codes(1)]).toEqual(first);
  });
});
