/** A stage of somebody else's: what it takes to have one more is a file and a line of the list. */
import { expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { gamma, OUTWARD, RELATIVE, underflowBound } from '../../../emac/certified/bounds.js';
import { CertifiedMac } from '../../../emac/certified/mac.js';
import type { FloatSums, StageKind } from '../../../emac/certified/stage.js';
import { STAGES } from '../../../emac/certified/stages/list.js';
import { heapFloat64 } from '../../../emac/codes/heap-array.js';
import { codeBytes, codeView } from '../../../emac/codes/width.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import { quantizeLayer } from '../../../emac/layer/layer.js';
import { referenceOutput } from '../../../emac/layer/reference.js';
import { FloatColumn } from '../../../kernels/layouts.js';
import { createKernels } from '../../../kernels/loader.js';
import { outputView } from '../output-view.js';
import { encoding } from './harness.js';

/** Sums in float64, one after another, of blocks of at most `most` rows; those all go to it. */
function slowStage(most: number): StageKind & { blocks: number } {
  const kind: StageKind & { blocks: number } = {
    name: 'slow',
    tier: 'float64',
    cost: Number.NEGATIVE_INFINITY,
    readsWindows: false,
    blocks: 0,
    create: ({ kernels, layer, numbers, maxRows }) => {
      const { k, outChannels: n, weights, activations } = layer;
      const finite = (value: number) => (Number.isFinite(value) ? value : 0);
      const w = Float64Array.from(layer.weightCodes, (code) =>
        finite(weights.format.toNumber(code) - weights.zeroPoint),
      );
      const normOf = (values: Float64Array) =>
        Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) * OUTWARD;
      const sums: FloatSums = {
        type: 'float64',
        areDots: true,
        stride: n,
        relative: RELATIVE,
        sums: heapFloat64(kernels, maxRows * n),
        rows: heapFloat64(kernels, maxRows),
        columns: heapFloat64(kernels, n * FloatColumn.LENGTH),
      };
      for (let channel = 0; channel < n; channel++) {
        const at = channel * FloatColumn.LENGTH;
        const s = numbers.multipliers[channel]!;
        const norm = normOf(w.subarray(channel * k, (channel + 1) * k));
        sums.columns.values[at + FloatColumn.FACTOR] = s;
        sums.columns.values[at + FloatColumn.BIAS] = numbers.bias[channel]!;
        sums.columns.values[at + FloatColumn.WEIGHT_NORM] = norm * gamma(k + 2) * OUTWARD;
        sums.columns.values[at + FloatColumn.LEAST] = underflowBound(s, layer.latticeExponent);
      }
      return {
        run(block) {
          if (block.rows > most) return undefined;
          kind.blocks++;
          const { bits } = activations.format;
          const codes = codeView(kernels, bits, block.codes, block.rows * k);
          const x = Float64Array.from(codes, (code) =>
            finite(activations.format.toNumber(code) - activations.zeroPoint),
          );
          for (let row = 0; row < block.rows; row++) {
            sums.rows.values[row] = normOf(x.subarray(row * k, (row + 1) * k));
            for (let channel = 0; channel < n; channel++) {
              let sum = 0;
              for (let p = 0; p < k; p++) sum += w[channel * k + p]! * x[row * k + p]!;
              sums.sums.values[row * n + channel] = sum;
            }
          }
          return sums;
        },
      };
    },
  };
  return kind;
}

const stream = new Stream(5, 'dataset');
const real = () => 4 * stream.uniform() - 2;

it.each([
  ['posit8es1', 'posit8es1'],
  ['fixed8q5', 'fixed16q8'],
  ['float16', 'float8e4m3'],
  ['posit32es2', 'posit16es1'],
])('sums of %s in the stage, rounded to %s, are the codes of the reference', (operands, output) => {
  const [k, n, most] = [40, 7, 3];
  const w = encoding(operands);
  const reals = (count: number) => Float32Array.from({ length: count }, real);
  const source = {
    name: 'layer',
    k,
    outChannels: n,
    weights: reals(n * k),
    bias: reals(n),
    ...({ activation: 'relu', tensor: 1, group: 0 } as const),
  };
  const layer = quantizeLayer(source, w, w, encoding(output), DEFAULT_CHOICES);
  const kernels = createKernels();
  const slow = slowStage(most);
  const mac = new CertifiedMac(kernels, layer, 8, undefined, [slow, ...STAGES]);
  const { bits } = w.format;
  const codes = kernels.allocate(8 * k * codeBytes(bits));
  const out = kernels.allocate(8 * n * 4);
  const inputs = codeView(kernels, bits, codes, 8 * k);
  const readers = { weights: new OperandReader(w), activations: new OperandReader(w) };
  // a block that it cannot hold goes to another; the next one is its own again
  for (const rows of [most, most + 2, most]) {
    for (let i = 0; i < rows * k; i++) inputs[i] = w.format.encode(real());
    mac.run({ kind: 'rows', codes, rows, out, facts: undefined, randomWordAt: undefined });
    const expected = Array.from({ length: rows * n }, (_, at) =>
      referenceOutput(layer, readers, inputs, Math.floor(at / n) * k, at % n),
    );
    expect([...outputView(kernels, { rows, out }, layer)]).toEqual(expected);
  }
  expect(slow.blocks).toBe(2);
});

it('a layer that no stage of a list holds is an error', () => {
  const w = encoding('posit8es1');
  const source = {
    name: 'layer',
    k: 1,
    outChannels: 1,
    weights: Float32Array.of(1),
    bias: Float32Array.of(0),
    ...({ activation: 'identity', tensor: 1, group: 0 } as const),
  };
  const layer = quantizeLayer(source, w, w, w, DEFAULT_CHOICES);
  expect(() => new CertifiedMac(createKernels(), layer, 1, undefined, [])).toThrow(
    "no stage holds layer 'layer'",
  );
});
