/** Adds and activations on every pair of codes there is, against rationals rounded by the reference. */
import { describe, expect, it } from 'vitest';
import { roundToPrecision, toRational } from '../../../arithmetic/float64.js';
import { add, compare, divide, dyadic, multiply, type Rational } from '../../../arithmetic/rational.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import type { Activation } from '../../../emac/layer/layer.js';
import { NEAREST_EVEN, type Rounding } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { referenceEncode } from '../../../formats/rounding/reference.js';
import { createKernels } from '../../../kernels/loader.js';
import { EmacJoin } from '../../../networks/dataflows/emac-join.js';
import { CodeTensor } from '../../../networks/dataflows/emac-tensor.js';
import type { Encoding } from '../../../quantizers/encoding.js';

const kernels = createKernels();
const BATCH = 3;

interface Side {
  readonly format: string;
  readonly scale: number;
  readonly zeroPoint?: number;
  readonly rounding?: Rounding;
}

function encodingOf({ format, scale, zeroPoint = 0, rounding = NEAREST_EVEN }: Side): Encoding {
  const scales = Float64Array.of(scale);
  const granularity = { kind: 'tensor' } as const;
  return { format: getFormat(format), rounding, scales, zeroPoint, granularity, range: 'full' };
}

function exactOf({ format, zeroPoint }: Encoding, code: number): Rational | 'nan' | '+' | '-' {
  const exact = format.decode(code);
  if (exact.kind === 'nan') return 'nan';
  if (exact.kind === 'infinity') return exact.sign > 0 ? '+' : '-';
  const magnitude = exact.sign < 0 ? -exact.significand : exact.significand;
  return add(dyadic(magnitude, exact.exponent), dyadic(BigInt(-zeroPoint), 0));
}

/** The code by the definition: docs/numerics.md §4. */
function expected(
  inputs: readonly Encoding[],
  codes: readonly number[],
  act: Activation,
  y: Encoding,
): number {
  const values = inputs.map((input, i) => exactOf(input, codes[i]!));
  const infinities = new Set(values.filter((value) => value === '+' || value === '-'));
  if (values.includes('nan') || infinities.size === 2) return y.format.encode(Number.NaN, y.rounding);
  const scaleOf = (encoding: Encoding) => toRational(encoding.scales[0]!);
  let sum = dyadic(0n, 0);
  for (const [i, value] of values.entries()) {
    const s = roundToPrecision(divide(scaleOf(inputs[i]!), scaleOf(y)), DEFAULT_CHOICES.scaleBits);
    if (typeof value !== 'string') sum = add(sum, multiply(s, value));
  }
  const cap = divide(dyadic(6n, 0), scaleOf(y));
  const isPlus = infinities.has('+');
  if (infinities.size === 1 && act === 'identity')
    return y.format.encode(isPlus ? Infinity : -Infinity, y.rounding);
  if (isPlus && act === 'relu') return y.format.encode(Infinity, y.rounding);
  if (act !== 'identity' && (infinities.has('-') || (!isPlus && sum.numerator < 0n))) sum = dyadic(0n, 0);
  if (act === 'relu6' && (isPlus || compare(sum, cap) > 0)) sum = cap;
  return referenceEncode(y.format, sum, y.rounding, { zeroPoint: y.zeroPoint, range: 'full' });
}

function tensor(name: string, size: number, encoding: Encoding): CodeTensor {
  return new CodeTensor(kernels, { name, shape: [size], size }, encoding, BATCH);
}

/** Every pair of the inputs' codes once; then three images of some of them, in another order. */
function check(sides: readonly Side[], act: Activation, out: Side): void {
  kernels.clear();
  const encodings = sides.map(encodingOf);
  const y = encodingOf(out);
  const counts = encodings.map(({ format }) => 2 ** format.bits);
  const all = counts.reduce((a, b) => a * b);
  const inputs = encodings.map((encoding, i) => tensor(`in${i}`, all, encoding));
  const output = tensor('out', all, y);
  const join = new EmacJoin(
    kernels,
    { kind: 'add', name: 'join', inputs: inputs.map((_, i) => i), output: inputs.length, activation: act },
    inputs,
    output,
    DEFAULT_CHOICES,
    inputs.length,
  );
  const pair = (index: number) =>
    counts.length === 1 ? [index] : [Math.floor(index / counts[1]!), index % counts[1]!];
  const wanted = Array.from({ length: all }, (_, index) => expected(encodings, pair(index), act, y));
  const runOn = (images: number, indexOf: (at: number) => number) => {
    for (const [t, input] of inputs.entries()) {
      const codes = input.codes(images);
      for (let at = 0; at < codes.length; at++) codes[at] = pair(indexOf(at))[t]!;
    }
    join.run(images, 0);
    const got = output.codes(images);
    const wrong = got.findIndex((code, at) => code !== wanted[indexOf(at)]);
    expect(
      wrong < 0 ? 'all equal' : `${pair(indexOf(wrong))}: ${got[wrong]}, not ${wanted[indexOf(wrong)]}`,
    ).toBe('all equal');
  };
  // a few first, so that most entries are missing when the rest comes
  runOn(1, (at) => (at * at) % Math.min(all, 5));
  runOn(1, (at) => at);
  runOn(BATCH, (at) => (at * 40_503 + 7) % all);
}

const DOWN: Rounding = { mode: 'down', policy: 'saturate', underflow: 'none' };
const TO_INFINITY: Rounding = { mode: 'nearest-even', policy: 'infinity', underflow: 'none' };

describe('adds of all pairs of codes have the codes of the definition', () => {
  it.each<[string, readonly Side[], Activation, Side]>([
    [
      'posits',
      [
        { format: 'posit8es1', scale: 0.37 },
        { format: 'posit8es1', scale: 1.9 },
      ],
      'identity',
      { format: 'posit8es1', scale: 0.8 },
    ],
    [
      'integers with zero points',
      [
        { format: 'affine8', scale: 0.03, zeroPoint: 37 },
        { format: 'affine8', scale: 0.05, zeroPoint: 9 },
      ],
      'relu6',
      { format: 'affine8', scale: 0.04, zeroPoint: 3 },
    ],
    [
      'floats with NaN, at scales where sums tie',
      [
        { format: 'float8e4m3fn', scale: 1 },
        { format: 'float8e4m3fn', scale: 0.5 },
      ],
      'relu',
      { format: 'float8e4m3fn', scale: 2 },
    ],
    [
      'infinities, beside a narrow format, rounded down',
      [
        { format: 'float8e5m2', scale: 0.7 },
        { format: 'fixed6q3', scale: 1.1 },
      ],
      'identity',
      { format: 'float7e4m2', scale: 0.9, rounding: DOWN },
    ],
    [
      'overflow to infinity, of a narrow format first',
      [
        { format: 'float6e3m2f', scale: 40 },
        { format: 'float8e5m2', scale: 3 },
      ],
      'identity',
      { format: 'float8e5m2', scale: 2, rounding: TO_INFINITY },
    ],
  ])('%s', (_, sides, act, out) => check(sides, act, out));
});

describe('activations of all codes have the codes of the definition', () => {
  it.each(['posit8es0', 'posit5es1', 'float8e5m2', 'float6e3m2f', 'fixed8q4', 'pow2int8', 'pow2val6'])(
    '%s',
    (format) => {
      for (const act of ['identity', 'relu', 'relu6'] as const)
        check([{ format, scale: 0.6 }], act, { format, scale: 0.45 });
    },
  );
});

describe('codes that an output cannot take', () => {
  it('are refused when they occur, not when a table could hold them', () => {
    kernels.clear();
    const input = tensor('in', 2, encodingOf({ format: 'posit8es1', scale: 1 }));
    const output = tensor('out', 2, encodingOf({ format: 'fixed8q4', scale: 1 }));
    const step = { kind: 'activation', name: 'relu', inputs: [0], output: 1, activation: 'relu' } as const;
    const join = new EmacJoin(kernels, step, [input], output, DEFAULT_CHOICES, 1);
    input.codes(1).set([64, 0]);
    join.run(1, 0);
    expect([...output.codes(1)]).toEqual([16, 0]);
    input.codes(1).set([64, 128]);
    const refusal = /^fixed8q4 has no code for nan; use a format with NaN/;
    expect(() => join.run(1, 0)).toThrow(refusal);
    expect(() => join.run(1, 0)).toThrow(refusal);
  });
});
