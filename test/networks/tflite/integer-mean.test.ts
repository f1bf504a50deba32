import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { foldedMultiplier } from '../../../networks/integer/mean.js';
import { integerGraph } from '../../../networks/tflite/integer.js';
import { multipliedOnce, multipliedTwice } from '../integer/gemmlowp.js';
import { Described } from './described.js';
import { INT8, RANGES, randomCodes, run } from './run-described.js';

/** QuantizeMultiplier of a real below 2^31 in BigInt: m · 2^(shift − 31), m of 31 bits, ties away from 0. */
function fixed(real: number): { multiplier: bigint; shift: number } {
  let [significand, shift] = [real, 0];
  for (; significand >= 1; shift++) significand /= 2;
  for (; significand < 0.5; shift--) significand *= 2;
  const scaled = significand * 2 ** 31;
  const multiplier = BigInt(Math.floor(scaled) + (scaled % 1 >= 0.5 ? 1 : 0));
  return multiplier === 2n ** 31n ? { multiplier: 2n ** 30n, shift: shift + 1 } : { multiplier, shift };
}

describe('MEAN over height and width', () => {
  const modes = [
    ['gemmlowp', multipliedTwice],
    ['single', multipliedOnce],
  ] as const;
  it.each(modes)('%s gives the codes of QuantizedMeanOrSum', (mode, multiplied) => {
    const stream = new Stream(5, 'dataset');
    for (let round = 0; round < 200; round++) {
      const type = round % 3 === 0 ? 'int16' : 'int8';
      const [least, most] = RANGES[type];
      const [height, width] = [1 + stream.below(9), 1 + stream.below(9)];
      const count = height * width;
      const zero = (): number => (type === 'int16' ? 0 : least + stream.below(256));
      const from = { type, scale: Math.fround(0.01 + stream.uniform()), zeroPoint: zero() };
      const to =
        round % 2 === 0 ? from : { type, scale: Math.fround(0.01 + stream.uniform()), zeroPoint: zero() };
      const net = new Described([1, height, width, 3], from);
      net.add('MEAN', [net.input, net.integers([2], [2, -3])], [1, 3], {}, to);
      const codes = randomCodes(count * 3, type, 100 + round);
      const { multiplier, shift } = fixed(from.scale / to.scale);
      const bits = BigInt(count).toString(2).length - 1;
      const folded = (multiplier << BigInt(bits)) / BigInt(count);
      const wanted = [0, 1, 2].map((channel) => {
        const sum = codes.reduce(
          (all, code, i) => (i % 3 === channel ? all + code - from.zeroPoint : all),
          0,
        );
        const mean = Number(multiplied(BigInt(sum), folded, shift - bits)) + to.zeroPoint;
        return Math.min(Math.max(mean, least), most);
      });
      expect(run(net.model(), codes, mode), `round ${round}`).toEqual([wanted]);
    }
  });

  it('exact is the nearest integer of the mean of the reals, ties to even', () => {
    const net = new Described([1, 2, 2, 1], { type: 'int8', scale: 0.5, zeroPoint: 1 });
    net.add(
      'MEAN',
      [net.input, net.integers([2], [1, 2])],
      [1, 1],
      {},
      { type: 'int8', scale: 0.25, zeroPoint: -2 },
    );
    // means of the reals in steps of 1/8: code = even(sum of (code − 1) / 2) − 2
    for (const [codes, wanted] of [
      [[1, 1, 1, 2], 0 - 2],
      [[1, 1, 2, 3], 2 - 2],
      [[1, 2, 3, 3], 2 - 2],
      [[1, 1, 1, -2], -2 - 2],
      [[127, 127, 127, 127], 127],
      [[-128, -128, -128, -128], -128],
    ] as const) {
      expect(run(net.model(), codes, 'exact'), codes.join()).toEqual([[wanted]]);
    }
  });

  it('a fold keeps the shift at −31 at least', () => {
    expect(foldedMultiplier({ multiplier: 2 ** 30, shift: -29 }, 49)).toEqual({
      multiplier: Math.floor(2 ** 32 / 49),
      shift: -31,
    });
  });

  it('other axes and uint8 are refused', () => {
    const net = new Described([1, 4, 4, 2], INT8);
    net.add('MEAN', [net.input, net.integers([1], [3])], [1, 4, 4], {}, INT8);
    expect(() => integerGraph(net.model())).toThrow(/operator 0 MEAN: it is a mean over axes 3/);
    const old = { type: 'uint8', scale: 1, zeroPoint: 0 };
    const unsigned = new Described([1, 4, 4, 2], old);
    unsigned.add('MEAN', [unsigned.input, unsigned.integers([2], [1, 2])], [1, 2], {}, old);
    expect(() => run(unsigned.model(), Array(32).fill(0))).toThrow(
      /a mean of uint8 as uint8 is not supported/,
    );
  });
});

describe('RELU and RELU6 of their own', () => {
  it('RELU rescales every code and cuts at the zero point of the output', () => {
    const to = { type: 'int8', scale: Math.fround(0.037), zeroPoint: -77 };
    const net = new Described([1, 256], INT8);
    net.add('RELU', [net.input], [1, 256], {}, to);
    const codes = Array.from({ length: 256 }, (_, i) => i - 128);
    const { multiplier, shift } = fixed(INT8.scale / to.scale);
    for (const [mode, multiplied] of [
      ['gemmlowp', multipliedTwice],
      ['single', multipliedOnce],
    ] as const) {
      const wanted = codes.map((code) => {
        const scaled = Number(multiplied(BigInt(code + 3), multiplier, shift)) - 77;
        return Math.min(Math.max(scaled, -77), 127);
      });
      expect(run(net.model(), codes, mode)).toEqual([wanted]);
    }
  });

  it('RELU6 cuts codes at 0 and 6, and is refused where it would rescale', () => {
    const net = new Described([1, 256], INT8);
    net.add('RELU6', [net.input], [1, 256], {}, INT8);
    const codes = Array.from({ length: 256 }, (_, i) => i - 128);
    // 6 / fround(0.1) is a little below 60
    expect(run(net.model(), codes)).toEqual([codes.map((code) => Math.min(Math.max(code, -3), 57))]);
    const other = new Described([1, 8], INT8);
    other.add('RELU6', [other.input], [1, 8], {}, { ...INT8, zeroPoint: 0 });
    expect(() => integerGraph(other.model())).toThrow(/operator 0 RELU6: runtimes differ/);
  });
});
