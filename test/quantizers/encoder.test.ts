import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toRational } from '../../arithmetic/float64.js';
import { randomWord } from '../../arithmetic/philox.js';
import { divide } from '../../arithmetic/rational.js';
import { UserError } from '../../errors.js';
import { NEAREST_EVEN, ROUNDING_MODES, type Rounding } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { referenceEncode } from '../../formats/rounding/reference.js';
import { decodeTensor, encodeTensor } from '../../quantizers/encoder.js';
import type { Encoding } from '../../quantizers/encoding.js';

function encoding(name: string, scales: readonly number[], more: Partial<Encoding> = {}): Encoding {
  return {
    format: getFormat(name),
    rounding: NEAREST_EVEN,
    granularity: { kind: scales.length === 1 ? 'tensor' : 'channel' },
    scales: Float64Array.from(scales),
    zeroPoint: 0,
    range: 'full',
    ...more,
  };
}

const scales = fc.oneof(fc.constantFrom(1, 0.125, 3), fc.double({ min: 1e-4, max: 1e4, noNaN: true }));
const key = { seed: 5, tensor: 3, image: 8 };

describe('encodeTensor', () => {
  const names = [
    'posit8es2',
    'float8e4m3',
    'fixed6q3',
    'affine8',
    'affine5s',
    'pow2val4',
    'posit16es1',
    'float32',
  ];
  for (const name of names) {
    it.each(ROUNDING_MODES)(`${name} %s: the reference of the exact quotient, per channel`, (mode) => {
      const format = getFormat(name);
      const rounding: Rounding = { ...NEAREST_EVEN, mode };
      const affine = format.zeroPoints === 'integer';
      const zeroPoint = affine ? 3 : 0;
      const range = affine ? 'narrow' : 'full';
      fc.assert(
        fc.property(
          fc.array(scales, { minLength: 1, maxLength: 3 }),
          fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 3, maxLength: 3 }),
          (each, row) => {
            // Every channel holds ties and their neighbours of its own scale as well.
            const rows = each.map((scale) => [...row, scale * 2.5, scale * -1.5, 0, -0]);
            const values = Float64Array.from(rows.flat());
            const tensor = encoding(name, each, { rounding, zeroPoint, range });
            const options = { channels: each.length, name: 't', randomKey: key };
            const codes = encodeTensor(values, tensor, options);
            for (const [i, x] of values.entries()) {
              const scale = each[Math.floor(i / rows[0]!.length)]!;
              const expected = referenceEncode(format, divide(toRational(x), toRational(scale)), rounding, {
                zeroPoint,
                range,
                negativeZero: Object.is(x, -0),
                randomWord: randomWord(5, 'rounding', 3, 8, i),
              });
              if (codes[i] !== expected) expect(codes[i], `${x} / ${scale}`).toBe(expected);
            }
          },
        ),
        { numRuns: 8 },
      );
    });
  }

  it('short channels and long ones give the same codes', () => {
    const values = Float32Array.from({ length: 40_000 }, (_, i) =>
      Math.fround(((i * 7919) % 4001) / 1000 - 2),
    );
    const two = [0.013, 0.7];
    const long = encodeTensor(values, encoding('posit8es1', two), { channels: 2, name: 't' });
    for (const [row, scale] of two.entries()) {
      for (let i = row * 20_000; i < row * 20_000 + 50; i++) {
        const many = encoding('posit8es1', [scale, 1]);
        const [code] = encodeTensor(values.subarray(i, i + 2), many, { channels: 2, name: 't' });
        expect(code).toBe(long[i]);
      }
    }
  });

  it('random words depend on seed, tensor, image and element only', () => {
    const stochastic = encoding('fixed4q0', [1], { rounding: { ...NEAREST_EVEN, mode: 'stochastic' } });
    const values = new Float32Array(4000).fill(2.25);
    const codes = encodeTensor(values, stochastic, { name: 't', randomKey: key });
    expect(encodeTensor(values, stochastic, { name: 't', randomKey: { ...key } })).toEqual(codes);
    expect(encodeTensor(values, stochastic, { name: 't', randomKey: { ...key, image: 9 } })).not.toEqual(
      codes,
    );
    const up = [...codes].filter((code) => code === 3).length;
    // Binomial(4000, 1/4): five standard deviations are 137.
    expect(Math.abs(up - 1000)).toBeLessThan(137);
    expect(() => encodeTensor(values, stochastic, { name: 't' })).toThrow(/t: .*seed/);
  });

  it.each([
    ['fixed8q4', [1]],
    ['fixed8q4', [1, 2]],
    ['affine8', [1]],
  ] as const)('%s: NaN and Inf are errors naming tensor and index', (name, each) => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const attempt = () =>
        encodeTensor(Float32Array.of(0, 1, 2, bad), encoding(name, each), {
          channels: each.length,
          name: 'fc1',
        });
      expect(attempt).toThrow(UserError);
      expect(attempt).toThrow(/fc1\[3\]/);
    }
  });

  it('NaN and Inf become NaR, or NaN and max, where the format says so', () => {
    const values = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    expect([...encodeTensor(values, encoding('posit8es1', [0.3]), { name: 't' })]).toEqual([
      0x80, 0x80, 0x80,
    ]);
    const float = decodeTensor(
      encodeTensor(values, encoding('float8e4m3fn', [2]), { name: 't' }),
      encoding('float8e4m3fn', [2]),
    );
    expect([...float]).toEqual([Number.NaN, 896, -896]);
  });

  it('wrong channel counts and groups are refused', () => {
    const values = new Float32Array(6);
    expect(() => encodeTensor(values, encoding('posit8es1', [1, 2]), { name: 't' })).toThrow(UserError);
    expect(() => encodeTensor(values, encoding('posit8es1', [1, 2]), { name: 't', channels: 3 })).toThrow(
      UserError,
    );
    const grouped = encoding('posit8es1', [1], { granularity: { kind: 'group', size: 2 } });
    expect(() => encodeTensor(values, grouped, { name: 't' })).toThrow(/group/);
  });
});

describe('decodeTensor', () => {
  it('is scale · (value − zero point), and encodes back to the same codes', () => {
    for (const name of [
      'posit8es2',
      'float8e4m3',
      'float8e5m2fnuz',
      'affine8',
      'affine8s',
      'pow2val8',
      'fixed8q7',
    ]) {
      const format = getFormat(name);
      const zeroPoint = format.zeroPoints === 'integer' ? -0 + 9 : 0;
      const tensor = encoding(name, [0.3], { zeroPoint });
      const codes = Uint8Array.from({ length: 256 }, (_, code) => code).filter((code) =>
        Number.isFinite(format.toNumber(code)),
      );
      const values = decodeTensor(codes, tensor);
      for (const [i, code] of codes.entries())
        expect(values[i]).toBe(0.3 * (format.toNumber(code) - zeroPoint));
      expect(encodeTensor(values, tensor, { name: 't' })).toEqual(codes);
    }
  });

  it('uses the scale of each channel', () => {
    const tensor = encoding('fixed8q0', [1, 0.5]);
    expect([...decodeTensor(Uint8Array.of(3, 255, 3, 255), tensor, 2)]).toEqual([3, -1, 1.5, -0.5]);
  });
});
