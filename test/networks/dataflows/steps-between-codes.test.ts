/**
 * Average pools, concats, adds and activations on codes whose float64 value lies on one side of a boundary, or on it, and whose
 * exact value on the other: bounds that are too small certify wrong codes here. All expected codes follow from the
 * exact values in the comments.
 */
import { describe, expect, it } from 'vitest';
import { codeView } from '../../../emac/codes/width.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { createKernels } from '../../../kernels/loader.js';
import { EmacAveragePool } from '../../../networks/dataflows/emac-average-pool.js';
import { EmacJoin } from '../../../networks/dataflows/emac-join.js';
import { CodeTensor } from '../../../networks/dataflows/emac-tensor.js';
import { Reencoder } from '../../../networks/dataflows/reencoder.js';

const kernels = createKernels();
const CHOICES = { ...DEFAULT_CHOICES, scaleBits: 53 };

function tensor(format: string, shape: readonly number[], scale: number): CodeTensor {
  const size = shape.reduce((a, b) => a * b);
  return new CodeTensor(
    kernels,
    { name: 'edge', shape, size },
    {
      format: getFormat(format),
      rounding: NEAREST_EVEN,
      scales: Float64Array.of(scale),
      zeroPoint: 0,
      granularity: { kind: 'tensor' },
      range: 'full',
    },
    1,
  );
}

function fill({ encoding, pointer }: CodeTensor, values: readonly number[]): void {
  const { format } = encoding;
  const codes = codeView(kernels, format.bits, pointer, values.length);
  for (const [i, value] of values.entries()) {
    codes[i] = format.encode(value);
    if (format.toNumber(codes[i]!) !== value) throw new Error(`${value} is no value of ${format.name}`);
  }
}

/** encode(scale · mean), nearest integer. */
function average(values: readonly number[], scale: number): number {
  kernels.clear();
  const input = tensor('bfloat16', [1, values.length, 1], scale);
  const output = tensor('fixed8q0', [1, 1, 1], 1);
  const window = {
    inHeight: 1,
    inWidth: values.length,
    inChannels: 1,
    kernelHeight: 1,
    kernelWidth: values.length,
    strideY: 1,
    strideX: 1,
    padTop: 0,
    padLeft: 0,
    dilationY: 1,
    dilationX: 1,
    outHeight: 1,
    outWidth: 1,
  };
  const step = { kind: 'pool', name: 'p', pooling: 'average', inputs: [0], output: 1, window } as const;
  fill(input, values);
  new EmacAveragePool(kernels, step, input, output, CHOICES, 1).run(1, 0);
  return output.codes(1)[0]!;
}

/** encode(act(Σ scale · value)), nearest integer or posit, of one value an input. */
function joined(
  terms: readonly { readonly value: number; readonly scale: number }[],
  activation: 'identity' | 'relu' | 'relu6' = 'identity',
  format = 'fixed8q0',
): number {
  kernels.clear();
  const inputs = terms.map(({ scale }) => tensor('bfloat16', [1], scale));
  const output = tensor(format, [1], 1);
  const step = { kind: 'add', name: 'a', inputs: inputs.map((_, i) => i), output: 2, activation } as const;
  for (const [i, { value }] of terms.entries()) fill(inputs[i]!, [value]);
  new EmacJoin(kernels, step, inputs, output, CHOICES, 2).run(1, 0);
  return output.codes(1)[0]!;
}

describe('an average pool', () => {
  it('tells a tie from what float64 loses beside it', () => {
    // (1 ± 2^-60) / 2 and (3 ± 2^-60) / 2; float64 has 1/2 and 3/2
    expect(average([1, 0], 1)).toBe(0);
    expect(average([1, 2 ** -60], 1)).toBe(1);
    expect(average([3, 0], 1)).toBe(2);
    expect(average([3, -(2 ** -60)], 1)).toBe(1);
    expect(average([-1, -(2 ** -60)], 1)).toBe(255);
    expect(average([-3, 2 ** -60], 1)).toBe(255);
  });

  it('of a 1 and 63 values of 2^-54, each lost: nearly half of the bound is used', () => {
    // float64 has 1/2 − j · 2^-54; exact is (1 − j · 2^-53)(1 + 63 · 2^-54) / 2, above 1/2 up to j = 31
    const lost = [1, ...new Array<number>(63).fill(2 ** -54)];
    for (let j = 0; j < 64; j++) {
      const scale = 32 * (1 - j * 2 ** -53);
      expect([j, average(lost, scale)]).toEqual([j, j < 32 ? 1 : 0]);
      const negative = lost.map((value) => -value);
      expect([j, average(negative, scale)]).toEqual([j, j < 32 ? 255 : 0]);
    }
  });
});

/** s and values v with RN53(s · v) = boundary and s · v beside it, by how much in 2^-53 of it. */
function nearMisses(boundary: number): { value: number; scale: number; exact: 'above' | 'below' }[] {
  const found: { value: number; scale: number; exact: 'above' | 'below' }[] = [];
  for (let value = 129; value < 256; value += 2) {
    const scale = boundary / value;
    if (scale * value !== boundary) continue;
    // scale is a whole number of 2^-70, boundary of 2^-1
    const difference = BigInt(scale * 2 ** 70) * BigInt(value) - (BigInt(2 * boundary) << 69n);
    if (difference !== 0n) found.push({ value, scale, exact: difference > 0n ? 'above' : 'below' });
  }
  return found;
}

describe('a part of a concat', () => {
  it('tells products one rounding away from a boundary from those on it', () => {
    kernels.clear();
    for (const boundary of [1.5, 2.5, 3.5, 6.5, 7.5]) {
      for (const { value, scale, exact } of nearMisses(boundary)) {
        const [from, to] = [tensor('bfloat16', [1], scale), tensor('fixed8q0', [1], 1)];
        const part = new Reencoder('the test', from.encoding, to.encoding, 53);
        const codeOf = (real: number) => part.code(from.encoding.format.encode(real), undefined);
        const expected = boundary + (exact === 'above' ? 0.5 : -0.5);
        expect([boundary, value, codeOf(value), codeOf(-value)]).toEqual([
          boundary,
          value,
          expected,
          256 - expected,
        ]);
      }
    }
  });
});

describe('an add', () => {
  it('tells a tie from what float64 loses beside it', () => {
    const sum = (a: number, b: number) =>
      joined([
        { value: a, scale: 0.5 },
        { value: b, scale: 0.5 },
      ]);
    expect(sum(1, 0)).toBe(0);
    expect(sum(1, 2 ** -60)).toBe(1);
    expect(sum(3, 0)).toBe(2);
    expect(sum(3, -(2 ** -60))).toBe(1);
    expect(sum(2 ** -60, 1)).toBe(1);
    expect(sum(-1, -(2 ** -60))).toBe(255);
    expect(sum(-3, 2 ** -60)).toBe(255);
  });

  it('tells products one rounding away from a boundary from those on it', () => {
    for (const boundary of [1.5, 2.5, 3.5, 6.5, 7.5]) {
      const misses = nearMisses(boundary);
      expect(misses.length).toBeGreaterThan(8);
      for (const { value, scale, exact } of misses) {
        const terms = [
          { value, scale },
          { value: 0, scale },
        ];
        expect([boundary, value, joined(terms)]).toEqual([
          boundary,
          value,
          boundary + (exact === 'above' ? 0.5 : -0.5),
        ]);
        expect(joined([{ value: -value, scale }])).toBe(256 - boundary + (exact === 'above' ? -0.5 : 0.5));
      }
    }
  });

  it('clamps before it rounds, however near the cap', () => {
    // 6 + 2^-60, 6.5 ± and 5.5 ±
    const clamped = (a: number, b: number) =>
      joined(
        [
          { value: a, scale: 0.5 },
          { value: b, scale: 0.5 },
        ],
        'relu6',
      );
    expect([clamped(12, 2 ** -60), clamped(13, 2 ** -60), clamped(200, 1)]).toEqual([6, 6, 6]);
    expect([clamped(11, 2 ** -60), clamped(11, -(2 ** -60)), clamped(11, 0)]).toEqual([6, 5, 6]);
    expect([clamped(-1, 2 ** -60), clamped(-200, 1), clamped(1, 2 ** -60)]).toEqual([0, 0, 1]);
  });

  it('clamps what float64 has as 0 before a posit keeps it from 0', () => {
    // 1 − 1 ∓ 2^-60
    const beside = (tiny: number, activation: 'identity' | 'relu') =>
      joined(
        [1, -1, tiny].map((value) => ({ value, scale: 1 })),
        activation,
        'posit8es1',
      );
    expect([beside(-(2 ** -60), 'identity'), beside(2 ** -60, 'identity')]).toEqual([255, 1]);
    expect([beside(-(2 ** -60), 'relu'), beside(2 ** -60, 'relu'), beside(0, 'relu')]).toEqual([0, 1, 0]);
  });
});
