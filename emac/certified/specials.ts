/** Outputs that a NaN, NaR or Inf operand reaches: by the reference, whatever the tiers made of them. */
import type { MacLayer } from '../layer.js';
import type { MacBlock } from './block.js';
import type { Repair } from './repair.js';

export class Specials {
  /** Channels with a NaN or Inf weight. */
  readonly #channels: readonly number[];
  /** Whether a code of the activations' format can be one at all. */
  readonly #possible: boolean;

  constructor(
    private readonly layer: MacLayer,
    private readonly repair: Repair,
  ) {
    const { k, outChannels, weightCodes, weights } = layer;
    const channels: number[] = [];
    for (let channel = 0; channel < outChannels; channel++) {
      const codes = weightCodes.subarray(channel * k, (channel + 1) * k);
      if (codes.some((code) => !Number.isFinite(weights.format.toNumber(code)))) channels.push(channel);
    }
    this.#channels = channels;
    this.#possible = layer.activations.format.facts.reserved > 0;
  }

  /** Rewrites every such output of a block; returns how many. */
  run(block: MacBlock): number {
    const { layer, repair } = this;
    const searched = block.facts ? block.facts.specials === 'some' : this.#possible;
    if (this.#channels.length === 0 && !searched) return 0;
    let count = 0;
    for (let row = 0; row < block.rows; row++) {
      if (searched && repair.rowIsSpecial(block, row)) {
        for (let channel = 0; channel < layer.outChannels; channel++) repair.reference(block, row, channel);
        count += layer.outChannels;
      } else {
        for (const channel of this.#channels) repair.reference(block, row, channel);
        count += this.#channels.length;
      }
    }
    return count;
  }
}
