/**
 * Biases of more bits than a float64 has, under the accumulators that round. A bias that float64 rounds to the middle
 * of two values, or away from it, is rounded twice unless its last bit remembers what was lost.
 */
import { describe, expect, it } from 'vitest';
import { add, dyadic, multiply, type Rational } from '../../../arithmetic/rational.js';
import { AccumulatorMac } from '../../../emac/accumulators/mac.js';
import { accumulate } from '../../../emac/accumulators/reference.js';
import { codeBytes, codeView } from '../../../emac/codes/width.js';
import { type Accumulator, DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import { type MacLayer, quantizeLayer } from '../../../emac/layer/layer.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { decodeExact, referenceEncode } from '../../../formats/rounding/reference.js';
import { createKernels } from '../../../kernels/loader.js';

/** One weight of 1 a channel, and the biases in steps of the lattice. */
function layerOf(name: string, output: string, accumulator: Accumulator, bias: readonly bigint[]): MacLayer {
  const encoding = (format: string) => ({
    format: getFormat(format),
    rounding: NEAREST_EVEN,
    zeroPoint: 0,
    range: 'full' as const,
    granularity: { kind: 'tensor' as const },
    scales: Float64Array.of(1),
  });
  const n = bias.length;
  const source = {
    name: 'layer',
    k: 1,
    outChannels: n,
    weights: new Float32Array(n).fill(1),
    bias: new Float32Array(n),
    activation: 'identity' as const,
    tensor: 1,
    group: 0,
  } as const;
  const operands = encoding(name);
  const choices = { ...DEFAULT_CHOICES, accumulator };
  return { ...quantizeLayer(source, operands, operands, encoding(output), choices), bias };
}

/** 1 and `fraction`, and one step of the lattice more and less; all of these negated too. */
function biases(lattice: number, fraction: number): bigint[] {
  const one = 1n << BigInt(-lattice);
  const middle = one + (one >> BigInt(fraction));
  const steps = [middle - 1n, middle, middle + 1n, one + middle - 1n, 3n * middle + 1n];
  return steps.flatMap((b) => [b, -b]);
}

/** b, then + 1 · x, each rounded once from the exact value. */
function once(layer: MacLayer, channel: number, x: Rational, round: (exact: Rational) => Rational): Rational {
  const first = round(dyadic(layer.bias[channel]!, layer.latticeExponent));
  return round(add(first, round(multiply(dyadic(1n, 0), x))));
}

const same = (a: Rational, b: Rational) => a.numerator * b.denominator === b.numerator * a.denominator;

function check(layer: MacLayer, accumulated: string): void {
  const { format } = layer.activations;
  const held = getFormat(accumulated);
  const round = (exact: Rational) => decodeExact(held, referenceEncode(held, exact, NEAREST_EVEN));
  const readers = {
    weights: new OperandReader(layer.weights),
    activations: new OperandReader(layer.activations),
  };
  for (const value of [0, 1]) {
    const code = format.encode(value);
    const sums = layer.bias.map((_, channel) => once(layer, channel, decodeExact(format, code), round));
    for (const [channel, expected] of sums.entries()) {
      const sum = accumulate(layer, readers, Uint32Array.of(code), 0, channel).value;
      expect([channel, typeof sum !== 'string' && same(sum, expected)]).toEqual([channel, true]);
    }
    const kernels = createKernels();
    const codes = kernels.allocate(64);
    codeView(kernels, format.bits, codes, 1)[0] = code;
    const out = kernels.allocate(sums.length * codeBytes(layer.output.format.bits) + 16);
    new AccumulatorMac(kernels, layer, 1).run({
      kind: 'rows',
      codes,
      rows: 1,
      out,
      facts: undefined,
      randomWordAt: undefined,
    });
    expect([...codeView(kernels, layer.output.format.bits, out, sums.length)]).toEqual(
      sums.map((sum) => referenceEncode(layer.output.format, sum, NEAREST_EVEN)),
    );
  }
}

describe('a bias of more bits than float64 has is rounded once', () => {
  // middles of float32 are odd multiples of 2^-24, of the others of half a step at 1
  it.each(['posit8es3', 'bfloat16', 'posit16es2', 'posit32es2'])('by float32, operands %s', (name) => {
    const lattice = 2 * getFormat(name).facts.lsbExponent;
    const layer = layerOf(name, 'float32', { kind: 'float32' }, biases(lattice, 24));
    check(layer, 'float32');
  });

  it.each([
    ['posit8es3', 3],
    ['float8e5m2', 3],
    ['bfloat16', 8],
    ['posit16es2', 12],
    ['posit32es2', 28],
  ])('by per-op in %s', (name, fraction) => {
    const lattice = 2 * getFormat(name).facts.lsbExponent;
    check(layerOf(name, name, { kind: 'per-op' }, biases(lattice, fraction)), name);
  });
});
