import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { CertifiedMac } from '../../../emac/certified/mac.js';
import { codeTable, useFacts } from '../../../emac/codes/facts.js';
import { codeView } from '../../../emac/codes/width.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import { quantizeLayer } from '../../../emac/layer/layer.js';
import { referenceOutput } from '../../../emac/layer/reference.js';
import { NEAREST_EVEN, type NumberFormat } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import type { RelaxedCalls } from '../../../kernels/calls.js';
import { createKernels, type Kernels } from '../../../kernels/loader.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import { outputView } from '../output-view.js';
import { int8Twin } from './int8-twin.js';

/** Heaps whose int8 products are counted: by the twin, or on relaxed SIMD where the engine has it. */
const heaps = {
  'plain twin': () => counted(createKernels('never'), int8Twin),
  'relaxed SIMD': () => counted(createKernels(), (kernels) => kernels.relaxed!),
} as const;
const absent = createKernels().relaxed === undefined;

function counted(kernels: Kernels, of: (kernels: Kernels) => RelaxedCalls) {
  const { gemmInt8 } = of(kernels);
  const calls = { count: 0 };
  const relaxed: RelaxedCalls = {
    gemmInt8: (...args) => {
      calls.count++;
      return gemmInt8(...args);
    },
  };
  return { kernels: Object.assign(kernels, { relaxed }), calls };
}

type ValueAt = (at: number) => number;

interface Case {
  readonly format: string;
  readonly zeroPoint?: number;
  readonly outputFormat?: string;
  readonly outputScale?: number;
  readonly bias?: number;
  readonly k: number;
  readonly weight: ValueAt;
  readonly activation: ValueAt;
}

const [ROWS, CHANNELS] = [5, 3] as const;

function encoding(format: NumberFormat, scale: number, zeroPoint: number): Encoding {
  return {
    format,
    rounding: NEAREST_EVEN,
    zeroPoint,
    range: 'full' as const,
    granularity: { kind: 'tensor' },
    scales: Float64Array.of(scale),
  };
}

/** How many codes differ from the reference, and how many int8 products were taken. */
function run(test: Case, heap: keyof typeof heaps): { wrong: number; products: number } {
  const { kernels, calls } = heaps[heap]();
  const { k } = test;
  const w = encoding(getFormat(test.format), 1, 0);
  const x = encoding(w.format, 1, test.zeroPoint ?? 0);
  // every unit of a sum below 2^24 shows in float32
  const y = encoding(getFormat(test.outputFormat ?? 'float32'), test.outputScale ?? 1, 0);
  const source = {
    name: 'layer',
    k,
    outChannels: CHANNELS,
    activation: 'identity' as const,
    tensor: 3,
    group: 0,
    weights: new Float32Array(CHANNELS * k),
    bias: new Float32Array(CHANNELS).fill(test.bias ?? 0.3),
  };
  const layer = quantizeLayer(source, w, x, y, DEFAULT_CHOICES);
  const weights = Array.from({ length: CHANNELS * k }, (_, at) =>
    w.format.encode(test.weight(at), NEAREST_EVEN),
  );
  (layer.weightCodes as Uint8Array).set(weights);
  const codes = kernels.allocate((ROWS + 4) * k);
  const inputs = codeView(kernels, 8, codes, ROWS * k);
  inputs.set(Array.from(inputs, (_, at) => x.format.encode(test.activation(at) + x.zeroPoint, NEAREST_EVEN)));
  const used = new Uint8Array(2 ** x.format.bits);
  for (const code of inputs) used[code] = 1;
  const out = kernels.allocate(ROWS * CHANNELS * 4);
  const mac = new CertifiedMac(kernels, layer, ROWS);
  mac.run({
    kind: 'rows',
    codes,
    rows: ROWS,
    out,
    facts: useFacts(codeTable(x), used),
    randomWordAt: undefined,
  });
  const outputs = outputView(kernels, { rows: ROWS, out }, layer);
  const readers = { weights: new OperandReader(w), activations: new OperandReader(x) };
  let wrong = 0;
  for (let at = 0; at < ROWS * CHANNELS; at++) {
    const [row, channel] = [Math.floor(at / CHANNELS), at % CHANNELS];
    if (outputs[at] !== referenceOutput(layer, readers, inputs, row * k, channel, undefined)) wrong++;
  }
  return { wrong, products: calls.count };
}

const stream = new Stream(31, 'dataset');
const between = (low: number, high: number) => () => low + stream.below(high - low + 1);
/** Multiples of `step`. */
const lattice = (low: number, high: number, step: number) => () => between(low, high)() * step;

describe.each(Object.keys(heaps) as (keyof typeof heaps)[])('int8 stage by %s', (heap) => {
  const available = heap === 'plain twin' || !absent;

  it.skipIf(!available).each([
    ...[1, 3, 4, 9, 25, 150, 784].map((k) => ({
      format: 'fixed8q0',
      k,
      weight: between(-60, 60),
      activation: between(0, 60),
    })),
    { format: 'fixed8q5', k: 150, weight: lattice(-30, 30, 1 / 32), activation: lattice(-64, 63, 1 / 32) },
    { format: 'fixed5q4', k: 150, weight: lattice(-16, 15, 1 / 16), activation: lattice(-16, 15, 1 / 16) },
    { format: 'float6e2m3f', k: 77, weight: lattice(-15, 15, 1 / 8), activation: lattice(-15, 15, 1 / 8) },
    { format: 'float4e2m1f', k: 784, weight: lattice(-4, 4, 1 / 2), activation: lattice(0, 4, 1 / 2) },
    { format: 'affine5s', k: 150, zeroPoint: -7, weight: between(-15, 15), activation: between(-9, 22) },
    { format: 'affine8s', k: 33, zeroPoint: 9, weight: between(-20, 20), activation: between(-90, 37) },
    {
      format: 'fixed8q0',
      outputFormat: 'fixed8q0',
      outputScale: 37,
      k: 150,
      weight: between(-9, 9),
      activation: between(-9, 9),
    },
    {
      format: 'fixed8q0',
      outputFormat: 'posit8es1',
      outputScale: 64,
      k: 150,
      weight: between(-9, 9),
      activation: between(-9, 9),
    },
  ] as Case[])('$format, k = $k', (test) => {
    expect(run(test, heap)).toEqual({ wrong: 0, products: 1 });
  });

  // eight weights of one sign fall into a lane of the shortest segment: 8 · 64 · 63 = 32256, 8 · 64 · 64 = 32768
  it.skipIf(!available).each([
    { k: 64, w: 64, x: 63, products: 1 },
    { k: 64, w: 64, x: 64, products: 0 },
    { k: 64, w: -64, x: 64, products: 0 },
    { k: 64, w: 32, x: 127, products: 1 },
    { k: 64, w: 33, x: 127, products: 0 },
    { k: 4, w: 127, x: 127, products: 1 },
    { k: 8, w: 127, x: 127, products: 0 },
    { k: 600, w: 1, x: 127, products: 1 },
    { k: 600, w: -1, x: 127, products: 1 },
    { k: 600, w: 3, x: 127, products: 1 },
  ])('sums of $k products of $w and $x stay in int16 or leave the stage', ({ k, w, x, products }) => {
    // one odd operand each, or the lattice would be that of w and of x
    const weight = (at: number) => (at === 0 ? 1 : w);
    const activation = (at: number) => (at === 0 ? 1 : x);
    expect(run({ format: 'fixed8q0', k, weight, activation }, heap)).toEqual({ wrong: 0, products });
  });

  it.skipIf(!available)('a span of 127 is taken, one of 128 is not', () => {
    const test = { format: 'fixed8q0', k: 12, weight: between(-9, 9) };
    const ends = (low: number, high: number) => (at: number) => (at % 2 === 0 ? low : high);
    expect(run({ ...test, activation: ends(-99, 28) }, heap)).toEqual({ wrong: 0, products: 1 });
    expect(run({ ...test, activation: ends(-99, 29) }, heap)).toEqual({ wrong: 0, products: 0 });
    // 0 is what padding holds, whatever occurs
    expect(run({ ...test, activation: ends(101, 127) }, heap)).toEqual({ wrong: 0, products: 1 });
  });

  it.skipIf(!available)('a weight past 127 leaves the stage', () => {
    const test = { format: 'affine8', k: 4, activation: between(0, 60) };
    expect(run({ ...test, weight: (at) => 127 - (at % 3) }, heap)).toEqual({ wrong: 0, products: 1 });
    expect(run({ ...test, weight: (at) => 128 - (at % 3) }, heap)).toEqual({ wrong: 0, products: 0 });
  });

  it.skipIf(!available)('a bias between the lattice points of the operands in use is left to repair', () => {
    const test = {
      format: 'fixed8q0',
      k: 25,
      weight: lattice(-9, 9, 4),
      activation: lattice(0, 9, 2),
      bias: 3,
    };
    expect(run(test, heap)).toEqual({ wrong: 0, products: 1 });
  });

  it.skipIf(!available)('a bias that int32 cannot start from leaves the stage', () => {
    const small = { format: 'fixed8q0', k: 4, weight: () => -1, activation: () => 1, outputScale: 65536 };
    expect(run({ ...small, bias: 2 ** 30 }, heap)).toEqual({ wrong: 0, products: 1 });
    expect(run({ ...small, bias: 2 ** 31 }, heap)).toEqual({ wrong: 0, products: 0 });
    expect(run({ ...small, bias: -(2 ** 31) }, heap)).toEqual({ wrong: 0, products: 0 });
  });

  it.skipIf(!available)('a bias that int32 holds, but not with the products added, leaves the stage', () => {
    const test = { format: 'fixed8q0', k: 8, weight: () => 61, activation: () => 59 };
    expect(run({ ...test, bias: 2 ** 31 - 1024 }, heap)).toEqual({ wrong: 0, products: 0 });
    expect(run({ ...test, bias: 2 ** 31 - 65_536 }, heap)).toEqual({ wrong: 0, products: 1 });
  });
});
