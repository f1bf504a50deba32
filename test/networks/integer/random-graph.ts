/** Integer graphs of one step, of random sizes, codes and scales. */
import { Stream } from '../../../arithmetic/philox.js';
import {
  INTEGER_TYPES,
  type IntegerGraph,
  type IntegerMac,
  type IntegerStep,
  type IntegerTensor,
  type IntegerType,
} from '../../../networks/integer/graph.js';
import { conv2dWindow, denseWindow } from '../../../networks/window.js';

export class Random {
  readonly #stream: Stream;

  constructor(seed: number) {
    this.#stream = new Stream(seed, 'dataset');
  }

  /** From `least` to `most`. */
  whole(least: number, most: number): number {
    return least + this.#stream.below(most - least + 1);
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.whole(0, items.length - 1)]!;
  }

  /** A float32 of about `near`. */
  scale(near: number): number {
    return Math.fround(near * (0.5 + this.#stream.uniform()));
  }

  code(type: IntegerType): number {
    const [least, most] = INTEGER_TYPES[type];
    return this.whole(least, most);
  }

  tensor(shape: readonly number[], type: IntegerType, scale: number): IntegerTensor {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return { name: 'tensor', shape, size, type, scale, zeroPoint: this.code(type) };
  }

  /** Often the whole range. */
  clamp(type: IntegerType): { least: number; most: number } {
    const [least, most] = INTEGER_TYPES[type];
    if (this.whole(0, 1) === 0) return { least, most };
    return { least: this.whole(least, least + 100), most: this.whole(101, most) };
  }
}

export type MacKind = 'conv' | 'grouped' | 'depthwise' | 'depthwise-twice' | 'dense';

function macWindow(random: Random, kind: MacKind, inChannels: number) {
  if (kind === 'dense') return denseWindow(random.whole(1, 70));
  const pair = (least: number, most: number) =>
    [random.whole(least, most), random.whole(least, most)] as const;
  const [kernel, dilation] = [pair(1, 4), pair(1, 2)];
  return conv2dWindow(
    { kernel, stride: pair(1, 3), dilation, padding: random.one(['same', 'valid']) },
    [random.whole(7, 12), random.whole(7, 12), inChannels],
    'step',
  );
}

/** A mac step between codes of `type`, with as many scales as channels or one. */
export function macGraph(random: Random, kind: MacKind, type: IntegerType): IntegerGraph {
  const channels = kind === 'grouped' ? 2 * random.whole(1, 5) : random.whole(1, 19);
  const window = macWindow(random, kind, channels);
  const { inChannels } = window;
  const outOf = { conv: random.whole(1, 20), grouped: 2 * random.whole(1, 5), dense: random.whole(1, 20) };
  const each = { ...outOf, depthwise: inChannels, 'depthwise-twice': 2 * inChannels };
  const outChannels = each[kind];
  const ofGroups = { conv: 1, dense: 1, grouped: 2, depthwise: inChannels, 'depthwise-twice': inChannels };
  const groups = ofGroups[kind];
  const k = (window.kernelHeight * window.kernelWidth * inChannels) / groups;
  const codes = Array.from({ length: outChannels * k }, () => random.code(type));
  const input = random.tensor([window.inHeight, window.inWidth, inChannels], type, random.scale(0.05));
  const output = random.tensor([window.outHeight, window.outWidth, outChannels], type, random.scale(0.1));
  const near = 5 / Math.sqrt(k) / 75;
  const scales = Array.from({ length: random.one([1, outChannels]) }, () => random.scale(near));
  const step: IntegerMac = {
    kind: 'mac',
    name: 'step',
    inputs: [0],
    output: 1,
    window,
    groups,
    outChannels,
    k,
    weights: type === 'uint8' ? Uint8Array.from(codes) : Int8Array.from(codes),
    weightZeroPoint: type === 'uint8' ? random.code(type) : 0,
    bias: Int32Array.from({ length: outChannels }, () => random.whole(-5000, 5000)),
    multipliers: scales.map((weight) => ({
      input: input.scale,
      weight,
      output: output.scale,
      product: random.one(['float32', 'float64']),
    })),
    rounding: random.one(['as-asked', 'always-twice']),
    clamp: random.clamp(type),
  };
  return oneStep([input, output], step);
}

/** `step` reads all tensors but the last, which it writes. */
export function oneStep(tensors: readonly IntegerTensor[], step: IntegerStep): IntegerGraph {
  return { name: 'graph', tensors, steps: [step], inputs: [...step.inputs], outputs: [step.output] };
}
