/** Layers of drawn codes under accumulators other than the exact one, against the slow reference. */
import { expect } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { multiply } from '../../../arithmetic/rational.js';
import { accumulate } from '../../../emac/accumulators/reference.js';
import { codeTable, useFacts } from '../../../emac/codes/facts.js';
import { codeBytes, codeView } from '../../../emac/codes/width.js';
import { DEFAULT_CHOICES, parseAccumulator } from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import { type MacLayer, quantizeLayer } from '../../../emac/layer/layer.js';
import { activate, encodeExact } from '../../../emac/layer/reference.js';
import { createMac } from '../../../emac/mac.js';
import { NEAREST_EVEN, type Rounding } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { createKernels } from '../../../kernels/loader.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import { outputView } from '../output-view.js';

const stream = new Stream(31, 'dataset');

function encoding(name: string, scale: number, zeroPoint: number, rounding: Rounding): Encoding {
  return {
    format: getFormat(name),
    rounding,
    zeroPoint,
    range: 'full' as const,
    granularity: { kind: 'tensor' },
    scales: Float64Array.of(scale),
  };
}

interface Case {
  readonly format: string;
  readonly accumulator: string;
  readonly shape: readonly [rows: number, n: number, k: number];
  /** `any` finite code; `net`: values about as in a net; `specials`: with NaN, NaR and Inf among them. */
  readonly operands: (typeof OPERANDS)[number];
  readonly zeroPoint?: number;
  readonly output?: string;
  readonly rounding?: Rounding;
  readonly scale?: number;
  /** Largest |bias|; 0.7 by default. */
  readonly bias?: number;
  /** Of the output; `scale` by default. */
  readonly outputScale?: number;
  /** Codes of the weights [n][k] and activations [rows][k], where they are not drawn; the bias is then 0. */
  readonly codes?: { readonly weights: readonly number[]; readonly activations: readonly number[] };
}

/** A layer, its activations, and what the reference makes of them. */
export function check(test: Case): { overflows: number } {
  const [rows, n, k] = test.shape;
  const scale = test.scale ?? 1;
  const rounding = test.rounding ?? NEAREST_EVEN;
  const w = encoding(test.format, scale, 0, NEAREST_EVEN);
  const x = encoding(test.format, scale, test.zeroPoint ?? 0, NEAREST_EVEN);
  const y = encoding(test.output ?? test.format, test.outputScale ?? scale, 0, rounding);
  const { format } = x;
  const bell = () => (stream.uniform() + stream.uniform() - 1) * 0.7;
  const layer: MacLayer = quantizeLayer(
    {
      name: 'layer',
      k,
      outChannels: n,
      weights: new Float32Array(n * k),
      tensor: 1,
      group: 0,
      bias: Float32Array.from(
        { length: n },
        test.codes ? () => 0 : () => (bell() * (test.bias ?? 0.7)) / 0.7,
      ),
      activation: stream.below(2) === 0 ? 'relu' : 'identity',
    },
    ...([w, x, y, { ...DEFAULT_CHOICES, accumulator: parseAccumulator(test.accumulator) }] as const),
  );
  const { levels } = format;
  const special = () =>
    [format.nan, format.infinity?.negative, format.infinity?.positive].find(
      (code) => code !== undefined && stream.below(3) > 0,
    );
  const drawn = () => {
    if (test.operands === 'specials' && stream.below(2 * k) === 0) {
      const code = special();
      if (code !== undefined) return code;
    }
    // zeros are left out of the kernels' rows
    if (stream.below(6) === 0) return format.encode(0) + (test.zeroPoint ?? 0);
    if (test.operands === 'net' && stream.below(4) > 0) return format.encode(bell() / scale);
    return levels.code(stream.below(levels.count));
  };
  for (let i = 0; i < n * k; i++) (layer.weightCodes as Uint32Array)[i] = test.codes?.weights[i] ?? drawn();
  const codes = Uint32Array.from({ length: rows * k }, (_, i) => test.codes?.activations[i] ?? drawn());

  const kernels = createKernels();
  const bytes = codeBytes(format.bits);
  const pointer = kernels.allocate((rows + 4) * k * bytes);
  codeView(kernels, format.bits, pointer, codes.length).set(codes);
  const out = kernels.allocate(rows * n * codeBytes(y.format.bits) + 16);
  const used = new Uint8Array(2 ** Math.min(format.bits, 8));
  for (const code of codes) used[code] = 1;
  const facts = format.bits <= 8 ? useFacts(codeTable(x), used) : undefined;
  const word = (row: number, channel: number) => Math.imul(row * n + channel + 1, 0x9e3779b1) >>> 0;
  const stochastic = rounding.mode === 'stochastic' ? word : undefined;
  const mac = createMac(kernels, layer, rows + 1);
  mac.run({ kind: 'rows', codes: pointer, rows, out, facts, randomWordAt: stochastic });

  const readers = { weights: new OperandReader(w), activations: new OperandReader(x) };
  let overflows = 0;
  const expected = Array.from({ length: rows * n }, (_, at) => {
    const [row, channel] = [Math.floor(at / n), at % n];
    const { value, overflows: count } = accumulate(layer, readers, codes, row * k, channel);
    overflows += count;
    const scaled = typeof value === 'string' ? value : multiply(layer.multipliers[channel]!, value);
    return encodeExact(activate(scaled, layer.activation, layer.cap), y, stochastic?.(row, channel));
  });
  expect([...outputView(kernels, { rows, out }, layer)]).toEqual(expected);
  expect([mac.overflows, mac.counts === undefined]).toEqual([overflows, test.accumulator !== 'exact']);
  return { overflows };
}

export const SHAPES = [
  [5, 11, 30],
  [1, 1, 1],
  [3, 9, 7],
  [2, 3, 400],
] as const;

export const OPERANDS = ['any', 'net', 'specials'] as const;

/** Accumulators of every kind of width, wrapped and saturated. Expects some to overflow. */
export function checkWidths(format: string): void {
  const sizes = [2, 12, 24, 31, 32, 40, 53, 54, 62, 63, 90, 400];
  let total = 0;
  for (const kind of ['wrap', 'saturate']) {
    for (const [index, bits] of sizes.entries()) {
      const shape = SHAPES[(index + 1) % 3]!;
      const operands = OPERANDS[Math.floor(index / 3) % 3]!;
      const test = { format, accumulator: `${kind}${bits}`, shape, operands, output: 'posit8es1' };
      total += check(test).overflows;
    }
    const test = {
      format,
      accumulator: `${kind}48`,
      shape: SHAPES[3],
      operands: 'any',
      output: 'fixed8q3',
    } as const;
    total += check(test).overflows;
  }
  expect(total).toBeGreaterThan(0);
}

/** One rounding an operation. */
export function checkPerOp(format: string): void {
  for (const [index, operands] of OPERANDS.entries()) {
    check({ format, accumulator: 'per-op', shape: SHAPES[index]!, operands });
  }
  check({ format, accumulator: 'per-op', shape: SHAPES[3], operands: 'net' });
}

/** A bias of more than 2^1024 steps of the sum, or beyond float64, in every accumulator. */
export function checkHugeBias(format: string): void {
  for (const accumulator of ['exact', 'float32', 'per-op', 'wrap40', 'saturate40', 'saturate63']) {
    for (const [bias, scale] of [
      [0.7, 2 ** -480],
      [2 ** 90, 2 ** -480],
      [2 ** 120, 1],
    ] as const) {
      check({ format, accumulator, shape: SHAPES[2], operands: 'any', scale, bias });
      check({ format, accumulator, shape: SHAPES[2], operands: 'net', scale, bias });
    }
  }
}
