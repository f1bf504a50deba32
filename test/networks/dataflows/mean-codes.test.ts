/** Average pools on codes of up to 8 bits against rationals rounded by the reference: every pair of codes, and windows of more. */
import { describe, expect, it } from 'vitest';
import { roundToPrecision, toRational } from '../../../arithmetic/float64.js';
import { Stream } from '../../../arithmetic/philox.js';
import { add, divide, dyadic, multiply, subtract } from '../../../arithmetic/rational.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import type { Window } from '../../../emac/layer/window.js';
import { NEAREST_EVEN, type Rounding } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { decodeExact, referenceEncode } from '../../../formats/rounding/reference.js';
import { createKernels } from '../../../kernels/loader.js';
import { EmacAveragePool } from '../../../networks/dataflows/emac-average-pool.js';
import { CodeTensor } from '../../../networks/dataflows/emac-tensor.js';
import type { Encoding } from '../../../quantizers/encoding.js';

const kernels = createKernels();
const stream = new Stream(12, 'dataset');

interface Side {
  readonly format: string;
  readonly scale: number;
  readonly zeroPoint?: number;
  readonly rounding?: Rounding;
}

function tensor(
  name: string,
  size: number,
  { format, scale, zeroPoint = 0, rounding = NEAREST_EVEN }: Side,
): CodeTensor {
  const scales = Float64Array.of(scale);
  const granularity = { kind: 'tensor' } as const;
  const encoding = {
    format: getFormat(format),
    rounding,
    scales,
    zeroPoint,
    granularity,
    range: 'full',
  } as const;
  return new CodeTensor(kernels, { name, shape: [size], size }, encoding, 1);
}

function isNumber({ format }: Encoding, code: number): boolean {
  return format.decode(code).kind === 'finite';
}

/** Pools one image of `codes` and compares every output with the definition (docs/numerics.md §4). */
function check(window: Window, from: Side, to: Side, codes: ArrayLike<number>, scaleBits = 16): void {
  const w = window;
  const input = tensor('in', w.inHeight * w.inWidth * w.inChannels, from);
  const output = tensor('out', w.outHeight * w.outWidth * w.inChannels, to);
  const step = { kind: 'pool', name: 'p', pooling: 'average', inputs: [0], output: 1, window } as const;
  const pool = new EmacAveragePool(kernels, step, input, output, { ...DEFAULT_CHOICES, scaleBits }, 1);
  input.codes(1).set(codes);
  input.observe(1);
  pool.run(1, 0);
  const s = roundToPrecision(divide(toRational(from.scale), toRational(to.scale)), scaleBits);
  const values = Array.from({ length: 2 ** input.encoding.format.bits }, (_, code) =>
    isNumber(input.encoding, code)
      ? subtract(decodeExact(input.encoding.format, code), dyadic(BigInt(from.zeroPoint ?? 0), 0))
      : undefined,
  );
  const { format, rounding, zeroPoint } = output.encoding;
  const got = output.codes(1);
  for (let at = 0; at < got.length; at++) {
    const c = at % w.inChannels;
    const ox = ((at - c) / w.inChannels) % w.outWidth;
    const oy = Math.floor(at / w.inChannels / w.outWidth);
    const taps: number[] = [];
    for (let ky = 0; ky < w.kernelHeight; ky++) {
      for (let kx = 0; kx < w.kernelWidth; kx++) {
        const y = oy * w.strideY - w.padTop + ky * w.dilationY;
        const x = ox * w.strideX - w.padLeft + kx * w.dilationX;
        if (y >= 0 && y < w.inHeight && x >= 0 && x < w.inWidth)
          taps.push(codes[(y * w.inWidth + x) * w.inChannels + c]!);
      }
    }
    const found = taps.map((code) => values[code]);
    const sum = found.reduce((a, b) => (a && b ? add(a, b) : undefined), dyadic(0n, 0));
    const wanted = sum
      ? referenceEncode(format, multiply(s, divide(sum, dyadic(BigInt(taps.length), 0))), rounding, {
          zeroPoint,
          range: 'full',
        })
      : format.encode(Number.NaN, rounding);
    if (got[at] !== wanted) expect([at, ...taps, got[at]]).toEqual([at, ...taps, wanted]);
  }
  expect(got.length).toBeGreaterThan(0);
}

const PAIRS: Window = {
  inHeight: 256,
  inWidth: 512,
  inChannels: 1,
  kernelHeight: 1,
  kernelWidth: 2,
  strideY: 1,
  strideX: 2,
  padTop: 0,
  padLeft: 0,
  dilationY: 1,
  dilationX: 1,
  outHeight: 256,
  outWidth: 256,
};

const DOWN: Rounding = { mode: 'down', policy: 'saturate', underflow: 'none' };
const AWAY: Rounding = { mode: 'nearest-away', policy: 'saturate', underflow: 'none' };

describe('means of every pair of codes', () => {
  it.each<[string, Side, Side]>([
    ['posits', { format: 'posit8es1', scale: 1 }, { format: 'posit8es1', scale: 1 }],
    [
      'floats at a real scale',
      { format: 'float8e4m3fn', scale: 0.37 },
      { format: 'float8e4m3fn', scale: 0.31 },
    ],
    [
      'integers with zero points, half of the means ties',
      { format: 'affine8', scale: 1, zeroPoint: 37 },
      { format: 'affine8', scale: 1, zeroPoint: 9 },
    ],
    [
      'integers rounded down',
      { format: 'fixed8q4', scale: 0.3 },
      { format: 'fixed8q5', scale: 0.2, rounding: DOWN },
    ],
    [
      'powers of two, ties away from zero',
      { format: 'pow2val8', scale: 1 },
      { format: 'fixed8q6', scale: 0.5, rounding: AWAY },
    ],
  ])('%s', (_, from, to) => {
    kernels.clear();
    // what is no number is a matter of its own: with one of them in the image all windows take another way
    const codeOf = (code: number) =>
      getFormat(from.format).decode(code).kind === 'finite' ? code : code - 1;
    check(
      PAIRS,
      from,
      to,
      Array.from({ length: 131_072 }, (_, i) => codeOf(i & 1 ? i >> 9 : (i >> 1) & 255)),
    );
  });
});

describe('means of windows with padding, strides and dilation', () => {
  const padded: Window = {
    inHeight: 9,
    inWidth: 10,
    inChannels: 7,
    kernelHeight: 3,
    kernelWidth: 3,
    strideY: 2,
    strideX: 1,
    padTop: 1,
    padLeft: 1,
    dilationY: 1,
    dilationX: 1,
    outHeight: 5,
    outWidth: 10,
  };
  const dilated: Window = {
    ...padded,
    kernelHeight: 2,
    kernelWidth: 3,
    dilationY: 3,
    dilationX: 2,
    padLeft: 2,
    inChannels: 5,
    outHeight: 4,
  };
  const whole: Window = {
    inHeight: 8,
    inWidth: 6,
    inChannels: 9,
    kernelHeight: 8,
    kernelWidth: 6,
    strideY: 8,
    strideX: 6,
    padTop: 0,
    padLeft: 0,
    dilationY: 1,
    dilationX: 1,
    outHeight: 1,
    outWidth: 1,
  };
  it.each([
    'posit8es1',
    'posit6es1',
    'posit8es2',
    'posit8es4',
    'float8e4m3fn',
    'float8e5m2',
    'float6e3m2f',
    'fixed8q0',
    'affine8',
    'pow2int8',
    'pow2val5',
  ])('%s, all its codes, and those that are numbers', (name) => {
    const format = getFormat(name);
    const numbers = Array.from({ length: 2 ** format.bits }, (_, code) => code).filter(
      (code) => format.decode(code).kind === 'finite',
    );
    const zeroPoint = name === 'affine8' ? 100 : 0;
    for (const window of [padded, dilated, whole]) {
      for (const [scaleBits, scale] of [
        [16, 1],
        [16, 0.77],
        [53, 0.77],
      ] as const) {
        for (const among of numbers.length < 2 ** format.bits && format.nan !== undefined && !format.infinity
          ? [numbers, undefined]
          : [numbers]) {
          kernels.clear();
          const size = window.inHeight * window.inWidth * window.inChannels;
          const codes = Array.from({ length: size }, () =>
            among ? among[stream.below(among.length)]! : stream.below(2 ** format.bits),
          );
          check(
            window,
            { format: name, scale, zeroPoint },
            { format: name, scale: 1, zeroPoint },
            codes,
            scaleBits,
          );
        }
      }
    }
  });
});
