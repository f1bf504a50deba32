import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { add, compare, dyadic, multiply, type Rational, rational } from '../../../arithmetic/rational.js';
import { encodeExact } from '../../../emac/layer/reference.js';
import type { EmacUnit } from '../../../emac/unit/pipeline.js';
import { type Dot, runDot, runDots } from '../../../emac/unit/pipeline-run.js';
import { UserError } from '../../../errors.js';
import { NEAREST_EVEN, type NumberFormat, ROUNDING_MODES, type Rounding } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { exactSum, finiteCodes, nearestCode, unitOf } from './units.js';

/** Shortest dot products for which the unit takes 2, 4 and 8 bits of a sum of `width` bits a cycle. */
function shortestFor(digitBits: 2 | 4 | 8, width: number): number {
  return { 2: Math.ceil(width / 2) + 1, 4: Math.ceil(width / 4) + 1, 8: 0 }[digitBits];
}

/** Units of every way there is to multiply by a real s. */
function unitsOf(name: string, spec: Parameters<typeof unitOf>[1]): EmacUnit[] {
  const width = unitOf(name, spec).accumulatorBits;
  const loops = ([2, 4, 8] as const).map((bits) => {
    const unit = unitOf(name, { ...spec, shortestK: shortestFor(bits, width) });
    expect(unit.requantizer).toMatchObject({ kind: 'loop', digitBits: bits });
    return unit;
  });
  const shared = [1, 3].map((lanes) => unitOf(name, { ...spec, requantizer: { kind: 'parallel', lanes } }));
  return [...loops, ...shared];
}

/** Rounds halves up, towards +∞: what a unit must not do. */
function halfUpCode(format: NumberFormat, value: Rational): number {
  const { levels } = format;
  let index = 0;
  while (index < levels.count - 1 && compare(value, format.boundary(index)) >= 0) index++;
  return levels.code(index);
}

const random = () => new Stream(7, 'dataset');

describe('s times the sum, rounded once', () => {
  // 3 and 5 · 2^-n put many products on the middle between two codes; the others fill every bit of s
  const multipliers: readonly [numerator: bigint, power: number, scaleBits: number][] = [
    [3n, -3, 2],
    [5n, -4, 16],
    [65535n, -18, 16],
    [40961n, -14, 16],
    [2n ** 53n - 1n, -55, 53],
  ];
  for (const [name, output] of [
    ['fixed5q2', 'fixed5q2'],
    ['float5e2m2', 'float5e2m2'],
    ['posit5es1', 'posit5es1'],
    ['posit4es2', 'fixed5q2'],
    ['fixed4q1', 'posit5es0'],
    ['affine4s', 'float6e3m2f'],
  ] as const) {
    it(`every product of two codes of ${name} in ${output}, ties to even`, () => {
      const format = getFormat(name);
      const to = getFormat(output);
      let decidedByTie = 0;
      for (const [numerator, power, scaleBits] of multipliers) {
        const multiplier = multiply(rational(numerator), dyadic(1n, power));
        const codes = finiteCodes(format);
        const dots = codes.flatMap((w) => codes.map((x) => ({ w: [w], x: [x] })));
        const values = dots.map(({ w, x }) => multiply(multiplier, exactSum([format, format], w, x)));
        const expected = values.map((value) => nearestCode(to, value));
        decidedByTie += values.filter(
          (value, i) => value.numerator !== 0n && halfUpCode(to, value) !== expected[i],
        ).length;
        for (const unit of unitsOf(name, { output: to, multiplier, scaleBits, maxK: 2 })) {
          expect(runDots(unit, dots).map(({ code }) => code)).toEqual(expected);
        }
      }
      expect(decidedByTie).toBeGreaterThan(4);
    });
  }

  for (const name of ['fixed8q4', 'float8e4m3', 'posit8es0', 'posit8es1', 'posit8es2', 'pow2val4']) {
    it(`${name}: random sums with a bias, K = 0..12 back to back, shorter ones waiting for the loop`, () => {
      const format = getFormat(name);
      const stream = random();
      const maxBias = 2n ** 14n;
      const multiplier = rational(50001n, 2n ** 19n);
      const codes = finiteCodes(format);
      for (const unit of unitsOf(name, { multiplier, maxBias })) {
        const dots = Array.from({ length: 40 }, () => {
          const k = stream.below(13);
          const pick = () => Array.from({ length: k }, () => codes[stream.below(codes.length)]!);
          return { w: pick(), x: pick(), bias: BigInt(stream.below(2 ** 15)) - maxBias };
        });
        const runs = runDots(unit, dots);
        for (const [i, { w, x, bias }] of dots.entries()) {
          const sum = add(exactSum([format, format], w, x), dyadic(bias, unit.latticeExponent));
          expect(runs[i]!.code).toBe(nearestCode(format, multiply(multiplier, sum)));
        }
      }
    });
  }

  it('largest, smallest and random sums fit, and fill, the registers beside the largest significand', () => {
    for (const name of ['fixed8q4', 'posit5es1', 'float8e4m3', 'affine8s']) {
      const format = getFormat(name);
      const codes = finiteCodes(format);
      const stream = random();
      const maxK = 16;
      const fill = (code: number) => new Array<number>(maxK).fill(code);
      const [least, most] = [fill(format.levels.code(0)), fill(format.levels.code(format.levels.count - 1))];
      const pick = () => fill(0).map(() => codes[stream.below(codes.length)]!);
      const dots = [
        [least, least],
        [least, most],
        [most, most],
        ...Array.from({ length: 40 }, () => [pick(), pick()] as const),
      ] as const;
      const multiplier = rational(65535n, 2n ** 20n);
      for (const unit of unitsOf(name, { multiplier, maxK })) {
        const loop = unit.requantizer.kind === 'loop';
        let upper = 0n;
        const see = () => {
          if (loop && unit.value('upper') > upper) upper = unit.value('upper');
        };
        const runs = runDots(
          unit,
          dots.map(([w, x]) => ({ w, x })),
          see,
        );
        for (const [i, [w, x]] of dots.entries()) {
          const value = multiply(multiplier, exactSum([format, format], w, x));
          expect(runs[i]!.code).toBe(nearestCode(format, value));
        }
        if (loop) expect(upper.toString(2)).toHaveLength(16);
      }
    }
  });
});

describe('what is not finite passes beside the product', () => {
  it('NaR and infinities of one dot product touch no other', () => {
    const multiplier = rational(3n, 4n);
    const posit: Dot[] = [
      { w: [0x40], x: [0x40] },
      { w: [0x40, 0x80], x: [0x40, 0x40] },
      { w: [0x40], x: [0x40] },
      { w: [], x: [] },
    ];
    for (const unit of unitsOf('posit8es1', { multiplier })) {
      // 0.75 in posit8es1: regime 01, exponent 1, fraction 1000
      expect(runDots(unit, posit).map(({ code }) => code)).toEqual([0x38, 0x80, 0x38, 0x00]);
    }
    const [inf, one] = [0x78, 0x38];
    const float: Dot[] = [
      { w: [inf, one], x: [one, one] },
      { w: [inf], x: [one | 0x80] },
      { w: [inf, inf], x: [one, one | 0x80] },
      { w: [one], x: [one | 0x80] },
    ];
    const rounding: Rounding = { ...NEAREST_EVEN, policy: 'infinity' };
    for (const unit of unitsOf('float8e4m3', { multiplier, rounding })) {
      expect(runDots(unit, float).map(({ code }) => code)).toEqual([inf, inf | 0x80, 0x7c, 0xb4]);
    }
    for (const unit of unitsOf('float8e4m3', { multiplier, activation: 'relu' })) {
      expect(runDots(unit, float).map(({ code }) => code)).toEqual([0x77, 0x00, 0x7c, 0x00]);
    }
  });
});

describe('the round stage, in one cycle or two', () => {
  const outputs = ['fixed8q4', 'float8e4m3', 'float5e4m0', 'posit5es1', 'posit8es0', 'posit6es2', 'pow2val4'];
  for (const name of outputs) {
    it(`${name}: every mode, with the word of its own dot product`, () => {
      const output = getFormat(name);
      const stream = random();
      const operand = getFormat('fixed8q4');
      const multiplier = rational(3n, 2n ** 9n);
      const underflows =
        output.family === 'posit' ? (['none', 'bitstring', 'half'] as const) : ['none' as const];
      for (const underflow of underflows) {
        for (const mode of ROUNDING_MODES) {
          const rounding: Rounding = { mode, policy: 'saturate', underflow };
          for (const unit of unitsOf('fixed8q4', { output, rounding, multiplier, maxK: 8 })) {
            const dots = Array.from({ length: 60 }, () => {
              const pick = () => Array.from({ length: 1 + stream.below(3) }, () => stream.below(256));
              const w = pick();
              return { w, x: w.map((code) => (code * 37) & stream.below(256)), randomWord: stream.word() };
            });
            const runs = runDots(unit, dots);
            for (const [i, { w, x, randomWord }] of dots.entries()) {
              const value = multiply(multiplier, exactSum([operand, operand], w, x));
              expect(runs[i]!.code).toBe(encodeExact(value, outputOf(output, rounding), randomWord));
            }
          }
        }
      }
    });
  }

  it('stochastic rounding by its definition: up where ⌊2^32 · fraction⌋ + word reaches 2^32', () => {
    const stream = random();
    const multiplier = rational(40961n, 2n ** 17n);
    const rounding: Rounding = { ...NEAREST_EVEN, mode: 'stochastic' };
    for (const unit of unitsOf('fixed8q4', { rounding, multiplier })) {
      const dots = Array.from({ length: 200 }, () => ({
        w: [stream.below(64)],
        x: [stream.below(64)],
        randomWord: stream.word(),
      }));
      const runs = runDots(unit, dots);
      for (const [i, { w, x, randomWord }] of dots.entries()) {
        // codes below 64 are the integers of 2^-4: the sum is in 2^-8, s · sum in 2^-25, a code in 2^-4
        const product = BigInt(w[0]!) * BigInt(x[0]!) * 40961n;
        const [below, fraction] = [product >> 21n, product & (2n ** 21n - 1n)];
        const up = (fraction << 11n) + BigInt(randomWord) >= 2n ** 32n;
        expect(runs[i]!.code).toBe(Number(below > 127n ? 127n : up && below < 127n ? below + 1n : below));
      }
    }
  });

  it('zero points, relu and a cap that is no dyadic number', () => {
    const stream = random();
    const multiplier = rational(51235n, 2n ** 23n);
    // a third of 2^-60 above the middle of two codes: less than the product has bits for decides
    const cap = add(rational(169n, 2n), rational(1n, 3n * 2n ** 60n));
    const zeroPoints = { weights: 120, activations: 3, output: 100 };
    for (const activation of ['identity', 'relu', 'relu6'] as const) {
      const clamp = activation === 'relu6' ? { cap } : {};
      const spec = { multiplier, activation, ...clamp, zeroPoints, maxBias: 2n ** 12n };
      for (const unit of unitsOf('affine8', spec)) {
        for (let trial = 0; trial < 60; trial++) {
          const k = 1 + stream.below(5);
          const pick = () => Array.from({ length: k }, () => stream.below(256));
          const [w, x, bias] = [pick(), pick(), BigInt(stream.below(2 ** 13)) - 2n ** 12n];
          const sum = w.reduce((total, code, i) => total + (code - 120) * (x[i]! - 3), 0);
          let value = multiply(multiplier, rational(BigInt(sum) + bias));
          if (activation !== 'identity' && value.numerator < 0n) value = rational(0n);
          if (activation === 'relu6' && compare(value, cap) > 0) value = cap;
          // the code whose value is nearest, the zero point added to it
          const code = nearestInteger(value) + 100n;
          const expected = Number(code < 0n ? 0n : code > 255n ? 255n : code);
          expect(runDot(unit, w, x, { bias }).code).toBe(expected);
        }
      }
    }
  });
});

/** Ties to the even integer. */
function nearestInteger({ numerator, denominator }: Rational): bigint {
  const twice = 2n * numerator + denominator;
  const floor = twice / (2n * denominator) - (twice < 0n && twice % (2n * denominator) !== 0n ? 1n : 0n);
  const tie = twice % (2n * denominator) === 0n;
  return tie && floor % 2n !== 0n ? floor - 1n : floor;
}

function outputOf(format: NumberFormat, rounding: Rounding): Parameters<typeof encodeExact>[1] {
  return {
    format,
    rounding,
    granularity: { kind: 'tensor' },
    scales: Float64Array.of(1),
    zeroPoint: 0,
    range: 'full',
  };
}

describe('a multiplier that the unit cannot have', () => {
  it('is refused in one line: more bits than scaleBits, no dyadic number, 0 or less', () => {
    expect(() => unitOf('fixed8q4', { multiplier: rational(65537n, 2n ** 20n) })).toThrow(
      new UserError('the multiplier 65537/1048576 has more than 16 significand bits; round it to them first'),
    );
    expect(() => unitOf('fixed8q4', { multiplier: rational(1n, 3n) })).toThrow(UserError);
    expect(() => unitOf('fixed8q4', { multiplier: rational(0n) })).toThrow(UserError);
    expect(() => unitOf('fixed8q4', { multiplier: rational(-3n, 4n) })).toThrow(UserError);
  });
});
