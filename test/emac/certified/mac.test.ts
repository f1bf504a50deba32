import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { CertifiedMac } from '../../../emac/certified/mac.js';
import { codeTable, useFacts } from '../../../emac/codes/facts.js';
import { codeBytes, codeView } from '../../../emac/codes/width.js';
import { DEFAULT_CHOICES, type LayerChoices } from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import { type Activation, type MacLayer, quantizeLayer } from '../../../emac/layer/layer.js';
import { referenceOutput } from '../../../emac/layer/reference.js';
import { NEAREST_EVEN, type NumberFormat, type Rounding } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { createKernels } from '../../../kernels/loader.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import { outputView } from '../output-view.js';

interface Case {
  readonly format: string;
  readonly weightFormat?: string;
  readonly outputFormat?: string;
  readonly k: number;
  readonly rows: number;
  readonly n: number;
  readonly rounding?: Rounding;
  readonly activation?: Activation;
  readonly scales?: readonly [number, number, number];
  readonly zeroPoints?: readonly [number, number, number];
  readonly choices?: Partial<LayerChoices>;
  /** Share of operands drawn from all codes, NaN and Inf among them; the others are drawn like a trained net's. */
  readonly wild: number;
  readonly seed: number;
}

function encoding(format: NumberFormat, scale: number, zeroPoint: number, rounding: Rounding): Encoding {
  return {
    format,
    rounding,
    zeroPoint,
    range: 'full' as const,
    granularity: { kind: 'tensor' },
    scales: Float64Array.of(scale),
  };
}

/** A bell-shaped random number of width 1. */
function bell(stream: Stream): number {
  return stream.uniform() + stream.uniform() + stream.uniform() + stream.uniform() - 2;
}

function codesOf(n: number, target: Encoding, wild: number, stream: Stream, spread: number): number[] {
  const { format } = target;
  return Array.from({ length: n }, () => {
    if (stream.uniform() < wild) return stream.below(2 ** format.bits);
    const real = bell(stream) * spread + target.zeroPoint;
    return format.encode(real, NEAREST_EVEN);
  });
}

function run(test: Case): {
  layer: MacLayer;
  wrong: number;
  codes: Set<number>;
  undecided: number;
  total: number;
} {
  const stream = new Stream(test.seed, 'dataset');
  const rounding = test.rounding ?? NEAREST_EVEN;
  const [sw, sx, sy] = test.scales ?? [1, 1, 1];
  const [zw, zx, zy] = test.zeroPoints ?? [0, 0, 0];
  const x = encoding(getFormat(test.format), sx, zx, NEAREST_EVEN);
  const w = encoding(getFormat(test.weightFormat ?? test.format), sw, zw, NEAREST_EVEN);
  const y = encoding(getFormat(test.outputFormat ?? test.format), sy, zy, rounding);
  const { k, n, rows } = test;
  const bias = Float32Array.from({ length: n }, () => bell(stream) * 0.1);
  const source = {
    name: 'layer',
    k,
    outChannels: n,
    bias,
    activation: test.activation ?? 'identity',
    tensor: 3,
    group: 0,
  } as const;
  const quantized = quantizeLayer({ ...source, weights: new Float32Array(n * k) }, w, x, y, {
    ...DEFAULT_CHOICES,
    ...test.choices,
  });
  const spread = Math.max(
    getFormat(test.format).facts.minPositive * 3,
    Math.min(1, getFormat(test.format).facts.max / 2),
  );
  const weightCodes = codesOf(n * k, w, test.wild, stream, spread / 2);
  (quantized.weightCodes as Uint32Array).set(weightCodes);
  const layer = quantized;

  const kernels = createKernels();
  const bytes = codeBytes(x.format.bits);
  const codes = kernels.allocate((rows + 4) * k * bytes);
  const inputs = codeView(kernels, x.format.bits, codes, rows * k);
  inputs.set(codesOf(rows * k, x, test.wild, stream, spread));
  const out = kernels.allocate(rows * n * codeBytes(y.format.bits));
  const mac = new CertifiedMac(kernels, layer, rows);
  const used = new Uint8Array(2 ** Math.min(8, x.format.bits));
  for (const code of inputs) used[code] = 1;
  const facts = x.format.bits <= 8 ? useFacts(codeTable(x), used) : undefined;
  const randomWordAt =
    rounding.mode === 'stochastic'
      ? (row: number, channel: number) => (row * 2654435761 + channel * 40503) >>> 0
      : undefined;
  mac.run({ kind: 'rows', codes, rows, out, facts, randomWordAt });
  const outputs = outputView(kernels, { rows, out }, layer);
  const readers = { weights: new OperandReader(w), activations: new OperandReader(x) };
  let wrong = 0;
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < n; channel++) {
      const expected = referenceOutput(
        layer,
        readers,
        inputs,
        row * k,
        channel,
        randomWordAt?.(row, channel),
      );
      if (outputs[row * n + channel] !== expected) wrong++;
    }
  }
  return {
    layer,
    wrong,
    codes: new Set(outputs),
    undecided: mac.counts.float64 + mac.counts.reference,
    total: rows * n,
  };
}

const formats8 = [
  ...[3, 4, 5, 6, 7, 8].flatMap((n) => [0, 1, 2, 3, 4].map((es) => `posit${n}es${es}`)),
  'float8e4m3',
  'float8e5m2',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2fnuz',
  'float8e2m5',
  'float8e3m4',
  'float8e7m0',
  'float5e2m2',
  'float6e3m2f',
  'float6e2m3f',
  'float4e2m1f',
  'float7e3m3',
  'fixed8q0',
  'fixed8q5',
  'fixed5q4',
  'pow2val5',
  'pow2val8',
  'pow2int8',
  'affine8s',
  'affine5s',
];

describe('the certified GEMM gives the codes of the exact reference', () => {
  it.each(formats8)('%s, operands like a trained net, odd shapes', (format) => {
    for (const [index, k] of [1, 2, 9, 150].entries()) {
      const { wrong, codes } = run({ format, k, rows: 13, n: 11, wild: 0, seed: index });
      expect(wrong).toBe(0);
      expect(codes.size).toBeGreaterThan(1);
    }
  });

  it.each(formats8)('%s, any codes at all, NaN and Inf among them', (format) => {
    if (getFormat(format).nan === undefined && getFormat(format).infinity !== undefined) return;
    expect(run({ format, k: 7, rows: 12, n: 9, wild: 0.3, seed: 5 }).wrong).toBe(0);
    expect(run({ format, k: 40, rows: 9, n: 9, wild: 0.05, seed: 6, activation: 'relu' }).wrong).toBe(0);
  });

  const wide = [
    'posit16es1',
    'posit16es2',
    'float16',
    'bfloat16',
    'fixed16q8',
    'posit12es0',
    'posit32es2',
    'float32',
    'fixed32q16',
    'pow2int16',
  ];
  it.each(wide)('%s', (format) => {
    expect(run({ format, k: 33, rows: 9, n: 6, wild: 0, seed: 1, activation: 'relu' }).wrong).toBe(0);
    expect(run({ format, k: 12, rows: 5, n: 5, wild: 0.1, seed: 2 }).wrong).toBe(0);
  });

  it('mixed formats for weights, activations and outputs', () => {
    for (const [weightFormat, format, outputFormat] of [
      ['posit8es1', 'float8e4m3fn', 'posit16es1'],
      ['fixed8q6', 'posit6es2', 'float16'],
      ['posit16es1', 'posit8es0', 'posit8es2'],
      ['pow2val4', 'float8e5m2', 'fixed8q3'],
      ['posit8es2', 'posit8es2', 'posit32es2'],
    ] as const) {
      expect(
        run({ weightFormat, format, outputFormat, k: 25, rows: 16, n: 16, wild: 0, seed: 8 }).wrong,
      ).toBe(0);
    }
  });

  it('scales that are not powers of two, zero points and every activation', () => {
    for (const activation of ['identity', 'relu', 'relu6'] as const) {
      for (const scaleBits of [8, 16, 24, 53]) {
        const scales = [0.0123, 0.31, 0.077] as const;
        const choices = { scaleBits };
        const affine = { format: 'affine8', weightFormat: 'affine8s', zeroPoints: [0, 17, 101] as const };
        expect(
          run({ ...affine, k: 60, rows: 12, n: 9, scales, activation, choices, wild: 0.5, seed: 3 }).wrong,
        ).toBe(0);
        expect(
          run({ format: 'posit8es2', k: 60, rows: 12, n: 9, scales, activation, choices, wild: 0, seed: 4 })
            .wrong,
        ).toBe(0);
        expect(
          run({ format: 'float8e4m3', k: 60, rows: 12, n: 9, scales, activation, choices, wild: 0, seed: 4 })
            .wrong,
        ).toBe(0);
      }
    }
  });

  it('integers under scales that are powers of two, a shift apart, many of them ties', () => {
    for (const activation of ['identity', 'relu', 'relu6'] as const) {
      for (const outputScale of [1 / 8, 1 / 2, 4, 2 ** 22]) {
        const scales = [1 / 4, 1 / 8, outputScale] as const;
        const test = { k: 20, rows: 12, n: 21, wild: 0.5, seed: 3, scales, activation };
        for (const format of ['fixed8q0', 'fixed8q5', 'fixed5q3', 'affine8s'])
          expect(run({ ...test, format }).wrong).toBe(0);
        const zeroPoints = [0, 17, 101] as const;
        expect(run({ ...test, format: 'affine8', weightFormat: 'affine8s', zeroPoints }).wrong).toBe(0);
      }
    }
  });

  it('every rounding mode and overflow policy, stochastic with its random word', () => {
    for (const mode of ['nearest-away', 'toward-zero', 'up', 'down', 'stochastic'] as const) {
      for (const policy of ['saturate', 'infinity', 'nan'] as const) {
        const rounding = { mode, policy, underflow: 'none' } as const;
        const test = { k: 30, rows: 10, n: 10, wild: 0, seed: 11, scales: [4, 3, 0.05] as const, rounding };
        expect(run({ ...test, format: 'float8e4m3' }).wrong).toBe(0);
        if (policy === 'saturate') {
          expect(run({ ...test, format: 'posit8es1' }).wrong).toBe(0);
          expect(run({ ...test, format: 'fixed8q4' }).wrong).toBe(0);
          expect(run({ ...test, format: 'posit16es1' }).wrong).toBe(0);
        }
      }
    }
    for (const underflow of ['bitstring', 'half'] as const) {
      const rounding = { mode: 'nearest-even', policy: 'saturate', underflow } as const;
      expect(run({ format: 'posit6es1', k: 3, rows: 20, n: 10, wild: 0.5, seed: 12, rounding }).wrong).toBe(
        0,
      );
    }
  });

  it('sums that would overflow int32, and sums that cancel', () => {
    expect(
      run({ format: 'fixed8q0', k: 4096, rows: 4, n: 8, wild: 1, seed: 13, scales: [1, 1, 500] }).wrong,
    ).toBe(0);
    expect(
      run({ format: 'affine8', k: 3000, rows: 4, n: 8, wild: 1, seed: 13, scales: [1, 1, 500] }).wrong,
    ).toBe(0);
    expect(run({ format: 'posit8es0', k: 2048, rows: 4, n: 8, wild: 0.9, seed: 14 }).wrong).toBe(0);
  });
});
