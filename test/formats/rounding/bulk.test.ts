import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { codeArray } from '../../../formats/code-array.js';
import { probesOf, roundingsOf } from '../../../formats/conformance/probes.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { UNIT } from '../../../formats/placement.js';
import { getFormat } from '../../../formats/registry.js';
import { bulkDecode, bulkEncode } from '../../../formats/rounding/bulk.js';
import { quantizeExact } from '../../../formats/rounding/exact.js';

/** So many values that encoding goes by buckets: every probe, then random ones of many magnitudes. */
function manyValues(name: string): Float64Array {
  const stream = new Stream(3, 'dataset');
  const values = new Float64Array(70_000);
  const probes = probesOf(getFormat(name));
  for (let index = 0; index < values.length; index++) {
    const random = (stream.uniform() - 0.5) * 2 ** (stream.below(40) - 20);
    values[index] = index < probes.length ? probes[index]! : random;
  }
  return values;
}

describe('bulk encoding', () => {
  it.each(['posit8es1', 'float8e4m3', 'float8e4m3fn', 'fixed8q4', 'pow2val5', 'posit16es1', 'float16'])(
    '%s by buckets equals one value at a time',
    (name) => {
      const format = getFormat(name);
      const values = manyValues(name);
      for (const rounding of [NEAREST_EVEN, { ...NEAREST_EVEN, mode: 'down' } as const]) {
        const codes = codeArray(format, values.length);
        bulkEncode(values, format, rounding, UNIT, codes);
        for (let index = 0; index < values.length; index += format.bits > 8 ? 61 : 7) {
          const right = quantizeExact(format, values[index]!, rounding, UNIT);
          if (codes[index] !== right)
            expect([name, values[index], codes[index]]).toEqual([name, values[index], right]);
        }
        const few = codeArray(format, 2000);
        bulkEncode(values.slice(0, 2000), format, rounding, UNIT, few);
        expect(few).toEqual(codes.slice(0, 2000));
      }
    },
  );

  it('gives each value its own random word, the same in any split', () => {
    const format = getFormat('posit8es1');
    const rounding = { ...NEAREST_EVEN, mode: 'stochastic' } as const;
    const values = manyValues('posit8es1').slice(500, 3500);
    const randomWords = (index: number) => Math.imul(index, 2654435761) >>> 0;
    const whole = codeArray(format, values.length);
    bulkEncode(values, format, rounding, UNIT, whole, randomWords);
    const tail = codeArray(format, 1000);
    bulkEncode(values.slice(2000), format, rounding, UNIT, tail, (index) => randomWords(index + 2000));
    expect(tail).toEqual(whole.slice(2000));
    expect(() => bulkEncode(values, format, rounding, UNIT, whole)).toThrow('needs a random word');
  });

  it('takes 32-bit formats, zero points and both directions', () => {
    const values = Float32Array.of(-1.5, 0, 0.1, 3, 1e9);
    const format = getFormat('affine32');
    const codes = codeArray(format, 5);
    bulkEncode(values, format, NEAREST_EVEN, { scale: 0.5, zeroPoint: 10, range: 'full' }, codes);
    expect([...codes]).toEqual([7, 10, 10, 16, 2000000010]);
    const back = new Float64Array(5);
    bulkDecode(codes, format, { scale: 0.5, zeroPoint: 10, range: 'full' }, back);
    expect([...back]).toEqual([-1.5, 0, 0, 3, 1e9]);
    const signed = codeArray(getFormat('fixed32q16'), 1);
    bulkEncode(Float32Array.of(-1), getFormat('fixed32q16'), NEAREST_EVEN, UNIT, signed);
    expect(signed[0]).toBe(0xffff0000);
  });

  it('keeps specials and −0, and names the value a format cannot hold', () => {
    const values = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0);
    const float = codeArray(getFormat('float8e4m3'), 5);
    bulkEncode(values, getFormat('float8e4m3'), { ...NEAREST_EVEN, policy: 'infinity' }, UNIT, float);
    expect([...float]).toEqual([0x7c, 0x78, 0xf8, 0x80, 0]);
    const back = new Float32Array(5);
    bulkDecode(float, getFormat('float8e4m3'), UNIT, back);
    expect([...back].every((value, index) => Object.is(value, values[index]))).toBe(true);
    const fixed = getFormat('fixed8q4');
    const where = (index: number) => `weights of dense1[${index}]`;
    expect(() => bulkEncode(values, fixed, NEAREST_EVEN, UNIT, float, undefined, where)).toThrow(
      'weights of dense1[0] is NaN, which fixed8q4 cannot hold',
    );
    expect(() => bulkEncode(values.slice(1), fixed, NEAREST_EVEN, UNIT, float)).toThrow(
      'value 0 is Infinity',
    );
  });

  it('every code decodes to scale times value', () => {
    for (const name of ['posit8es2', 'float8e4m3fnuz', 'affine8s']) {
      const format = getFormat(name);
      const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
      const out = new Float64Array(256);
      bulkDecode(codes, format, { ...UNIT, scale: 0.1 }, out);
      expect([...out].every((real, code) => Object.is(real, 0.1 * format.toNumber(code)))).toBe(true);
    }
  });

  it('decodes more than a chunk into both kinds of array, from codes of any element', () => {
    const stream = new Stream(5, 'dataset');
    for (const name of ['posit8es1', 'float6e3m2f', 'affine5', 'pow2int7', 'posit16es1', 'pow2int12']) {
      const format = getFormat(name);
      const placement = { ...UNIT, scale: 0.3, zeroPoint: name === 'affine5' ? 9 : 0 };
      for (const length of [0, 1, 63, 300, 70_001]) {
        const random = Array.from({ length }, () => stream.below(2 ** format.bits));
        const reals = random.map((code) => 0.3 * (format.toNumber(code) - placement.zeroPoint));
        const arrays =
          format.bits <= 8 ? [Uint8Array.from(random), Uint16Array.from(random)] : [Uint16Array.from(random)];
        for (const codes of arrays) {
          for (const out of [new Float64Array(length), new Float32Array(length)]) {
            bulkDecode(codes, format, placement, out);
            const kept = out instanceof Float32Array ? Math.fround : (real: number) => real;
            expect(out.every((value, index) => Object.is(value, kept(reals[index]!)))).toBe(true);
          }
        }
      }
    }
  });

  it('refuses what does not fit', () => {
    const posit = getFormat('posit16es1');
    expect(() => bulkEncode(new Float32Array(3), posit, NEAREST_EVEN, UNIT, new Uint16Array(2))).toThrow(
      'do not fit',
    );
    expect(() => bulkEncode(new Float32Array(3), posit, NEAREST_EVEN, UNIT, new Uint8Array(3))).toThrow(
      '16 bits',
    );
    expect(() => bulkDecode(Uint8Array.of(255), getFormat('posit7es1'), UNIT, new Float64Array(1))).toThrow(
      'code 255 is not one of posit7es1',
    );
    for (const at of [0, 19_999]) {
      const outside = new Uint8Array(20_000);
      outside[at] = 200;
      expect(() => bulkDecode(outside, getFormat('posit7es1'), UNIT, new Float64Array(20_000))).toThrow(
        'code 200 is not one of posit7es1',
      );
    }
    const some = roundingsOf(posit).length;
    expect(some).toBe(18);
  });
});
