/** The mac primitive on codes: windows laid out as rows, one exact multiply-accumulate, one rounding. */
import { randomWord } from '../../arithmetic/philox.js';
import type { Rational } from '../../arithmetic/rational.js';
import { DepthwiseMac } from '../../emac/certified/depthwise/mac.js';
import { type Mac, type MacBlock, TIERS, type TierCounts } from '../../emac/codes/block.js';
import { codeBytes } from '../../emac/codes/width.js';
import { CodeWindows } from '../../emac/codes/windows.js';
import type { MacFacts } from '../../emac/cost/facts.js';
import type { LayerChoices } from '../../emac/layer/choices.js';
import { type MacLayer, quantizeLayer } from '../../emac/layer/layer.js';
import { createMac } from '../../emac/mac.js';
import { codeArray } from '../../formats/code-array.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Encoding } from '../../quantizers/encoding.js';
import type { MacStep } from '../program.js';
import type { StoredTensor } from '../tensor.js';
import type { CodeTensor } from './emac-tensor.js';
import { encodingFacts, exactText } from './golden.js';

/** A group of channels: its arithmetic, the windows it reads, and the arguments of its next run. */
interface Group {
  readonly mac: Mac;
  readonly windows: CodeWindows;
  readonly block: { -readonly [Key in keyof MacBlock]: MacBlock[Key] };
}

/**
 * One GEMM has a row for each pixel of one image; where a window is a single pixel, for each pixel of all images of
 * the batch.
 */
export class EmacMac {
  readonly layers: readonly MacLayer[];
  /** Of a depthwise layer those that were needed so far. */
  readonly #groups: (Group | undefined)[] = [];
  readonly #depthwise: DepthwiseMac | undefined;
  readonly #view: 'direct' | 'windows';
  readonly #pixels: number;
  /** Where the windows of one group are copied to as matrix rows; 0 where the mac reads windows from the image. */
  #rows = 0;
  /** Outputs of one group, where there are several. */
  readonly #scratch: number;
  readonly #inBytes: number;
  readonly #outBytes: number;
  /** Number of the first image of the run: random words are keyed by it. */
  #firstImage = 0;

  constructor(
    private readonly kernels: Kernels,
    readonly step: MacStep,
    readonly input: CodeTensor,
    readonly output: CodeTensor,
    weights: Encoding,
    choices: LayerChoices,
    tensor: number,
  ) {
    const { window, groups, k } = step;
    const channels = step.outChannels / groups;
    this.layers = Array.from({ length: groups }, (_, group) => {
      const source = {
        name: step.name,
        k,
        outChannels: channels,
        activation: step.activation,
        tensor,
        group,
        weights: step.weights.subarray(group * channels * k, (group + 1) * channels * k),
        bias: step.bias.subarray(group * channels, (group + 1) * channels),
      };
      const scales =
        weights.scales.length === 1
          ? weights.scales
          : weights.scales.slice(group * channels, (group + 1) * channels);
      return quantizeLayer(source, { ...weights, scales }, input.encoding, output.encoding, choices);
    });
    this.#pixels = window.outHeight * window.outWidth;
    const { kernelHeight, kernelWidth, strideY, strideX, padTop, padLeft, inHeight, inWidth } = window;
    const pointwise =
      kernelHeight * kernelWidth * strideY * strideX === 1 &&
      padTop + padLeft === 0 &&
      inHeight * inWidth === this.#pixels;
    this.#view = pointwise && groups === 1 ? 'direct' : 'windows';
    const rows = this.#view === 'direct' ? input.batch * this.#pixels : this.#pixels;
    this.#inBytes = codeBytes(input.encoding.format.bits);
    this.#outBytes = codeBytes(output.encoding.format.bits);
    this.#scratch = groups === 1 ? 0 : kernels.allocate(rows * channels * this.#outBytes);
    const isDepthwise = groups > 1 && groups === step.outChannels && groups === window.inChannels;
    this.#depthwise = isDepthwise ? DepthwiseMac.of(kernels, this.layers, window, input.zero) : undefined;
    if (this.#depthwise) return;
    for (let group = 0; group < groups; group++) this.#group(group);
  }

  #group(group: number): Group {
    this.#groups[group] ??= this.#compileGroup(this.layers[group]!, group);
    return this.#groups[group];
  }

  #compileGroup(layer: MacLayer, group: number): Group {
    const { kernels, step, input, output } = this;
    const rows = this.#view === 'direct' ? input.batch * this.#pixels : this.#pixels;
    const { bits } = input.encoding.format;
    const channels = step.window.inChannels / step.groups;
    const windows = new CodeWindows(kernels, step.window, group * channels, channels, bits, input.zero);
    // windows of one pixel share none: those that a stride picks are copied, and the rest of the image is not looked at
    const { kernelHeight, kernelWidth } = step.window;
    const overlap = this.#view === 'windows' && kernelHeight * kernelWidth > 1;
    const mac = createMac(kernels, layer, rows, overlap ? windows : undefined);
    if (this.#rows === 0 && this.#view === 'windows' && mac.reads === 'rows')
      this.#rows = kernels.allocate(Math.ceil(rows / 4) * 4 * step.k * this.#inBytes + CodeWindows.SLACK);
    const randomWordAt =
      output.encoding.rounding.mode === 'stochastic'
        ? (row: number, channel: number) => this.#randomWord(row, group * layer.outChannels + channel)
        : undefined;
    return {
      mac,
      windows,
      block: { kind: mac.reads, codes: 0, rows, out: 0, facts: undefined, randomWordAt },
    };
  }

  run(count: number, firstImage: number): void {
    const { input, output } = this;
    this.#firstImage = firstImage;
    if (this.#view === 'direct') {
      const { mac, block } = this.#group(0);
      block.codes = input.pointer;
      block.rows = count * this.#pixels;
      block.out = output.pointer;
      block.facts = input.facts;
      mac.run(block);
      return;
    }
    for (let image = 0; image < count; image++) {
      this.#firstImage = firstImage + image;
      const from = input.pointer + image * input.edge.size * this.#inBytes;
      const to = output.pointer + image * output.edge.size * this.#outBytes;
      this.#runImage(from, to);
    }
  }

  /** All groups, each on its own; of a depthwise layer those that it left. */
  #runImage(from: number, to: number): void {
    const depthwise = this.#depthwise;
    const { facts } = this.input;
    if (depthwise && facts && depthwise.run(from, to, facts)) {
      for (let i = 0; i < depthwise.left.length; i++) this.#runGroup(depthwise.left[i]!, from, to);
    } else {
      for (let group = 0; group < this.layers.length; group++) this.#runGroup(group, from, to);
    }
  }

  #runGroup(group: number, from: number, to: number): void {
    const { mac, windows, block } = this.#group(group);
    const { groups, outChannels } = this.step;
    if (block.kind === 'windows') block.codes = from;
    else {
      windows.layOut(from, this.#rows);
      block.codes = this.#rows;
    }
    block.out = groups === 1 ? to : this.#scratch;
    block.facts = this.input.facts;
    mac.run(block);
    if (groups === 1) return;
    const channels = outChannels / groups;
    // biome-ignore format: the group's codes, all codes
    this.kernels.call.scatterCodes(
      this.#pixels, channels, this.#scratch, this.#outBytes,
      outChannels, group * channels, to,
    );
  }

  /** The random word of a channel of a row, by image and element. */
  #randomWord(row: number, channel: number): number {
    const { choices, tensor } = this.layers[0]!;
    const pixel = row % this.#pixels;
    const image = this.#firstImage + (row - pixel) / this.#pixels;
    return randomWord(choices.seed, 'rounding', tensor, image, pixel * this.step.outChannels + channel);
  }

  /** Outputs decided by each tier; undefined under accumulators that are not exact. */
  tierCounts(): TierCounts | undefined {
    const total: TierCounts = { int16: 0, float32: 0, float64: 0, limbs: 0, reference: 0 };
    total.int16 += this.#depthwise?.decided ?? 0;
    for (const group of this.#groups) {
      if (!group) continue;
      const { counts } = group.mac;
      if (!counts) return undefined;
      for (const tier of TIERS) total[tier] += counts[tier];
    }
    return total;
  }

  /** Adds that overflowed a wrapping or saturating accumulator. */
  overflows(): number {
    return this.#groups.reduce((sum, group) => sum + (group?.mac.overflows ?? 0), 0);
  }

  /** [outChannels, k], the groups one after another. */
  weightCodes(): StoredTensor {
    const { outChannels, k } = this.step;
    const data = codeArray(this.layers[0]!.weights.format, outChannels * k);
    let at = 0;
    for (const layer of this.layers) {
      data.set(layer.weightCodes, at);
      at += layer.weightCodes.length;
    }
    return { shape: [outChannels, k], data };
  }

  describe(): object {
    const { name, window, groups, outChannels, k, activation } = this.step;
    const { latticeExponent, cap, weights } = this.layers[0]!;
    return {
      kind: 'mac',
      name,
      input: this.input.edge.name,
      output: this.output.edge.name,
      window,
      groups,
      outChannels,
      k,
      activation,
      cap: cap ? exactText(cap) : 'none',
      weights: encodingFacts({ ...weights, scales: this.#weightScales() }),
      multipliers: this.layers.flatMap((layer) => layer.multipliers.map(exactText)),
      bias: this.layers.flatMap((layer) => layer.bias.map(String)),
      latticeExponent,
    };
  }

  /** One, or one an output channel, the groups one after another. */
  #weightScales(): Float64Array {
    const { granularity, scales } = this.layers[0]!.weights;
    if (granularity.kind === 'tensor') return scales;
    return Float64Array.from(this.layers.flatMap((layer) => [...layer.weights.scales]));
  }

  /** As the cost model sees it; every group is a layer of its own. */
  macFacts(): MacFacts[] {
    return this.layers.map((layer) => {
      const zeroPoints = [layer.weights, layer.activations].some(({ zeroPoint }) => zeroPoint !== 0);
      return {
        name: this.step.name,
        weightFormat: layer.weights.format,
        activationFormat: layer.activations.format,
        outputFormat: layer.output.format,
        k: layer.k,
        outputs: this.#pixels * layer.outChannels,
        accumulator: layer.choices.accumulator,
        multiplier: multiplierKind(layer.multipliers),
        scaleBits: layer.choices.scaleBits,
        zeroPoints: zeroPoints ? 'subtracted' : 'none',
        largestBias: layer.bias.reduce(
          (most, b) => ((b < 0n ? -b : b) > most ? (b < 0n ? -b : b) : most),
          0n,
        ),
      };
    });
  }
}

function multiplierKind(multipliers: readonly Rational[]): MacFacts['multiplier'] {
  if (multipliers.every((s) => s.numerator === s.denominator)) return 'none';
  const power = (n: bigint) => (n & (n - 1n)) === 0n;
  // s is in lowest terms but for factors of two, so it is a power of two exactly if both its sides are
  return multipliers.every((s) => power(s.numerator) && power(s.denominator)) ? 'shift' : 'multiply';
}
