/** Points everyone agrees on, typed in from the definitions and from IEEE 754. */
import { describe, expect, it } from 'vitest';
import { nextDown, nextUp } from '../../arithmetic/float64.js';
import { Stream } from '../../arithmetic/philox.js';
import { NEAREST_EVEN, type OverflowPolicy, type RoundingMode } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';

describe('overflow of float8e4m3fn by mode and policy', () => {
  const e4m3fn = getFormat('float8e4m3fn');
  const MAX = 448;
  const expected: Record<Exclude<RoundingMode, 'stochastic'>, number[]> = {
    'nearest-even': [MAX, MAX, Number.NaN, Number.NaN],
    'nearest-away': [MAX, Number.NaN, Number.NaN, Number.NaN],
    'toward-zero': [MAX, MAX, MAX, MAX],
    up: [MAX, Number.NaN, Number.NaN, Number.NaN],
    down: [MAX, MAX, MAX, MAX],
  };
  const points = [448, 464, 464.01, 480];
  it.each(Object.entries(expected))('%s under nan: 448, 464, 464.01, 480', (mode, values) => {
    const rounding = { mode: mode as RoundingMode, policy: 'nan' as const, underflow: 'none' as const };
    expect(points.map((x) => e4m3fn.toNumber(e4m3fn.encode(x, rounding)))).toEqual(values);
  });

  it('saturate gives max in every mode, at both ends, and for infinities', () => {
    for (const mode of Object.keys(expected) as RoundingMode[]) {
      const rounding = { ...NEAREST_EVEN, mode };
      for (const x of [...points, Number.POSITIVE_INFINITY]) {
        expect(e4m3fn.toNumber(e4m3fn.encode(x, rounding))).toBe(MAX);
        expect(e4m3fn.toNumber(e4m3fn.encode(-x, rounding))).toBe(-MAX);
      }
    }
  });
});

describe('overflow of the IEEE layout float8e5m2 by mode and policy', () => {
  const e5m2 = getFormat('float8e5m2');
  // max 57344 = 1.75 · 2^15, step 8192, its would-be successor 65536, the midpoint 61440.
  const table: [RoundingMode, OverflowPolicy, number, number][] = [
    ['nearest-even', 'infinity', 61439, 57344],
    ['nearest-even', 'infinity', 61440, Number.POSITIVE_INFINITY],
    ['nearest-even', 'infinity', -61440, Number.NEGATIVE_INFINITY],
    ['nearest-even', 'nan', 61440, Number.NaN],
    ['nearest-even', 'saturate', 1e30, 57344],
    ['nearest-away', 'infinity', 61440, Number.POSITIVE_INFINITY],
    ['nearest-away', 'infinity', 61439, 57344],
    ['toward-zero', 'infinity', 1e30, 57344],
    ['toward-zero', 'nan', -1e30, -57344],
    ['up', 'infinity', 57345, Number.POSITIVE_INFINITY],
    ['up', 'infinity', -1e30, -57344],
    ['up', 'nan', 57345, Number.NaN],
    ['down', 'infinity', 1e30, 57344],
    ['down', 'infinity', -57345, Number.NEGATIVE_INFINITY],
    ['down', 'nan', -57345, Number.NaN],
    ['stochastic', 'infinity', 57345, Number.POSITIVE_INFINITY],
    ['stochastic', 'saturate', 57345, 57344],
  ];
  it.each(table)('%s/%s: %d gives %d', (mode, policy, x, value) => {
    expect(e5m2.toNumber(e5m2.encode(x, { mode, policy, underflow: 'none' }, 0))).toBe(value);
  });

  it('an infinity goes by the policy, whatever the mode', () => {
    const of = (policy: OverflowPolicy) =>
      e5m2.encode(Number.NEGATIVE_INFINITY, { mode: 'toward-zero', policy, underflow: 'none' });
    expect([of('saturate'), of('infinity'), of('nan')]).toEqual([0xfb, 0xfc, 0x7e]);
  });
});

describe('posits', () => {
  it('round on the bit string, which is not the arithmetic mean where exponent bits are cut', () => {
    const posit = getFormat('posit8es1');
    const of = (x: number) => posit.toNumber(posit.encode(x));
    expect([of(2500), of(2049), of(2048), of(2047)]).toEqual([4096, 4096, 1024, 1024]);
  });

  it('of 8 bits have the maxpos and minpos of the literature', () => {
    const ends = [0, 1, 2].map((es) => getFormat(`posit8es${es}`).facts);
    expect(ends.map(({ max }) => max)).toEqual([64, 4096, 2 ** 24]);
    expect(ends.map(({ minPositive }) => minPositive)).toEqual([2 ** -6, 2 ** -12, 2 ** -24]);
  });

  it('underflow by rule, before the mode', () => {
    const posit = getFormat('posit8es2');
    const minpos = 2 ** -24;
    const of = (x: number, underflow: 'none' | 'half' | 'bitstring', mode: RoundingMode) =>
      posit.encode(x, { mode, policy: 'saturate', underflow }, 0);
    for (const mode of ['nearest-even', 'toward-zero', 'up', 'down', 'stochastic'] as const) {
      expect(of(Number.MIN_VALUE, 'none', mode)).toBe(1);
      expect(of(-Number.MIN_VALUE, 'none', mode)).toBe(255);
      expect([of(minpos / 2, 'half', mode), of(nextUp(minpos / 2), 'half', mode)]).toEqual([0, 1]);
      expect([of(-minpos / 2, 'half', mode), of(-nextUp(minpos / 2), 'half', mode)]).toEqual([0, 255]);
      expect([of(nextDown(minpos / 16), 'bitstring', mode), of(minpos / 16, 'bitstring', mode)]).toEqual([
        0, 1,
      ]);
    }
  });

  it('give NaR for NaN and infinities, maxpos for everything finite', () => {
    const posit = getFormat('posit16es1');
    expect(posit.encode(Number.NaN)).toBe(0x8000);
    expect(posit.encode(Number.NEGATIVE_INFINITY)).toBe(0x8000);
    expect(posit.encode(Number.MAX_VALUE)).toBe(0x7fff);
    expect(posit.encode(-Number.MAX_VALUE)).toBe(0x8001);
  });

  it('of 32 bits code and decode at both ends of the unsigned range', () => {
    const posit = getFormat('posit32es2');
    expect(posit.encode(1)).toBe(0x40000000);
    expect(posit.encode(-1)).toBe(0xc0000000);
    expect(posit.encode(-Number.MIN_VALUE)).toBe(0xffffffff);
    expect(posit.toNumber(0xffffffff)).toBe(-(2 ** -120));
    expect(posit.toNumber(0x80000000)).toBeNaN();
  });
});

describe('double rounding is not done', () => {
  // A float32 that is halfway between two float16 numbers, and a float64 just off it.
  it('float64 to float16 looks at the float64, not at its float32', () => {
    const float16 = getFormat('float16');
    const halfway = 1 + 2 ** -11;
    const justAbove = halfway + 2 ** -40;
    expect(Math.fround(justAbove)).toBe(halfway);
    expect(float16.encode(halfway)).toBe(0x3c00);
    expect(float16.encode(justAbove)).toBe(0x3c01);
    const justBelow = 1 + 3 * 2 ** -11 - 2 ** -40;
    expect(Math.fround(justBelow)).toBe(1 + 3 * 2 ** -11);
    expect(float16.encode(justBelow)).toBe(0x3c01);
  });

  it.each(['float8e4m3fn', 'posit8es1', 'bfloat16', 'fixed8q4'])('%s likewise', (name) => {
    const format = getFormat(name);
    const one = format.levels.index(format.encode(1));
    for (const index of [one, one + 1, one + 2]) {
      const boundary = Number(format.boundary(index).numerator) / Number(format.boundary(index).denominator);
      expect(Math.fround(nextUp(boundary))).toBe(boundary);
      expect(format.encode(nextUp(boundary))).toBe(format.levels.code(index + 1));
      expect(format.encode(nextDown(boundary))).toBe(format.levels.code(index));
    }
  });
});

describe('IEEE formats against the machine', () => {
  const view = new DataView(new ArrayBuffer(8));
  const stream = new Stream(0, 'dataset', 7);
  /** Random float64 bits, all exponents alike; half of them brought into the range of the format. */
  const random = (exponent: number): number => {
    view.setUint32(0, stream.word());
    view.setUint32(4, stream.word());
    if (stream.word() % 2)
      view.setUint16(0, (view.getUint16(0) & 0x800f) | ((1023 - exponent + stream.below(2 * exponent)) << 4));
    return view.getFloat64(0);
  };

  it('float32 is Math.fround, under policy infinity', () => {
    const float32 = getFormat('float32');
    for (let round = 0; round < 5000; round++) {
      const x = random(150);
      if (Number.isNaN(x)) continue;
      view.setFloat32(0, x);
      const code = float32.encode(x, { ...NEAREST_EVEN, policy: 'infinity' });
      if (code !== view.getUint32(0)) expect({ x, code }).toEqual({ x, code: view.getUint32(0) });
      if (Number.isFinite(Math.fround(x))) expect(float32.toNumber(code)).toBe(Math.fround(x));
    }
  });

  it('float16 and bfloat16 are the nearest by the significand shifted to an integer', () => {
    const nearestEven = (y: number): number => {
      const below = Math.floor(y);
      const rest = y - below;
      return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
    };
    const cases = [
      { name: 'float16', lsb: -24, fraction: 10, bias: 15, limit: 65520 },
      { name: 'bfloat16', lsb: -133, fraction: 7, bias: 127, limit: 255.5 * 2 ** 120 },
    ];
    for (const { name, lsb, fraction, bias, limit } of cases) {
      const format = getFormat(name);
      for (let round = 0; round < 4000; round++) {
        const x = random(bias + 20);
        if (!Number.isFinite(x)) continue;
        let exponent = 1 - bias;
        while (exponent < bias && Math.abs(x) >= 2 ** (exponent + 1)) exponent++;
        const step = 2 ** Math.max(exponent - fraction, lsb);
        const wanted =
          Math.abs(x) >= limit ? Number.POSITIVE_INFINITY : nearestEven(Math.abs(x) / step) * step;
        const code = format.encode(x, { ...NEAREST_EVEN, policy: 'infinity' });
        if (Math.abs(format.toNumber(code)) !== wanted)
          expect({ name, x, code }).toEqual({ name, x, wanted });
        expect(code >= 0x8000).toBe(x < 0 || Object.is(x, -0));
      }
    }
  });

  it.each([
    ['float16', 'float32'],
    ['bfloat16', 'float32'],
    ['float8e4m3fn', 'float16'],
    ['float8e5m2', 'float16'],
    ['posit8es1', 'posit16es1'],
    ['posit8es2', 'float32'],
    ['fixed8q4', 'fixed16q8'],
    ['affine8s', 'fixed16q3'],
  ])('every value of %s comes through %s unchanged', (narrow, wide) => {
    const [from, to] = [getFormat(narrow), getFormat(wide)];
    for (let index = 0; index < from.levels.count; index += from.bits > 8 ? 37 : 1) {
      const value = from.toNumber(from.levels.code(index));
      expect(to.toNumber(to.encode(value))).toBe(value);
    }
  });
});

describe('negative zero', () => {
  it('is kept where the format has it, and made by negative values that round to zero', () => {
    const of = (name: string, x: number) => getFormat(name).encode(x);
    expect([of('float8e4m3', -0), of('float8e4m3', -1e-9), of('float8e4m3', 0)]).toEqual([0x80, 0x80, 0]);
    expect([of('float8e4m3fn', -1e-9), of('float4e2m1f', -0.1)]).toEqual([0x80, 0x8]);
    expect([of('pow2val4', -0), of('pow2val4', -(2 ** -9))]).toEqual([8, 8]);
    expect([of('float8e4m3fnuz', -0), of('float8e4m3fnuz', -1e-9)]).toEqual([0, 0]);
    expect([of('posit8es1', -0), of('fixed8q4', -0), of('fixed8q4', -0.01)]).toEqual([0, 0, 0]);
  });
});
