import { describe, expect, it } from 'vitest';
import { toRational } from '../../../arithmetic/float64.js';
import { Stream } from '../../../arithmetic/philox.js';
import { add, compare, dyadic, multiply, ZERO } from '../../../arithmetic/rational.js';
import { ExactDot } from '../../../emac/unit/dot.js';
import { getFormat } from '../../../formats/registry.js';

const PAIRS = [
  ['posit8es2', 'posit8es2'],
  ['float8e4m3', 'posit8es0'],
  ['fixed8q4', 'float8e5m2'],
  ['affine8', 'affine8s'],
  ['posit16es2', 'float16'],
  ['bfloat16', 'fixed16q8'],
  ['float32', 'posit32es2'],
  ['posit32es4', 'posit32es0'],
  ['fixed32q31', 'affine32'],
  ['pow2val6', 'posit3es0'],
] as const;

describe('ExactDot', () => {
  for (const names of PAIRS) {
    it(`${names.join(' · ')} equals the rational sum`, () => {
      const formats = names.map(getFormat);
      const dot = new ExactDot(formats[0]!, formats[1]!);
      const random = new Stream(3, 'dataset');
      const codeOf = (format: (typeof formats)[number]) => {
        for (;;) {
          const code = random.below(2 ** format.bits);
          if (Number.isFinite(format.toNumber(code))) return code;
        }
      };
      for (let trial = 0; trial < 8; trial++) {
        let exact = ZERO;
        for (let i = 0; i < 40; i++) {
          const codes = formats.map(codeOf);
          dot.add(codes[0]!, codes[1]!);
          const [w, x] = codes.map((code, side) => toRational(formats[side]!.toNumber(code)));
          exact = add(exact, multiply(w!, x!));
        }
        const sum = dot.take();
        expect(typeof sum).toBe('bigint');
        expect(compare(dyadic(sum as bigint, dot.latticeExponent), exact)).toBe(0);
      }
    });
  }

  it('carries before a float64 sum could lose a bit', () => {
    // the largest integer operands there are: every product is close to 2^64
    const format = getFormat('affine32');
    const dot = new ExactDot(format, format);
    const code = 2 ** 32 - 1;
    const k = 300_000;
    for (let i = 0; i < k; i++) dot.add(code, code);
    const steps = BigInt(format.toNumber(code));
    expect(dot.take()).toBe(BigInt(k) * steps * steps);
    const wide = getFormat('fixed16q0');
    const sum = new ExactDot(wide, wide);
    for (let i = 0; i < 2 ** 22; i++) sum.add(0x8000, 0x8000);
    expect(sum.take()).toBe(2n ** 52n);
  });

  it('starts anew after take, NaN included', () => {
    const format = getFormat('posit8es1');
    const dot = new ExactDot(format, format);
    dot.add(0x80, 0);
    expect(dot.take()).toBe('nan');
    dot.add(0x40, 0x40);
    expect(dot.take()).toBe(2n ** 24n);
    expect(dot.take()).toBe(0n);
  });

  it('treats infinities as extended reals', () => {
    const format = getFormat('float8e4m3');
    const [inf, one, minusOne] = [0x78, 0x38, 0xb8];
    const sum = (...pairs: [number, number][]) => {
      const dot = new ExactDot(format, format);
      for (const [w, x] of pairs) dot.add(w, x);
      return dot.take();
    };
    expect(sum([inf, one], [one, one])).toBe('+infinity');
    expect(sum([inf, minusOne])).toBe('-infinity');
    expect(sum([inf, one], [minusOne, inf])).toBe('nan');
    expect(sum([inf, 0x80])).toBe('nan');
  });
});
