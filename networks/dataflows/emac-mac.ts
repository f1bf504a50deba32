/** The mac primitive on codes: windows laid out as rows, one exact multiply-accumulate, one rounding. */
import { draw as drawWord } from '../../arithmetic/philox.js';
import { codeBytes, codeView } from '../../emac/certified/code-width.js';
import { CertifiedMac, type TierCounts } from '../../emac/certified/mac.js';
import type { LayerChoices } from '../../emac/choices.js';
import { type Codes, type MacLayer, quantizeLayer } from '../../emac/layer.js';
import { PolicyMac } from '../../emac/policy-mac.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Encoding } from '../../quantizers/encoding.js';
import type { MacStep } from '../program.js';
import type { CodeTensor } from './emac-tensor.js';

/** Rows of one GEMM are all pixels of one image, or where a window is one pixel, of all images of the batch. */
export class EmacMac {
  readonly layers: readonly MacLayer[];
  readonly #engines: readonly (CertifiedMac | PolicyMac)[];
  readonly #view: 'direct' | 'windows';
  readonly #pixels: number;
  readonly #rows: number;
  readonly #scratch: number;

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
        ...{ name: step.name, k, outChannels: channels, activation: step.activation, tensor, group },
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
    const padded = Math.ceil(rows / 4) * 4;
    // im2col writes up to 16 bytes past the last row
    const rowBytes = padded * k * codeBytes(input.encoding.format.bits) + 16;
    this.#rows = this.#view === 'direct' ? 0 : kernels.allocate(rowBytes);
    this.#scratch =
      groups === 1 ? 0 : kernels.allocate(padded * channels * codeBytes(output.encoding.format.bits));
    this.#engines = this.layers.map((layer) =>
      choices.accumulator.kind === 'exact'
        ? new CertifiedMac(kernels, layer, rows)
        : new PolicyMac(kernels, layer, rows),
    );
  }

  run(count: number, firstImage: number): void {
    const { step, input, output } = this;
    const facts = input.facts;
    if (this.#view === 'direct') {
      const draw = this.#draws(0, firstImage, this.#pixels);
      this.#engines[0]!.run({
        kind: 'rows',
        codes: input.pointer,
        rows: count * this.#pixels,
        out: output.pointer,
        facts,
        draw,
      });
      return;
    }
    const bytes = codeBytes(input.encoding.format.bits);
    const outBytes = codeBytes(output.encoding.format.bits);
    const channels = step.outChannels / step.groups;
    for (let image = 0; image < count; image++) {
      const from = input.pointer + image * input.edge.size * bytes;
      const to = output.pointer + image * output.edge.size * outBytes;
      for (let group = 0; group < step.groups; group++) {
        this.#layOut(from, group);
        const draw = this.#draws(group * channels, firstImage + image, this.#pixels);
        const out = step.groups === 1 ? to : this.#scratch;
        this.#engines[group]!.run({ kind: 'rows', codes: this.#rows, rows: this.#pixels, out, facts, draw });
        if (step.groups > 1) this.#scatter(image, group);
      }
    }
  }

  /** Outputs decided by each tier; undefined under accumulators that are not exact. */
  tierCounts(): TierCounts | undefined {
    const total: TierCounts = { int16: 0, float32: 0, float64: 0, limbs: 0, reference: 0 };
    for (const engine of this.#engines) {
      if (!(engine instanceof CertifiedMac)) return undefined;
      total.int16 += engine.counts.int16;
      total.float32 += engine.counts.float32;
      total.float64 += engine.counts.float64;
      total.limbs += engine.counts.limbs;
      total.reference += engine.counts.reference;
    }
    return total;
  }

  /** Adds that overflowed a wrapping or saturating accumulator. */
  overflows(): number {
    return this.#engines.reduce(
      (sum, engine) => sum + (engine instanceof PolicyMac ? engine.overflows : 0),
      0,
    );
  }

  /** The draw of output `channel` of a row, by image and element; only stochastic rounding has any. */
  #draws(
    firstChannel: number,
    firstImage: number,
    pixels: number,
  ): ((row: number, channel: number) => number) | undefined {
    if (this.output.encoding.rounding.mode !== 'stochastic') return undefined;
    const { choices, tensor } = this.layers[0]!;
    const { outChannels } = this.step;
    return (row, channel) => {
      const element = (row % pixels) * outChannels + firstChannel + channel;
      return drawWord(choices.seed, 'rounding', tensor, firstImage + Math.floor(row / pixels), element);
    };
  }

  #layOut(image: number, group: number): void {
    const { window: w, groups, k } = this.step;
    const { encoding, zero } = this.input;
    const channels = w.inChannels / groups;
    if (encoding.format.bits <= 8) {
      this.kernels.call.im2colBytes!(
        ...([
          image,
          this.#rows,
          k,
          zero,
          w.inHeight,
          w.inWidth,
          w.inChannels,
          group * channels,
          channels,
        ] as const),
        ...([w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.padTop, w.padLeft] as const),
        ...([w.dilationY, w.dilationX, w.outHeight, w.outWidth] as const),
      );
      return;
    }
    const codes = codeView(this.kernels, encoding.format.bits, image, w.inHeight * w.inWidth * w.inChannels);
    const rows = codeView(this.kernels, encoding.format.bits, this.#rows, this.#pixels * k);
    layOutWindows(codes, rows, this.step, group, zero);
  }

  #scatter(image: number, group: number): void {
    const { outChannels, groups } = this.step;
    const channels = outChannels / groups;
    const { bits } = this.output.encoding.format;
    const from = codeView(this.kernels, bits, this.#scratch, this.#pixels * channels);
    const all = this.output.codes(image + 1);
    const start = image * this.output.edge.size + group * channels;
    for (let pixel = 0; pixel < this.#pixels; pixel++) {
      for (let c = 0; c < channels; c++) all[start + pixel * outChannels + c] = from[pixel * channels + c]!;
    }
  }
}

/** im2col on codes of any width: rows [pixel][kh·kw·in/groups], out-of-image taps the code of 0. */
function layOutWindows(codes: Codes, rows: Codes, step: MacStep, group: number, zero: number): void {
  const { window: w } = step;
  const channels = w.inChannels / step.groups;
  let to = 0;
  for (let oy = 0; oy < w.outHeight; oy++) {
    for (let ox = 0; ox < w.outWidth; ox++) {
      for (let ky = 0; ky < w.kernelHeight; ky++) {
        const y = oy * w.strideY - w.padTop + ky * w.dilationY;
        for (let kx = 0; kx < w.kernelWidth; kx++) {
          const x = ox * w.strideX - w.padLeft + kx * w.dilationX;
          const inside = y >= 0 && y < w.inHeight && x >= 0 && x < w.inWidth;
          const from = (y * w.inWidth + x) * w.inChannels + group * channels;
          for (let c = 0; c < channels; c++) rows[to++] = inside ? codes[from + c]! : zero;
        }
      }
    }
  }
}
