import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { CertifiedMac } from '../../../emac/certified/mac.js';
import { ExactSums, hasExactSums } from '../../../emac/certified/repair/limbs.js';
import { codeTable, useFacts } from '../../../emac/codes/facts.js';
import { codeBytes, codeView } from '../../../emac/codes/width.js';
import { CodeWindows } from '../../../emac/codes/windows.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import { type MacLayer, quantizeLayer } from '../../../emac/layer/layer.js';
import { exactSum, referenceOutput } from '../../../emac/layer/reference.js';
import { NEAREST_EVEN, type NumberFormat } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { createKernels } from '../../../kernels/loader.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import { outputView } from '../output-view.js';

/** `name`, or `name, decoded`: without the layout that lets kernels compute its values. */
function formatOf(name: string): NumberFormat {
  const format = getFormat(name.replace(', decoded', ''));
  return name.endsWith(', decoded') ? { ...format, layout: undefined } : format;
}

const encoding = (name: string): Encoding => ({
  format: formatOf(name),
  rounding: NEAREST_EVEN,
  zeroPoint: 0,
  range: 'full' as const,
  granularity: { kind: 'tensor' },
  scales: Float64Array.of(1),
});

function layerOf(format: string, k: number, n: number, output = format): MacLayer {
  const source = {
    name: 'layer',
    k,
    outChannels: n,
    weights: new Float32Array(n * k),
    bias: new Float32Array(n),
    ...({ activation: 'identity', tensor: 1, group: 0 } as const),
  };
  return quantizeLayer(source, encoding(format), encoding(format), encoding(output), DEFAULT_CHOICES);
}

/** Operand pairs (w, x) that stress a sum, by code. */
function adversaries(
  name: string,
  k: number,
  seed: number,
): Record<string, (i: number) => readonly [number, number]> {
  const { levels, facts, ...format } = formatOf(name);
  const top = levels.code(levels.count - 1);
  const bottom = levels.code(0);
  const tiny = format.encode(facts.minPositive);
  const one = format.encode(Math.min(1, facts.max));
  const stream = new Stream(seed, 'dataset');
  const any = () => levels.code(stream.below(levels.count));
  return {
    'all maxpos': () => [top, top],
    'all minpos': () => [tiny, tiny],
    'alternating signs that cancel to one minpos product': (i) =>
      i === k - 1 ? [tiny, tiny] : [i % 2 ? top : bottom, top],
    'maxpos and minpos in turn': (i) => (i % 2 ? [top, top] : [tiny, tiny]),
    'ones and one minpos product': (i) => (i === 0 ? [tiny, tiny] : [one, one]),
    'any codes': () => [any(), any()],
  };
}

const formats = [
  'posit8es0',
  'posit8es2',
  'posit8es4',
  'posit5es1',
  'float8e4m3',
  'float8e5m2',
  'fixed8q4',
  'pow2val8',
  'posit16es1',
  'posit16es2',
  'float16',
  'bfloat16',
  'fixed16q8',
  'posit32es2',
  'posit32es4',
  'float32',
  'fixed32q16',
  'posit32es2, decoded',
];

describe('integer sums as wide as the quire', () => {
  it.each(formats)('%s: adversarial sums, exactly, and their codes through the engine', (name) => {
    for (const k of [2, 3, 65, 1024]) {
      for (const [what, pair] of Object.entries(adversaries(name, k, k))) {
        const layer = layerOf(name, k, 2);
        const { bits } = layer.activations.format;
        const kernels = createKernels();
        const codes = kernels.allocate(4 * k * codeBytes(bits));
        const x = codeView(kernels, bits, codes, 2 * k);
        for (let i = 0; i < 2 * k; i++) {
          const [w, activation] = pair(i % k);
          (layer.weightCodes as Uint32Array)[i] = w;
          x[i] = activation;
        }
        const readers = {
          weights: new OperandReader(layer.weights),
          activations: new OperandReader(layer.activations),
        };
        const sums = new ExactSums(kernels, layer, readers);
        for (const [row, channel] of [
          [0, 0],
          [1, 1],
          [0, 1],
        ] as const) {
          sums.readRow(codes + row * k * codeBytes(bits));
          expect([what, sums.sum(channel)]).toEqual([what, exactSum(layer, readers, x, row * k, channel)]);
        }
        const out = kernels.allocate(64);
        const used = new Uint8Array(2 ** Math.min(8, bits));
        for (const code of x) used[code] = 1;
        const facts = bits <= 8 ? useFacts(codeTable(layer.activations), used) : undefined;
        new CertifiedMac(kernels, layer, 2).run({
          kind: 'rows',
          codes,
          rows: 2,
          out,
          facts,
          randomWordAt: undefined,
        });
        const expected = [0, 1, 2, 3].map((i) =>
          referenceOutput(layer, readers, x, Math.floor(i / 2) * k, i % 2),
        );
        expect([what, ...outputView(kernels, { rows: 2, out }, layer)]).toEqual([what, ...expected]);
      }
    }
  });

  it('exact ties are decided by the sum itself: half a step, and a quire bit above or below', () => {
    // 1 + 1/32 is half-way between 1 and 1 + 1/16 in posit8es1; a product of minpos² breaks the tie
    for (const [name, half] of [
      ['posit8es1', 1 / 32],
      ['float8e4m3', 1 / 16],
      ['posit16es1', 2 ** -13],
      ['float16', 2 ** -11],
    ] as const) {
      const { format } = encoding(name);
      const tiny = format.facts.minPositive;
      const codes = (values: number[]) => values.map((value) => format.encode(value));
      const results = [0, tiny, -tiny].map((last) => {
        const k = 3;
        const layer = layerOf(name, k, 1);
        (layer.weightCodes as Uint32Array).set(codes([1, half, last]));
        const kernels = createKernels();
        const { bits } = format;
        const at = kernels.allocate(4 * k * codeBytes(bits));
        const x = codeView(kernels, bits, at, k);
        x.set(codes([1, 1, tiny]));
        const used = new Uint8Array(2 ** Math.min(8, bits));
        for (const code of x) used[code] = 1;
        const facts = bits <= 8 ? useFacts(codeTable(layer.activations), used) : undefined;
        const out = kernels.allocate(64);
        new CertifiedMac(kernels, layer, 1).run({
          kind: 'rows',
          codes: at,
          rows: 1,
          out,
          facts,
          randomWordAt: undefined,
        });
        return outputView(kernels, { rows: 1, out }, layer)[0]! - format.encode(1);
      });
      expect([name, ...results]).toEqual([name, 0, 1, 0]);
    }
  });

  it('every window of an image has its own sums: a tie, and a quire bit above or below', () => {
    const format = getFormat('posit8es3');
    const tiny = format.facts.minPositive;
    // 1 + 1/8 is half-way between 1 and 1 + 1/4; rows differ in what is added to it
    const layer = layerOf('posit8es3', 3, 1);
    (layer.weightCodes as Uint32Array).set([1, 1 / 8, tiny].map((value) => format.encode(value)));
    const last = [tiny, 0, -tiny, tiny, -tiny, 0, tiny, tiny];
    const kernels = createKernels();
    const codes = kernels.allocate(3 * last.length + 16);
    const image = kernels.u8(codes, 3 * last.length);
    image.set(last.flatMap((value) => [1, 1, value].map((x) => format.encode(x))));
    const window = {
      inHeight: 1,
      inWidth: last.length,
      inChannels: 3,
      outHeight: 1,
      outWidth: last.length,
      kernelHeight: 1,
      kernelWidth: 1,
      strideY: 1,
      strideX: 1,
      padTop: 0,
      padLeft: 0,
      dilationY: 1,
      dilationX: 1,
    };
    const used = new Uint8Array(256);
    for (const code of image) used[code] = 1;
    const facts = useFacts(codeTable(layer.activations), used);
    const out = kernels.allocate(64);
    for (const kind of ['rows', 'windows'] as const) {
      const windows = kind === 'windows' ? new CodeWindows(kernels, window, 0, 3, 8, 0) : undefined;
      const mac = new CertifiedMac(kernels, layer, last.length, windows);
      mac.run({ kind, codes, rows: last.length, out, facts, randomWordAt: undefined });
      expect(mac.counts.limbs).toBe(last.length);
      const above = [...kernels.u8(out, last.length)].map((code) => code - format.encode(1));
      expect([kind, ...above]).toEqual([kind, ...last.map((value) => (value > 0 ? 1 : 0))]);
    }
  });

  it('operands too wide for int32 are left to the reference', () => {
    const wide = { ...layerOf('fixed8q4', 2, 1), activations: { ...encoding('affine32'), zeroPoint: 5 } };
    expect(hasExactSums(wide)).toBe(false);
    expect(hasExactSums(layerOf('posit32es2', 2, 1))).toBe(true);
  });
});
