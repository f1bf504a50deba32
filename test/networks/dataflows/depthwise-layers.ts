/** Depthwise layers of random weights and codes, and every output of theirs by the reference. */
import { expect } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { DEFAULT_CHOICES, type LayerChoices } from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import type { Activation } from '../../../emac/layer/layer.js';
import { referenceOutput } from '../../../emac/layer/reference.js';
import type { Window } from '../../../emac/layer/window.js';
import { NEAREST_EVEN, type Rounding } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { createKernels } from '../../../kernels/loader.js';
import { EmacMac } from '../../../networks/dataflows/emac-mac.js';
import { CodeTensor } from '../../../networks/dataflows/emac-tensor.js';
import type { Encoding } from '../../../quantizers/encoding.js';

const kernels = createKernels();
const stream = new Stream(31, 'dataset');

export interface DepthwiseCase {
  readonly format: string;
  readonly weights?: string;
  readonly output?: string;
  readonly channels: number;
  /** height, width; kernel; stride; padding top and left; dilation; outputs */
  readonly window: readonly number[];
  /** Standard size of values in units of the activations' scale, or all codes there are. */
  readonly spread: number | 'all codes';
  readonly zeroPoint?: number;
  readonly scale?: number;
  readonly granularity?: 'channel';
  readonly rounding?: Rounding;
  readonly activation?: Activation;
  readonly choices?: Partial<LayerChoices>;
  readonly biases?: number;
  readonly weightScale?: number;
}

function encodingOf(
  format: string,
  scale: number,
  { zeroPoint = 0, rounding = NEAREST_EVEN }: Partial<DepthwiseCase>,
): Encoding {
  const granularity = { kind: 'tensor' } as const;
  return {
    format: getFormat(format),
    rounding,
    scales: Float64Array.of(scale),
    zeroPoint,
    granularity,
    range: 'full',
  };
}

function windowOf({ channels, window }: DepthwiseCase): Window {
  const [
    inHeight,
    inWidth,
    kernelHeight,
    kernelWidth,
    strideY,
    strideX,
    padTop,
    padLeft,
    dilationY,
    dilationX,
    outHeight,
    outWidth,
  ] = window as readonly [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // biome-ignore format: as they stand in Window
  return {
    inHeight, inWidth, inChannels: channels, kernelHeight, kernelWidth, strideY, strideX, padTop, padLeft,
    dilationY, dilationX, outHeight, outWidth,
  };
}

const gaussian = () => Math.sqrt(12) * (stream.uniform() + stream.uniform() + stream.uniform() - 1.5) * 0.58;

export function layerOf(one: DepthwiseCase): { mac: EmacMac; input: CodeTensor; output: CodeTensor } {
  kernels.clear();
  const window = windowOf(one);
  const { channels, scale = 1, format, weights = format, output = format, weightScale = 0.13 } = one;
  const k = window.kernelHeight * window.kernelWidth;
  const tensor = (name: string, size: number, encoding: Encoding) =>
    new CodeTensor(kernels, { name, shape: [size], size }, encoding, 2);
  const input = tensor('in', window.inHeight * window.inWidth * channels, encodingOf(format, scale, one));
  const to = tensor(
    'out',
    window.outHeight * window.outWidth * channels,
    encodingOf(output, 0.6 * scale, one),
  );
  const step = {
    kind: 'mac',
    name: 'depthwise',
    inputs: [0],
    output: 1,
    window,
    groups: channels,
    outChannels: channels,
    k,
    weights: Float32Array.from({ length: channels * k }, () => gaussian() * 0.4),
    bias: Float32Array.from({ length: channels }, () => gaussian() * (one.biases ?? 0.3)),
    activation: one.activation ?? 'identity',
  } as const;
  const scales = Float64Array.from(
    { length: one.granularity ? channels : 1 },
    (_, c) => weightScale * (1 + c / 9),
  );
  const encoded = {
    ...encodingOf(weights, 1, {}),
    scales,
    granularity: { kind: one.granularity ?? ('tensor' as const) },
  };
  const mac = new EmacMac(kernels, step, input, to, encoded, { ...DEFAULT_CHOICES, ...one.choices }, 1);
  return { mac, input, output: to };
}

export function fillInput({ spread }: DepthwiseCase, input: CodeTensor, count: number): void {
  const { format, zeroPoint } = input.encoding;
  const codes = input.codes(count);
  for (let i = 0; i < codes.length; i++) {
    codes[i] =
      spread === 'all codes'
        ? stream.below(2 ** format.bits)
        : format.encode(gaussian() * spread + zeroPoint);
  }
  // NaN, NaR or the largest code
  if (spread === 'all codes') codes[3] = format.nan ?? 2 ** format.bits - 1;
  input.observe(count);
}

/** Every output by the reference, window by window. */
function referenceOf({ layers, step }: EmacMac, input: CodeTensor, count: number): number[] {
  const { window: w, k } = step;
  const codes = input.codes(count);
  const readers = layers.map(({ weights, activations }) => ({
    weights: new OperandReader(weights),
    activations: new OperandReader(activations),
  }));
  const row = new Uint8Array(k);
  const out: number[] = [];
  for (let at = 0; at < count * w.outHeight * w.outWidth * w.inChannels; at++) {
    const channel = at % w.inChannels;
    const pixel = (at - channel) / w.inChannels;
    const ox = pixel % w.outWidth;
    const oy = Math.floor(pixel / w.outWidth) % w.outHeight;
    const image = Math.floor(pixel / (w.outWidth * w.outHeight));
    for (let tap = 0; tap < k; tap++) {
      const y = oy * w.strideY - w.padTop + Math.floor(tap / w.kernelWidth) * w.dilationY;
      const x = ox * w.strideX - w.padLeft + (tap % w.kernelWidth) * w.dilationX;
      const inside = y >= 0 && y < w.inHeight && x >= 0 && x < w.inWidth;
      row[tap] = inside
        ? codes[((image * w.inHeight + y) * w.inWidth + x) * w.inChannels + channel]!
        : input.zero;
    }
    out.push(referenceOutput(layers[channel]!, readers[channel]!, row, 0, 0));
  }
  return out;
}

/** Compares every code of two runs, the second on one image; returns which tiers decided them. */
export function tiersOfChecked(one: DepthwiseCase): Set<string> {
  const { mac, input, output } = layerOf(one);
  for (const count of [2, 1]) {
    fillInput(one, input, count);
    mac.run(count, 0);
    const wanted = referenceOf(mac, input, count);
    expect([...output.codes(count)]).toEqual(wanted);
  }
  const { outHeight, outWidth, inChannels } = mac.step.window;
  const counts = Object.entries(mac.tierCounts()!).filter(([, decided]) => decided > 0);
  expect(counts.reduce((sum, [, decided]) => sum + decided, 0)).toBe(3 * outHeight * outWidth * inChannels);
  return new Set(counts.map(([tier]) => tier));
}
