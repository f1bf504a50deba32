import { expect, it } from 'vitest';
import { dyadic } from '../../../arithmetic/rational.js';
import { AccumulatorMac } from '../../../emac/accumulators/mac.js';
import { accumulate } from '../../../emac/accumulators/reference.js';
import { neverOverflows } from '../../../emac/accumulators/wide-enough.js';
import { type Accumulator, DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import { type MacLayer, quantizeLayer } from '../../../emac/layer/layer.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { createKernels } from '../../../kernels/loader.js';

/** Two weights of −8..7 on activations of −8..7, and a bias, all in whole steps. */
function layerOf(w: readonly number[], bias: number, accumulator: Accumulator): MacLayer {
  const four = {
    format: getFormat('fixed4q0'),
    rounding: NEAREST_EVEN,
    zeroPoint: 0,
    range: 'full' as const,
    granularity: { kind: 'tensor' as const },
    scales: Float64Array.of(1),
  };
  const output = { ...four, format: getFormat('fixed16q0') };
  const source = {
    name: 'layer',
    k: 2,
    outChannels: 1,
    weights: Float32Array.from(w),
    bias: Float32Array.of(bias),
    activation: 'identity' as const,
    tensor: 1,
    group: 0,
  } as const;
  return quantizeLayer(source, four, four, output, { ...DEFAULT_CHOICES, accumulator });
}

const ACTIVATIONS = Array.from({ length: 16 }, (_, i) => i - 8);

/** Whether any activations take bias, bias + w0·x0 or bias + w0·x0 + w1·x1 beyond `bits` bits. */
function canOverflow([w0, w1]: readonly number[], bias: number, bits: number): boolean {
  const top = 2 ** (bits - 1);
  const outside = (sum: number) => sum < -top || sum >= top;
  return ACTIVATIONS.some((x0) => {
    const first = bias + w0! * x0;
    return outside(bias) || outside(first) || ACTIVATIONS.some((x1) => outside(first + w1! * x1));
  });
}

it('no sum overflows where it is said that none does, and where one just does it is not said', () => {
  let just = 0;
  let never = 0;
  for (const w0 of [-8, -3, 0, 1, 7]) {
    for (const w1 of [-8, -1, 0, 2]) {
      for (const bias of [-16, 0, 3, 8]) {
        for (let bits = 2; bits <= 9; bits++) {
          const layer = layerOf([w0, w1], bias, { kind: 'wrap', bits });
          const readers = {
            weights: new OperandReader(layer.weights),
            activations: new OperandReader(layer.activations),
          };
          const most = Math.abs(bias) + 8 * (Math.abs(w0) + Math.abs(w1));
          const told = neverOverflows(layer, readers);
          expect([w0, w1, bias, bits, told]).toEqual([w0, w1, bias, bits, most < 2 ** (bits - 1)]);
          if (told) expect(canOverflow([w0, w1], bias, bits)).toBe(false);
          if (told) never++;
          if (most === 2 ** (bits - 1) && canOverflow([w0, w1], bias, bits)) just++;
        }
      }
    }
  }
  expect([never > 100, just > 5]).toEqual([true, true]);
});

/** Code of fixed16q0 and overflows, by the kernels; the slow path is asked for the same. */
function run(layer: MacLayer, x: readonly number[]): readonly [code: number, overflows: number] {
  const kernels = createKernels();
  const codes = kernels.allocate(64);
  const inputs = Uint8Array.from(x, (value) => value & 15);
  kernels.u8(codes, 2).set(inputs);
  const out = kernels.allocate(64);
  const mac = new AccumulatorMac(kernels, layer, 1);
  mac.run({ kind: 'rows', codes, rows: 1, out, facts: undefined, randomWordAt: undefined });
  const readers = {
    weights: new OperandReader(layer.weights),
    activations: new OperandReader(layer.activations),
  };
  const { value, overflows } = accumulate(layer, readers, inputs, 0, 0);
  const code = kernels.u16(out, 1)[0]!;
  expect(value).toEqual(dyadic(BigInt((code << 16) >> 16), 0));
  expect(overflows).toBe(mac.overflows);
  return [code, overflows];
}

it.each([
  // −8 · −8 − 8 · −8 = 128 in 8 bits; 64 + 0 in 7; with a bias, −1 · −8 + 8 = 16 in 5; a bias alone, 8 in 4
  [[-8, -8], [-8, -8], 0, 8, 128],
  [[-8, 0], [-8, 5], 0, 7, 64],
  [[-1, 0], [-8, 3], 8, 5, 16],
  [[0, 0], [1, 1], 8, 4, 8],
] as const)('weights %j on %j with bias %i in %i bits overflow by one', (w, x, bias, bits, sum) => {
  for (const kind of ['wrap', 'saturate'] as const) {
    const held = kind === 'wrap' ? 2 ** 16 - sum : sum - 1;
    expect([kind, ...run(layerOf(w, bias, { kind, bits }), x)]).toEqual([kind, held, 1]);
    expect([kind, ...run(layerOf(w, bias, { kind, bits: bits + 1 }), x)]).toEqual([kind, sum, 0]);
  }
});

it.each([
  [[-8, 0], [7, 5], -8, 7, -64],
  [[0, 0], [1, 1], -8, 4, -8],
  [[-8, 0], [1, 5], 0, 4, -8],
] as const)('weights %j on %j with bias %i in %i bits reach the lowest value', (w, x, bias, bits, sum) => {
  for (const kind of ['wrap', 'saturate'] as const) {
    expect([kind, ...run(layerOf(w, bias, { kind, bits }), x)]).toEqual([kind, 2 ** 16 + sum, 0]);
    const [, overflows] = run(layerOf(w, bias, { kind, bits: bits - 1 }), x);
    expect([kind, overflows > 0]).toEqual([kind, true]);
  }
});
