/** Outputs that have a NaN, NaR or Inf operand: the reference computes them, over what the tiers wrote there. */
import type { NumberFormat } from '../../../formats/format.js';
import type { Kernels } from '../../../kernels/loader.js';
import type { MacBlock } from '../../codes/block.js';
import { codeBytes } from '../../codes/width.js';
import type { MacLayer } from '../../layer/layer.js';
import type { Repair } from './outputs.js';

/** NaN, NaR and Inf of a format: codes whose bits under `mask` exceed `largest`, and `nan`. */
export interface SpecialCodes {
  readonly mask: number;
  readonly largest: number;
  readonly nan: number;
}

/** Undefined where a format has none, and where its codes are only known by `decode`. */
export function specialCodes(format: NumberFormat): SpecialCodes | undefined {
  const { bits, layout, levels, nan = format.infinity?.positive } = format;
  if (nan === undefined || layout === undefined) return undefined;
  // layouts other than floats' have one such code at most, posits' NaR
  if (layout.kind !== 'float') return { mask: 2 ** bits - 1, largest: 2 ** bits - 1, nan };
  return { mask: 2 ** (bits - 1) - 1, largest: levels.code(levels.count - 1), nan };
}

export class Specials {
  /** Channels with a NaN or Inf weight. */
  readonly #channels: readonly number[];
  /** Whether a code of the activations' format can be one at all. */
  readonly #possible: boolean;
  readonly #codes: SpecialCodes | undefined;
  readonly #bytes: 1 | 2 | 4;

  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    private readonly repair: Repair,
  ) {
    const { k, outChannels, weightCodes, weights, activations } = layer;
    const channels: number[] = [];
    for (let channel = 0; channel < outChannels; channel++) {
      const codes = weightCodes.subarray(channel * k, (channel + 1) * k);
      if (codes.some((code) => !Number.isFinite(weights.format.toNumber(code)))) channels.push(channel);
    }
    this.#channels = channels;
    this.#possible = activations.format.facts.reserved > 0;
    this.#codes = specialCodes(activations.format);
    this.#bytes = codeBytes(activations.format.bits);
  }

  /** Rewrites every such output of a block; returns how many. */
  run(block: MacBlock): number {
    const { layer, repair } = this;
    const searched = this.#mayHoldSpecials(block);
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

  /** Nearly no block has any; one look at all its codes says so a hundred times sooner than a search row by row. */
  #mayHoldSpecials({ kind, facts, codes, rows }: MacBlock): boolean {
    if (facts) return facts.hasSpecials;
    if (!this.#possible) return false;
    if (kind !== 'rows' || !this.#codes) return true;
    const { mask, largest, nan } = this.#codes;
    const all = rows * this.layer.k;
    return this.kernels.call.holdsSpecials(all, codes, this.#bytes, mask, largest, nan) !== 0;
  }
}
