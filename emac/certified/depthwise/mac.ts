/**
 * The exact multiply-accumulate of a depthwise layer: all channels of an image in one pass. Sums are exact, so every
 * output is decided here, but for channels whose sums int32 does not hold.
 */
import { codeArray } from '../../../formats/code-array.js';
import type { Kernels } from '../../../kernels/loader.js';
import type { MacBlock } from '../../codes/block.js';
import type { UseFacts } from '../../codes/facts.js';
import { HeapCodes } from '../../codes/width.js';
import type { MacLayer } from '../../layer/layer.js';
import { layerNumbers } from '../../layer/numbers.js';
import type { Window } from '../../layer/window.js';
import { RoundStage } from '../round/certify.js';
import { OutputRounder } from '../round/output.js';
import { codeOfProduct } from '../round/product.js';
import type { ApproximateSums } from '../stage.js';
import { DepthwiseSums } from './sums.js';

export class DepthwiseMac {
  /** Outputs decided since the layer was made. */
  decided = 0;
  readonly #channels: number;
  readonly #pixels: number;
  readonly #sums: DepthwiseSums;
  readonly #round: RoundStage;
  readonly #outputs: HeapCodes;
  readonly #block: { -readonly [Key in keyof MacBlock]: MacBlock[Key] };

  /**
   * Of `layers`, one a channel of the input, each with one channel of the output. Undefined where operands or outputs have
   * more than 8 bits, sums are not exact or outputs are not rounded by thresholds.
   */
  static of(
    kernels: Kernels,
    layers: readonly MacLayer[],
    window: Window,
    zero: number,
  ): DepthwiseMac | undefined {
    const { weights, activations, output, activation, cap, choices } = layers[0]!;
    const widest = Math.max(...[weights, activations, output].map(({ format }) => format.bits));
    if (widest > 8 || choices.accumulator.kind !== 'exact' || choices.scaleBits > 53) return undefined;
    const rounder = new OutputRounder(output, activation, cap);
    return rounder.hasFixedThresholds ? new DepthwiseMac(kernels, layers, window, zero, rounder) : undefined;
  }

  private constructor(
    kernels: Kernels,
    layers: readonly MacLayer[],
    window: Window,
    zero: number,
    private readonly rounder: OutputRounder,
  ) {
    const layer = together(layers);
    this.#channels = layers.length;
    this.#pixels = window.outHeight * window.outWidth;
    this.#sums = new DepthwiseSums(kernels, layer, layerNumbers(layer), window, zero);
    this.#round = new RoundStage(kernels, layer, rounder, this.#pixels);
    this.#outputs = new HeapCodes(kernels, layer.output.format.bits);
    this.#block = {
      kind: 'windows',
      codes: 0,
      rows: this.#pixels,
      out: 0,
      facts: undefined,
      randomWordAt: undefined,
    };
  }

  /**
   * Writes the codes [pixels][channels] of the image at `codes` to `out`. Returns whether it could; those of the channels
   * in `left` are then still to be written over.
   */
  run(codes: number, out: number, facts: UseFacts): boolean {
    const sums = this.#sums.run(codes, facts);
    if (!sums) return false;
    this.#block.codes = codes;
    this.#block.out = out;
    this.#round.run(this.#block, sums);
    const { undecided, undecidedCount } = this.#round;
    for (let i = 0; i < undecidedCount; i++) this.#decide(sums, undecided.values[i]!, out);
    this.decided += this.#pixels * (this.#channels - this.left.length);
    return true;
  }

  /** Channels that the last image's sums do not hold. */
  get left(): readonly number[] {
    return this.#sums.left;
  }

  /** Its product with s is all that float64 may have rounded. */
  #decide(sums: ApproximateSums, at: number, out: number): void {
    const channel = at % this.#channels;
    const { factor, sum } = this.#sums.exactOf(sums, (at - channel) / this.#channels, channel);
    this.#outputs.codes[out + at] = codeOfProduct(this.rounder, factor, sum);
  }
}

/** Layers of one channel each as one. */
function together(layers: readonly MacLayer[]): MacLayer {
  const first = layers[0]!;
  const weightCodes = codeArray(first.weights.format, layers.length * first.k);
  for (const [channel, layer] of layers.entries()) weightCodes.set(layer.weightCodes, channel * first.k);
  return {
    ...first,
    outChannels: layers.length,
    weightCodes,
    multipliers: layers.flatMap(({ multipliers }) => [...multipliers]),
    bias: layers.flatMap(({ bias }) => [...bias]),
  };
}
