/** Codes of one encoding as those of another: every code of pairs of formats against the rule in rationals. */
import { describe, expect, it } from 'vitest';
import { roundToPrecision, toRational } from '../../../arithmetic/float64.js';
import { divide, dyadic, multiply, subtract } from '../../../arithmetic/rational.js';
import { codeView } from '../../../emac/codes/width.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { decodeExact, referenceEncode } from '../../../formats/rounding/reference.js';
import { createKernels } from '../../../kernels/loader.js';
import { EmacConcat } from '../../../networks/dataflows/emac-concat.js';
import { CodeTensor } from '../../../networks/dataflows/emac-tensor.js';
import { Reencoder } from '../../../networks/dataflows/reencoder.js';
import type { Encoding } from '../../../quantizers/encoding.js';

const encoding = (format: string, scale: number, zeroPoint = 0): Encoding => ({
  format: getFormat(format),
  rounding: NEAREST_EVEN,
  scales: Float64Array.of(scale),
  zeroPoint,
  granularity: { kind: 'tensor' },
  range: 'full',
});

const FORMATS: readonly (readonly [string, number])[] = [
  ['posit8es1', 0],
  ['posit8es0', 0],
  ['posit6es2', 0],
  ['float8e4m3fn', 0],
  ['float8e5m2', 0],
  ['float6e3m2f', 0],
  ['fixed8q4', 0],
  ['affine8', 37],
  ['pow2int8', 0],
];
const SCALES = [1, 0.5, 3, 0.3, 2 ** -7, 1 / 3, 1.0000000000000002];
const PAIRS = FORMATS.flatMap(([from, a]) => FORMATS.map(([to, b]) => [from, to, a, b] as const));

describe('codes rounded to another encoding', () => {
  it.each(PAIRS)('%s to %s', (from, to, fromZero, toZero) => {
    let finite = 0;
    for (const scale of SCALES) {
      const [x, y] = [encoding(from, scale, fromZero), encoding(to, 1, toZero)];
      const own = new Reencoder('the test', x, y, 16);
      const s = roundToPrecision(toRational(scale), 16);
      for (let code = 0; code < 2 ** x.format.bits; code++) {
        if (x.format.decode(code).kind !== 'finite') continue;
        const value = subtract(decodeExact(x.format, code), dyadic(BigInt(fromZero), 0));
        const expected = referenceEncode(y.format, multiply(s, value), NEAREST_EVEN, {
          zeroPoint: toZero,
          range: 'full',
        });
        if (own.code(code, undefined) !== expected) {
          expect([scale, code, own.code(code, undefined)]).toEqual([scale, code, expected]);
        }
        finite++;
      }
    }
    expect(finite).toBeGreaterThan(300);
  });

  it.each(FORMATS)('leaves every code of %s what it is where nothing changes', (name, zeroPoint) => {
    for (const scale of [1, 0.3, 7]) {
      const same = encoding(name, scale, zeroPoint);
      const own = new Reencoder('the test', same, same, 16);
      const { format } = same;
      for (let code = 0; code < 2 ** format.bits; code++) {
        // −0 as an exact real is 0
        const expected = code === format.negativeZero ? format.encode(0) : code;
        if (Number.isFinite(format.toNumber(code))) expect(own.code(code, undefined)).toBe(expected);
      }
    }
  });

  it('a multiplier has the bits that were asked for', () => {
    const { multiplier } = new Reencoder('the test', encoding('posit8es1', 1), encoding('posit8es1', 3), 8);
    expect(multiplier).toEqual(roundToPrecision(divide(dyadic(1n, 0), dyadic(3n, 0)), 8));
  });
});

/** A concat of one input of two channels into an output of another encoding, on one pixel. */
function joined(from: string, to: string, codes: readonly number[]): number[] {
  const kernels = createKernels();
  const tensor = (own: Encoding, channels: number) =>
    new CodeTensor(kernels, { name: 'edge', shape: [channels], size: channels }, own, 1);
  const [input, output] = [tensor(encoding(from, 0.5), 2), tensor(encoding(to, 1), 4)];
  codeView(kernels, input.encoding.format.bits, input.pointer, 2).set(codes);
  input.observe(1);
  const step = { kind: 'concat', name: 'c', inputs: [0, 0], output: 1, pixels: 1, channels: [2, 2] } as const;
  new EmacConcat(kernels, step, [input, input], output, DEFAULT_CHOICES).run(1, 0);
  return [...output.codes(1)];
}

describe('operands that are NaN, NaR or Inf', () => {
  it('become what the output has for them', () => {
    const [nan, infinity] = [0x7f, 0x7c];
    expect(joined('float8e5m2', 'posit8es1', [nan, infinity])).toEqual([128, 128, 128, 128]);
    // held at the largest value: under `saturate` an infinity is one more value beyond it
    const held = getFormat('float8e5m2').encode(57344);
    expect(joined('float8e5m2', 'float8e5m2', [nan, infinity])).toEqual([0x7e, held, 0x7e, held]);
    expect(joined('posit8es1', 'posit16es1', [128, 0])).toEqual([0x8000, 0, 0x8000, 0]);
  });

  it('are refused where it has nothing, and only where they occur', () => {
    expect(() => joined('posit8es1', 'fixed8q0', [0, 128])).toThrow(/fixed8q0 has no code for nan/);
    // 8 times one half, 1 times one half
    expect(joined('posit8es1', 'fixed8q1', [0x68, 0x40])).toEqual([8, 1, 8, 1]);
  });
});
