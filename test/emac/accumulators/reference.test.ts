import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { add, dyadic, multiply, type Rational } from '../../../arithmetic/rational.js';
import { AccumulatorMac } from '../../../emac/accumulators/mac.js';
import { accumulate } from '../../../emac/accumulators/reference.js';
import { codeTable, useFacts } from '../../../emac/codes/facts.js';
import { codeBytes, codeView } from '../../../emac/codes/width.js';
import {
  type Accumulator,
  accumulatorName,
  DEFAULT_CHOICES,
  parseAccumulator,
} from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import { type MacLayer, quantizeLayer } from '../../../emac/layer/layer.js';
import { encodeExact } from '../../../emac/layer/reference.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { decodeExact, referenceEncode } from '../../../formats/rounding/reference.js';
import { createKernels } from '../../../kernels/loader.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import { outputView } from '../output-view.js';

function encoding(name: string, scale = 1): Encoding {
  return {
    format: getFormat(name),
    rounding: NEAREST_EVEN,
    zeroPoint: 0,
    range: 'full' as const,
    granularity: { kind: 'tensor' },
    scales: Float64Array.of(scale),
  };
}

function layerOf(
  format: string,
  k: number,
  n: number,
  accumulator: Accumulator,
  seed: number,
): { layer: MacLayer; x: Uint32Array } {
  const stream = new Stream(seed, 'dataset');
  const one = encoding(format);
  const bias = Float32Array.from({ length: n }, () => stream.uniform() - 0.5);
  const source = {
    name: 'layer',
    k,
    outChannels: n,
    weights: new Float32Array(n * k),
    bias,
    activation: 'identity',
    tensor: 1,
    group: 0,
  } as const;
  const layer = quantizeLayer(source, one, one, one, { ...DEFAULT_CHOICES, accumulator });
  const finite = one.format.levels.count;
  const draw = () => one.format.levels.code(stream.below(finite));
  for (let i = 0; i < n * k; i++) (layer.weightCodes as Uint32Array)[i] = draw();
  return { layer, x: Uint32Array.from({ length: k }, draw) };
}

/** Σ by rationals and referenceEncode alone: one rounding a step. */
function stepwise(
  layer: MacLayer,
  x: Uint32Array,
  channel: number,
  round: (value: Rational) => Rational,
): Rational {
  let sum = round(dyadic(layer.bias[channel]!, layer.latticeExponent));
  for (let i = 0; i < layer.k; i++) {
    const w = decodeExact(layer.weights.format, layer.weightCodes[channel * layer.k + i]!);
    sum = round(add(sum, round(multiply(w, decodeExact(layer.activations.format, x[i]!)))));
  }
  return sum;
}

const equal = (a: Rational, b: Rational) => a.numerator * b.denominator === b.numerator * a.denominator;

describe('accumulators that are not exact', () => {
  const formats = [
    'posit8es0',
    'posit8es2',
    'posit5es1',
    'float8e4m3fn',
    'float8e5m2',
    'fixed8q4',
    'posit16es1',
    'float16',
    'bfloat16',
    'posit32es2',
  ];

  it.each(formats)('per-op rounds every product and every sum to %s', (name) => {
    const { layer, x } = layerOf(name, 17, 6, { kind: 'per-op' }, 3);
    const { format } = layer.activations;
    const readers = {
      weights: new OperandReader(layer.weights),
      activations: new OperandReader(layer.activations),
    };
    const round = (value: Rational) => decodeExact(format, referenceEncode(format, value, NEAREST_EVEN));
    for (let channel = 0; channel < 6; channel++) {
      const { value } = accumulate(layer, readers, x, 0, channel);
      if (typeof value === 'string') throw new Error('finite operands under saturation');
      expect(equal(value, stepwise(layer, x, channel, round))).toBe(true);
    }
  });

  it.each(formats)('float32 rounds every product and every sum to binary32, operands %s', (name) => {
    const { layer, x } = layerOf(name, 17, 6, { kind: 'float32' }, 4);
    const binary32 = getFormat('float32');
    const readers = {
      weights: new OperandReader(layer.weights),
      activations: new OperandReader(layer.activations),
    };
    let finite = true;
    const round = (value: Rational) => {
      const code = referenceEncode(binary32, value, {
        mode: 'nearest-even',
        policy: 'infinity',
        underflow: 'none',
      });
      finite &&= Number.isFinite(binary32.toNumber(code));
      return finite ? decodeExact(binary32, code) : dyadic(0n, 0);
    };
    for (let channel = 0; channel < 6; channel++) {
      finite = true;
      const expected = stepwise(layer, x, channel, round);
      const { value } = accumulate(layer, readers, x, 0, channel);
      if (finite) expect(typeof value !== 'string' && equal(value, expected)).toBe(true);
      else expect(typeof value).toBe('string');
    }
  });

  it('wrap and saturate act after every add, the bias the first, and count overflows', () => {
    for (const kind of ['wrap', 'saturate'] as const) {
      for (const bits of [8, 12, 20]) {
        const { layer, x } = layerOf('fixed8q4', 40, 5, { kind, bits }, 5);
        const readers = {
          weights: new OperandReader(layer.weights),
          activations: new OperandReader(layer.activations),
        };
        let total = 0;
        for (let channel = 0; channel < 5; channel++) {
          let sum = 0;
          let overflows = 0;
          const fit = (exact: number) => {
            const top = 2 ** (bits - 1);
            if (exact >= -top && exact < top) return exact;
            overflows++;
            if (kind === 'saturate') return exact < 0 ? -top : top - 1;
            return ((((exact + top) % (2 * top)) + 2 * top) % (2 * top)) - top;
          };
          sum = fit(Number(layer.bias[channel]));
          for (let i = 0; i < 40; i++) {
            const signed = (code: number) => (code << 24) >> 24;
            sum = fit(sum + signed(layer.weightCodes[channel * 40 + i]!) * signed(x[i]!));
          }
          const result = accumulate(layer, readers, x, 0, channel);
          expect(typeof result.value !== 'string' && equal(result.value, dyadic(BigInt(sum), -8))).toBe(true);
          expect(result.overflows).toBe(overflows);
          total += overflows;
        }
        if (bits < 20) expect(total).toBeGreaterThan(0);
      }
    }
  });

  it('a wrapped sum that is wide enough is the exact sum', () => {
    const { layer, x } = layerOf('posit8es1', 100, 4, { kind: 'wrap', bits: 64 }, 6);
    const readers = {
      weights: new OperandReader(layer.weights),
      activations: new OperandReader(layer.activations),
    };
    const exact = { ...layer, choices: { ...layer.choices, accumulator: { kind: 'exact' } as const } };
    for (let channel = 0; channel < 4; channel++) {
      const a = accumulate(layer, readers, x, 0, channel);
      const b = accumulate(exact, readers, x, 0, channel);
      expect(a.overflows).toBe(0);
      expect(typeof a.value !== 'string' && typeof b.value !== 'string' && equal(a.value, b.value)).toBe(
        true,
      );
    }
  });

  const kinds = ['per-op', 'float32', 'wrap9', 'wrap17', 'saturate10', 'saturate24', 'wrap53'];
  it.each(kinds)('%s in the kernels gives the codes of the general path', (kind) => {
    const accumulator = parseAccumulator(kind);
    for (const name of [
      'posit8es0',
      'posit6es1',
      'posit8es2',
      'fixed7q3',
      'float8e4m3',
      'float8e4m3fn',
      'float6e3m2f',
      'posit16es1',
    ]) {
      const [rows, k, n] = [6, 30, 11];
      const { layer } = layerOf(name, k, n, accumulator, 7);
      const x = Array.from({ length: rows }, (_, row) => [
        ...layerOf(name, k, n, accumulator, 8 + row).x,
      ]).flat();
      const { bits } = layer.activations.format;
      const kernels = createKernels();
      const codes = kernels.allocate((rows + 4) * k * codeBytes(bits));
      codeView(kernels, bits, codes, x.length).set(x);
      const out = kernels.allocate(rows * n * codeBytes(bits));
      const used = new Uint8Array(2 ** Math.min(bits, 8));
      for (const code of x) used[code] = 1;
      const facts = bits <= 8 ? useFacts(codeTable(layer.activations), used) : undefined;
      const mac = new AccumulatorMac(kernels, layer, rows);
      mac.run({ kind: 'rows', codes, rows, out, facts, randomWordAt: undefined });
      const readers = {
        weights: new OperandReader(layer.weights),
        activations: new OperandReader(layer.activations),
      };
      let overflows = 0;
      const expected = Array.from({ length: rows * n }, (_, at) => {
        const result = accumulate(layer, readers, Uint32Array.from(x), Math.floor(at / n) * k, at % n);
        overflows += result.overflows;
        const { value } = result;
        const scaled = typeof value === 'string' ? value : multiply(layer.multipliers[at % n]!, value);
        return encodeExact(scaled, layer.output);
      });
      expect([name, ...outputView(kernels, { rows, out }, layer)]).toEqual([name, ...expected]);
      expect([name, mac.overflows]).toEqual([name, overflows]);
    }
  });

  it('per-op over different formats is refused', () => {
    const { layer } = layerOf('posit8es1', 3, 2, { kind: 'per-op' }, 8);
    const mixed = { ...layer, output: encoding('posit8es0') };
    expect(() => new AccumulatorMac(createKernels(), mixed, 1)).toThrow(/per-op needs one format/);
  });

  it('names', () => {
    for (const name of ['exact', 'float32', 'per-op', 'wrap24', 'saturate16']) {
      expect(accumulatorName(parseAccumulator(name))).toBe(name);
    }
    expect(() => parseAccumulator('wrap1')).toThrow(/wrap<N>/);
    expect(() => parseAccumulator('quire')).toThrow(/exact, float32/);
  });
});
